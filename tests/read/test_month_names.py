"""The table of month names is what Babel's CLDR data gives for these languages."""

import json
from importlib import resources

from babel.dates import get_month_names

LANGUAGES = "en de fr es it pt nl pl ru uk tr ar sv da nb fi cs id".split()  # noqa: SIM905
EXTRA = {
    "sept": 9, "januar": 1, "jänner": 1, "мая": 5, "كانون الثاني": 1, "شباط": 2, "آذار": 3, "نيسان": 4, "أيار": 5,
    "حزيران": 6, "تموز": 7, "آب": 8, "أيلول": 9, "تشرين الأول": 10, "تشرين الثاني": 11, "كانون الأول": 12,
}  # fmt: skip


def test_month_names_are_those_of_cldr() -> None:
    numbers: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context=context, locale=language).items():
                    numbers.setdefault(name.lower().rstrip("."), set()).add(number)
    expected = {n: s.pop() for n, s in numbers.items() if len(s) == 1 and len(n) >= 3 and not n.isdigit()} | EXTRA
    table = json.loads(resources.files("sayso.read").joinpath("months.json").read_text(encoding="utf-8"))
    assert table == expected
