"""The stateless form: rows to label and labelled rows come in, the rows with a prediction go out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from sayso.code._features import Embed
from sayso.code.codebook import Code, Family
from sayso.code.coder import BATCH, Coder
from sayso.code.fast import FastCoder
from sayso.code.unit import Example, Unit
from sayso.errors import UsageError

Row = Mapping[str, str]
ADDED = ("predicted", "probability", "unsure")
_UNSURE_BELOW = 0.5
_REMEMBERED = 20_000  # different texts, some ten megabytes of them
_BLANK = Unit("")


def labelled(rows: Iterable[Row], text: str, label: str, actor: str | None, target: str | None) -> list[Example]:
    """The rows that have both a text and a label, as examples."""
    return [
        Example(
            row[text], row[label].strip(), (row[actor] or "") if actor else "", (row[target] or "") if target else ""
        )
        for row in rows
        if row[text].strip() and row[label].strip()
    ]


def family_of(examples: Iterable[Example], label: str, unsure_below: float = _UNSURE_BELOW) -> Family:
    """A family with the labels that the examples carry. Raises `UsageError` for fewer than two."""
    names = sorted({example.code for example in examples})
    if len(names) < 2:
        what = f"only the label {names[0]!r}" if names else "no row with both a text and a label"
        raise UsageError(f"the examples have {what} in column {label!r}; two or more labels are needed to learn from")
    return Family(name=label, unsure_below=unsure_below, codes=tuple(Code(name=name) for name in names))


def classify(
    rows: Iterable[Row],
    examples: Iterable[Row],
    *,
    text: str,
    label: str,
    actor: str | None = None,
    target: str | None = None,
    unsure_below: float = _UNSURE_BELOW,
    embed: Embed | None = None,
) -> Iterator[dict[str, str]]:
    """Label `rows` by what `examples` teach, with the fast coder; the rows are streamed.

    `text`, `label`, `actor` and `target` name columns. Each row comes back with `predicted` (always the best label),
    `probability` and `unsure` ("true" or "false") added. A row without text is always unsure.
    """
    taught = labelled(examples, text, label, actor, target)
    coder = FastCoder.learn(family_of(taught, label, unsure_below), taught, embed=embed)
    return apply(coder, rows, text=text, actor=actor, target=target)


def apply(
    coder: Coder, rows: Iterable[Row], *, text: str, actor: str | None = None, target: str | None = None
) -> Iterator[dict[str, str]]:
    """As `classify`, with a coder that has learned already. What is labelled alike was asked once: the last so many different
    texts are remembered.
    """
    rest = iter(rows)
    known: dict[Unit, tuple[str, str, str]] = {}
    while chunk := list(islice(rest, BATCH)):
        units = [
            Unit(row[text], (row[actor] or "") if actor else "", (row[target] or "") if target else "") for row in chunk
        ]
        units = [unit if unit.text.strip() else _BLANK for unit in units]
        new = [unit for unit in dict.fromkeys(units) if unit not in known]
        for unit, found in zip(new, coder.predict(new), strict=True):
            unsure = found.unsure or unit is _BLANK
            known[unit] = found.code, f"{found.probability:.4f}", "true" if unsure else "false"
        for row, unit in zip(chunk, units, strict=True):
            yield {**row, **dict(zip(ADDED, known[unit], strict=True))}
        for unit in list(islice(known, max(0, len(known) - _REMEMBERED))):
            del known[unit]
