"""Search: statements by words and facets, a page at a time; and the export of exactly what a query shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, get_args

from sayso.desk.views._shared import Content, actor_name, at_once, iso, paged, statement_contents, topic_name
from sayso.errors import UsageError
from sayso.records import Kind
from sayso.store._fulltext import terms
from sayso.store.browse import Browse
from sayso.store.search import By, Made, Order, Search, Searches, Stage

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

PAGE = 25
AT_ONCE = 500
STAGES = {
    "attributed": "every statement, copies’ too", "coded": "coded", "unsure": "below the coder’s threshold",
    "undated": "without a date", "unknown": "by nobody the desk knows", "repeated": "repeated by copies",
}  # fmt: skip
MADE = {"machine": "a machine", "corrected": "a machine, corrected", "person": "a person, by hand"}
COLUMNS = (
    "id", "date", "date_of", "speaker", "speaker_actor", "target", "text", "kind", "made", "depth", "chain", "via", "medium",
    "outlet", "topics", "codes", "document", "sha256", "published", "start", "end", "copies", "confidence",
)  # fmt: skip


def search_of(
    desk: Desk,
    *,
    words: str = "",
    actor: str = "",
    outlet: str = "",
    medium: str = "",
    topic: str = "",
    code: str = "",
    depth: str = "",
    language: str = "",
    kind: str = "",
    made: str = "",
    by: str = "",
    stage: str = "",
    since: str = "",
    until: str = "",
    order: str = "",
    item: str = "",
) -> Search:
    """The search that a page's address asks for. An actor is meant with its parts. Raises `UsageError` for a bad value."""
    values = (
        ("kind", kind, get_args(Kind)),
        ("made", made, get_args(Made)),
        ("by", by, get_args(By)),
        ("stage", stage, get_args(Stage)),
        ("order", order, get_args(Order)),
    )
    for name, value, allowed in values:
        if value and value not in allowed:
            raise UsageError(f"{name}={value!r}: choose one of {', '.join(each for each in allowed if each)}")
    if depth and not (depth.isascii() and depth.isdigit() and len(depth) < 4):
        raise UsageError(f"depth={depth!r} is no number")
    return Search(
        words=words,
        actors=tuple(sorted(desk.actors.parts(actor))) if actor else (),
        outlets=(outlet,) if outlet else (),
        medium=medium,
        topic=topic,
        code=code,
        depth=int(depth) if depth else None,
        language=language,
        kind=kind,
        made=made,  # type: ignore[arg-type]
        by=by,  # type: ignore[arg-type]
        stage=stage,  # type: ignore[arg-type]
        since=day_of("since", since),
        until=day_of("until", until, last=True),
        order=order or "date",  # type: ignore[arg-type]
        item=item,
    )


@at_once
def search(desk: Desk, asked: Search, *, actor: str = "", offset: int = 0, limit: int = PAGE) -> Content:
    """A page of the statements that are found, with the facets and the documents that hold the words."""
    searches = Searches(desk.store)
    total = searches.count(asked)
    found = desk.store.statements.load(searches.page(asked, offset, limit))
    facets = {
        name: [
            {"value": each.value, "label": _label(desk, name, each.value), "statements": each.statements}
            for each in values
        ]
        for name, values in searches.facets(asked).items()
    }
    item = Browse(desk.store).item(asked.item) if asked.item else None
    return {
        "query": _query(asked, actor),
        "actor_name": actor_name(desk, actor),
        "topic_name": topic_name(desk, asked.topic) if asked.topic else "",
        "item_title": (item["title"] or item["medium"]) if item else "",
        "stage_name": STAGES.get(asked.stage, ""),
        "made_name": MADE.get(asked.made, ""),
        "nothing_asked": bool(asked.words) and not terms(asked.words),
        "page": paged(total, offset, limit),
        "facets": facets,
        "statements": statement_contents(desk, found),
        "passages": searches.passages(asked.words) if asked.words and offset == 0 else [],
    }


def count(desk: Desk, asked: Search) -> int:
    """How many statements the query finds."""
    return Searches(desk.store).count(asked)


def exported(desk: Desk, asked: Search) -> Iterator[Content]:
    """Every statement that the query finds, in its order, as `sayso statements --format jsonl` prints it."""
    ids = Searches(desk.store).page(asked)
    for start in range(0, len(ids), AT_ONCE):
        for found in desk.store.statements.load(ids[start : start + AT_ONCE]):
            yield desk.statement_json(found)


def export_rows(objects: Iterator[Content], *, tame: bool = True) -> Iterator[list[Any]]:
    """The same as rows of a table, the column names first.

    Where cells have no type (`tame`), what a spreadsheet would take for a formula is put in words.
    """
    yield list(COLUMNS)
    for each in objects:
        via, target, date, content = each["via"] or {}, each["target"] or {}, each["date"] or {}, each["content"]
        row = {
            **{name: each[name] for name in ("id", "date_of", "kind", "depth", "confidence")},
            "made": made_by(each),
            "date": date.get("value"),
            "speaker": each["speaker"]["name"],
            "speaker_actor": each["speaker"]["actor"],
            "target": target.get("name"),
            "text": " … ".join(span["text"] for span in content),
            "chain": " > ".join(link["name"] for link in each["chain"]),
            "via": via.get("item"),
            "medium": each["item"]["medium"],
            "outlet": each["item"]["outlet"],
            "topics": " ".join(each["topics"]),
            "codes": " ".join(code["code"] + ("?" if code["unsure"] else "") for code in each["codes"]),
            "document": each["document"]["path"],
            "sha256": each["document"]["sha256"],
            "published": each["document"]["published"],
            "start": content[0]["start"],
            "end": content[-1]["end"],
            "copies": " ".join(copy["sha256"][:16] for copy in each["copies"]),
        }
        yield [no_formula(row[name]) if tame else row[name] for name in COLUMNS]


def made_by(statement: Content) -> str:
    """Who found a statement, as the facet has it: machine, corrected, or person."""
    corrected = {each["field"] for each in statement["people"]}
    return "person" if "attribution" in corrected else "corrected" if corrected else "machine"


def no_formula(value: Any) -> Any:
    """A cell of a CSV file: an apostrophe before what a spreadsheet would take for a formula and run."""
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _query(asked: Search, actor: str) -> Content:
    """What was asked, under the names that the page's address uses; what was not asked is left out."""
    names = {"words": "q"}
    given = {
        names.get(field.name, field.name): value
        for field in fields(asked)
        if field.name not in ("actors", "outlets", "document")
        and (value := asdict(asked)[field.name]) not in ("", None)
    }
    given |= {name: iso(given[name]) for name in ("since", "until") if name in given}
    named = {"outlet": next(iter(asked.outlets), ""), "actor": actor}
    return given | {name: value for name, value in named.items() if value}


def _label(desk: Desk, facet: str, value: str) -> str:
    if facet == "actor":
        return actor_name(desk, value)
    if facet == "made":
        return MADE.get(value, value)
    return topic_name(desk, value) if facet == "topic" else value


def day_of(name: str, value: str, *, last: bool = False) -> dt.date | None:
    """The first (or last) day of YYYY, YYYY-MM or YYYY-MM-DD."""
    if not value:
        return None
    try:
        parts = [int(part) for part in value.split("-")]
        first = dt.date(*[*parts, 1, 1][:3])
        if not last or len(parts) == 3:
            return dt.date.fromisoformat(value) if len(parts) == 3 else first
        if len(parts) == 1:
            return dt.date(parts[0], 12, 31)
        return (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    except (ValueError, TypeError, OverflowError):
        raise UsageError(f"{name}={value!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD") from None
