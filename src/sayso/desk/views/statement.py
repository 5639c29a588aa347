"""One statement with its evidence: from its words through the document down to the captured bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.desk.keeping import erased
from sayso.desk.views._shared import Content, Missing, actor_name, iso, statement_content
from sayso.desk.views.captures import capture_content
from sayso.desk.views.versions import cited_in
from sayso.store.browse import Browse

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.store import Found

CONTEXT = 500  # characters on either side


def statement(desk: Desk, key: str) -> Content:
    """The statement, its words in their context, what it holds and stands in, its copies, codings and corrections."""
    loaded = desk.store.statements.load([key])
    if not loaded:
        raise Missing(erased(desk, key) or f"there is no statement {key}")
    found, browse = loaded[0], Browse(desk.store)
    content = statement_content(desk, found)
    stands_for, rejected = browse.standing([key])[key]
    nested = desk.store.statements.load(browse.nested(key))
    parent = desk.store.statements.load([found.statement.parent]) if found.statement.parent else []
    return content | {
        "speaker_actor_name": actor_name(desk, found.statement.speaker.actor),
        "speaker_alias": found.statement.speaker.alias,
        "target_actor": found.statement.target.actor if found.statement.target else None,
        "stands_for": stands_for,
        "rejected": rejected,
        "context": context(found),
        "title": found.document.title,
        "path": found.document.path,
        "parent_statement": statement_content(desk, parent[0]) if parent else None,
        "nested": [statement_content(desk, each) for each in nested],
        "witnesses": [
            {
                "id": row["statement_id"],
                "document": row["document"],
                "title": row["title"],
                "outlet": row["outlet"],
                "path": row["path"],
                "differences": row["differences"],
            }
            for row in browse.witnesses(key)
        ],
        "codings": [
            {
                "family": coding.family,
                "code": coding.code,
                "coder": coding.coder,
                "by": "model" if coding.coder.startswith("model:") else "person",
                "probability": coding.probability,
                "unsure": coding.unsure,
                "memo": coding.memo,
                "coded_at": iso(coding.coded_at),
                "version": coding.codebook_version,
                "others": dict(sorted(coding.others.items(), key=lambda pair: -pair[1])[:5]),
            }
            for coding in found.codings
        ],
        "corrections": [
            {
                "field": each["field"],
                "value": each["value"],
                "person": each["person"],
                "made_at": iso(each["made_at"]),
                "undone_at": iso(each["undone_at"]),
            }
            for each in desk.store.people.corrections(key)
        ],
        "beside": cited_in(desk, key),
        "captures": [capture_content(each) for each in desk.store.captures.of(found.document.sha256)],
        "reader": f"{found.document.producer.stage} {found.document.producer.version}",
    }


def context(found: Found) -> Content:
    """The text around the statement, cut at paragraphs or white space; `start` is where it begins in the document."""
    text = found.document.text
    spans = [*found.statement.content]
    if found.statement.attribution:
        spans += [*found.statement.attribution.source, *found.statement.attribution.cue]
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    first, last = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
    if first:
        cut = text.find("\n", first, start)
        first = cut + 1 if cut >= 0 else text.find(" ", first, start) + 1 or start
    if last < len(text):
        cut = text.rfind("\n", end, last)
        last = cut if cut >= 0 else (space if (space := text.rfind(" ", end, last)) >= 0 else end)
    return {"start": first, "end": last, "text": text[first:last]}
