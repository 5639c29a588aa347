"""What a blind coder may see of a page: neither what others said of a statement that they have yet to code, nor what follows
from it.

In: a page's content as plain data, and what is hidden from a person. Out: the same without other people's codings, and
without the figures that rest on them: a line's shares, shifts and headline tell how a family is coded as surely as a code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sayso.code.review import is_model
from sayso.desk.accounts import Person

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

Hidden = set[tuple[str, str]]  # (statement, family)
TELLING = ("code", "by")  # what a search can be narrowed by that tells how a statement is coded


def hidden_from(desk: Desk, person: Person) -> Hidden:
    """(statement, family) of what others have coded and this person, coding blind, has not."""
    return desk.store.reviews.coded_by_others(person.name) - desk.store.reviews.coded_by(person.name)


def families_of(hidden: Hidden) -> frozenset[str]:
    """The families in which something is hidden: nothing that sums them up can be shown."""
    return frozenset(family for _, family in hidden)


def without_others(content: Any, hidden: Hidden) -> Any:
    """The content without what other people said of the (statement, family) in `hidden`: their codings and memos, the
    codes of a line's points, the counts by code that a search could be narrowed with, and all that sums up a family in
    which something is hidden: shares, shifts, alerts, headlines.
    """
    return _seen(content, hidden, families_of(hidden))


def _seen(content: Any, hidden: Hidden, families: frozenset[str]) -> Any:
    if isinstance(content, list):
        return [_seen(each, hidden, families) for each in content]
    if not isinstance(content, dict):
        return content
    if "points" in content and content.get("family") in families:
        content = _only_dots(content)
    key = content.get("id") or content.get("statement")
    shown: dict[str, Any] = {}
    for name, value in content.items():
        if name in ("codes", "codings") and isinstance(key, str) and isinstance(value, list):
            shown[name] = [each for each in value if not _of_others(each, key, hidden)]
        elif name == "facets" and isinstance(value, dict):
            shown[name] = {facet: rows for facet, rows in value.items() if facet not in TELLING}
        elif name in ("shifts", "alerts", "disputed") and isinstance(value, list):
            rest = [each for each in value if not (isinstance(each, dict) and each.get("family") in families)]
            shown[name] = _seen(rest, hidden, families)
        elif name == "searches" and families:
            shown[name] = [_uncounted(each) for each in value]
        else:
            shown[name] = _seen(value, hidden, families)
    return shown


def _only_dots(line: dict[str, Any]) -> dict[str, Any]:
    """A line with its statements in time and nothing of how they are coded."""
    points = [{**each, "codes": {}} for each in line["points"]]
    return {**line, "points": points, "line": None, "shifts": [], "headline": [], "left_out": {}, "hidden": True}


def _uncounted(search: dict[str, Any]) -> dict[str, Any]:
    """A saved search; what it finds is not told where it asks for codes."""
    return {**search, "statements": None, "new": 0} if search["query"].keys() & set(TELLING) else search


def _of_others(coding: Any, statement: str, hidden: Hidden) -> bool:
    if not isinstance(coding, dict) or "coder" not in coding or is_model(str(coding["coder"])):
        return False
    return (statement, str(coding.get("family", ""))) in hidden
