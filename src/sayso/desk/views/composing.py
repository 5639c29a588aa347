"""What the pages of briefs show: drafts and issued briefs, one draft with everything that can go into it, one issued brief
with its hashes and whether they still hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.brief import Brief, Quoted
from sayso.desk import composing
from sayso.desk.accounts import Person
from sayso.desk.views._shared import Content, Missing, actor_name, iso, topic_name
from sayso.desk.views.wording import depth_text
from sayso.store._briefs import Draft, Issued

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

SHOWN = 8  # statements that are shown under a sentence; all are in the JSON by id
OFFERED = 60  # quotations that are offered


def briefs(desk: Desk, person: Person) -> Content:
    """Issued briefs, newest first; for editors the drafts too, and the lines of which one can begin another."""
    editor = person.may("editor")
    return {
        "issued": [_issued(desk, each) for each in desk.store.briefs.all_issued()],
        "drafts": [_draft(desk, each) for each in desk.store.briefs.drafts()] if editor else [],
        "actors": [{"id": each.id, "name": each.name} for each in desk.store.settings.actors()[:2000]]
        if editor
        else [],
        "topics": [{"id": each.id, "name": each.name} for each in desk.topics] if editor else [],
        "families": [each.name for each in desk.codebook.families] if editor else [],
    }


def _draft(desk: Desk, draft: Draft) -> Content:
    return {
        "id": draft.id,
        "actor": draft.actor,
        "actor_name": actor_name(desk, draft.actor),
        "topic": draft.topic,
        "topic_name": topic_name(desk, draft.topic),
        "family": draft.family,
        "title": str(draft.content.get("title") or ""),
        "revision": draft.revision,
        "made_by": draft.made_by,
        "made_at": iso(draft.made_at),
        "changed_by": draft.changed_by,
        "changed_at": iso(draft.changed_at),
    }


def _issued(desk: Desk, head: Issued) -> Content:
    return {
        "id": head.id,
        "number": head.number,
        "title": head.title,
        "actor": head.actor,
        "actor_name": actor_name(desk, head.actor),
        "topic": head.topic,
        "topic_name": topic_name(desk, head.topic),
        "family": head.family,
        "person": head.person,
        "issued_at": iso(head.issued_at),
        "data_sha256": head.data_sha256,
        "previous": head.previous,
        "seal": head.seal,
    }


def draft_of(desk: Desk, key: str) -> Draft:
    """The draft with this id. Raises `Missing`."""
    found = desk.store.briefs.draft(key)
    if found is None:
        raise Missing(f"there is no draft {key}")
    return found


def issued_of(desk: Desk, key: str) -> Issued:
    """The issued brief with this id. Raises `Missing`."""
    found = desk.store.briefs.issued(key)
    if found is None:
        raise Missing(f"there is no issued brief {key}")
    return found


def draft(desk: Desk, found: Draft, brief: Brief, chosen: composing.Composition) -> Content:
    """A draft: its pieces with the evidence of each sentence, what else is on offer, sections, masks, denominators."""
    words = {each.id: each for each in brief.statements}
    known = {each.key: each for each in composing.findings_of(brief)}
    used = {part.ref for part in chosen.parts}
    titles = composing.section_titles()
    typical = [key for turn in brief.turns for key in (*turn.typical_before, *turn.typical_after)]
    ordered = list(dict.fromkeys([*typical, *words]))
    order = [*chosen.sections, *(name for name in titles if name != "findings" and name not in chosen.sections)]
    return {
        "draft": _draft(desk, found),
        "line": {"statements": len(brief.statements), "shifts": len(brief.turns), "items": len(brief.items)},
        "headline": "".join(phrase.text for phrase in brief.headline),
        "title": chosen.title,
        "default_title": f"{brief.actor.name} on {brief.topic}",
        "since": iso(chosen.since) or "",
        "until": iso(chosen.until) or "",
        "pieces": [_piece(part, known, words) for part in chosen.parts],
        "findings": [_finding(each, words) for key, each in known.items() if key not in used],
        "quotations": [_quoted(words[key]) for key in ordered if key in words and key not in used][:OFFERED],
        "sections": [
            {
                "name": name,
                "title": titles[name],
                "on": name in chosen.sections or name in composing.ALWAYS,
                "always": name in composing.ALWAYS,
                "text": chosen.remarks[name].text if name in chosen.remarks else "",  # type: ignore[index]
                "author": chosen.remarks[name].author if name in chosen.remarks else "",  # type: ignore[index]
            }
            for name in order
        ],
        "masked": chosen.masked,
        "also": list(chosen.also),
        "private": composing.private_people(brief),
        "counts": [
            {
                "stage": each.stage,
                "count": each.count,
                "unit": each.unit,
                "where": each.where,
                "left_out": [
                    {"reason": left.reason, "count": left.count, "where": left.where} for left in each.left_out
                ],
            }
            for each in brief.counts
        ],
        "longest": composing.LONGEST,
    }


def _piece(part: composing.Part, known: dict[str, composing.Finding], words: dict[str, Quoted]) -> Content:
    piece: Content = {"kind": part.kind, "ref": part.ref, "text": part.text, "author": part.author, "gone": False}
    if part.kind == "finding":
        found = known.get(part.ref)
        piece |= _finding(found, words) if found else {"gone": True, "says": part.ref, "about": "finding"}
    elif part.kind == "quotation":
        quoted = words.get(part.ref)
        piece |= {"quoted": _quoted(quoted)} if quoted else {"gone": True, "says": part.ref, "about": "quotation"}
    return piece


def _finding(each: composing.Finding, words: dict[str, Quoted]) -> Content:
    ids = each.statements
    return {
        "key": each.key,
        "about": each.about,
        "says": "".join(phrase.text for phrase in each.phrases),
        "phrases": [{"text": phrase.text, "statements": list(phrase.statements)} for phrase in each.phrases],
        "statements": list(ids),
        "evidence": [_quoted(words[key]) for key in ids[:SHOWN] if key in words],
    }


def _quoted(each: Quoted) -> Content:
    return {
        "id": each.id,
        "text": each.text,
        "direct": each.kind == "direct",
        "speaker": each.speaker.name or "unnamed",
        "date": each.date.value if each.date else "",
        "depth": depth_text(each.depth),
        "code": next((coding.code for coding in each.codes if not coding.unsure), ""),
    }


def issued(desk: Desk, head: Issued) -> Content:
    """An issued brief: who issued what and when, the hashes, and what about it no longer holds (nothing, for a sound one)."""
    return {
        **_issued(desk, head),
        "files": [
            {"form": each.form, "size": each.size, "sha256": each.sha256} for each in desk.store.briefs.files(head.id)
        ],
        "data_size": len(desk.store.briefs.data(head.id)),
        "problems": composing.problems(desk, head),
    }
