"""A statement of the desk as JSON: the contract of `sayso statements --format jsonl` and of the workbench's pages.

In: a `Found`. Out: the fields of an attribution, with document, item, topics, codes and all carriers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sayso.pipeline import day, quote_json, statement_json
from sayso.records import Coding, Document
from sayso.store.browse import Browse
from sayso.store.search import Search, Searches

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.store import Found, Query

AT_ONCE = 500  # statements in memory


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around some statements, read for all of them at once."""

    quotes: Mapping[str, Sequence[Any]]
    witnesses: Mapping[str, Sequence[Mapping[str, Any]]]
    carriers: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, desk: Desk, found: Iterable[Found]) -> Around:
        statements = list(found)
        ids, browse = [each.statement.id for each in statements], Browse(desk.store)
        others = {key for each in statements for key in each.carriers if key != each.document_id}
        return cls(desk.store.quoted_places.of(ids), browse.witnesses_of(ids), browse.heads(others))


def narrowed(desk: Desk, asked: Query, to: Search) -> Iterator[Found]:
    """The statements that a query finds, by date, as far as a search with its facets finds them too."""
    there = set(Searches(desk.store).page(to))
    yield from _loaded(desk, [each for each in desk.store.statements.ids(asked) if each in there])


def searched(desk: Desk, asked: Search) -> Iterator[Found]:
    """The statements that a search finds, in its order."""
    yield from _loaded(desk, Searches(desk.store).page(asked))


def _loaded(desk: Desk, ids: Sequence[str]) -> Iterator[Found]:
    for start in range(0, len(ids), AT_ONCE):
        yield from desk.store.statements.load(ids[start : start + AT_ONCE])


def statement_object(desk: Desk, found: Found, around: Around | None = None) -> dict[str, Any]:
    """The JSON object of one statement; `around` was read for many of them, to be quick."""
    document = found.document
    around = around or Around.of(desk, [found])
    others = [around.carriers[key] for key in found.carriers if key in around.carriers]
    return statement_json(found.statement, document.text) | {
        "quotes": [quote_json(each) for each in around.quotes.get(found.statement.id, ())],
        "witnesses": [
            {
                "statement": row["statement_id"],
                "path": row["path"],
                "differences": [
                    {"kind": kind, "original": original, "other": other} for kind, original, other in row["differences"]
                ],
            }
            for row in around.witnesses.get(found.statement.id, ())
        ],
        "date_of": found.date_of,
        "document": _document(document),
        "item": {
            "id": found.item_id,
            "held": found.item_held,
            "medium": found.item_medium,
            "title": found.item_title,
            "outlet": found.item_outlet,
        },
        "topics": list(found.topics),
        "codes": [_code(coding) for coding in found.codings],
        "copies": [_document(document), *(dict(each) for each in others)],
        "corrected": list(found.corrected),
        "people": [
            {"field": field, "person": person, "at": at.isoformat(timespec="seconds") + "Z"}
            for field, person, at in found.people
        ],
    }


def _document(document: Document) -> dict[str, Any]:
    return {
        "path": document.path,
        "sha256": document.sha256,
        "title": document.title,
        "published": day(document.published),
    }


def _code(coding: Coding) -> dict[str, Any]:
    return {
        "family": coding.family,
        "code": coding.code,
        "probability": round(coding.probability, 4),
        "coder": coding.coder,
        "by": "model" if coding.coder.startswith("model:") else "person",
        "unsure": coding.unsure,
        "version": coding.codebook_version,
    }
