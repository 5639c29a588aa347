"""Versions of a page and its translations, as the reader shows them: a difference word by word, what stands beside what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.archive import changes
from sayso.desk.pairing import Cited, beside, cited
from sayso.desk.versions import Fate, Finding, fates, findings
from sayso.desk.versions import versions as states
from sayso.desk.views._shared import Content, Missing, iso, paged

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

PAGE = 25  # addresses on one page


def versions(desk: Desk, key: str, against: str = "") -> Content:
    """One document against an older version of its page (the one before, unless `against` names it).

    `pieces` are the whole text in order: {"kind": "same" | "removed" | "added", "text"}. `states` are all states of the
    page, `statements` what became of this document's statements in the newest one.
    """
    try:
        document = desk.store.documents.get(key)
    except KeyError:
        raise Missing(f"there is no document {key}") from None
    held = desk.store.captures.of(document.sha256)
    found = states(desk, held[0].url) if held else []
    read = [state.document for state in found if state.document]
    older = against or (read[read.index(key) - 1] if key in read and read.index(key) else "")
    if older and older not in read:
        raise Missing(f"document {older} is no version of this page")
    return {
        "document": key,
        "against": older or None,
        "url": held[0].url if held else document.path,
        "pieces": pieces(desk.store.documents.get(older).text, document.text) if older else [],
        "states": [
            {
                "document": state.document,
                "sha256": state.capture.sha256,
                "captured_at": iso(state.capture.fetched_at),
                "status": state.capture.status,
                "gone": state.gone,
                "changes": len(state.changes),
            }
            for state in found
        ],
        "statements": [fate_content(fate) for fate in fates(desk, key).values()],
    }


def edits(desk: Desk) -> list[Content]:
    """All findings of the desk: pages edited, vanished or back, the newest first."""
    out = [_finding(finding) for finding in findings(desk)]
    return sorted(out, key=lambda each: str(each["at"]), reverse=True)


def changed(desk: Desk, *, kind: str = "", offset: int = 0, limit: int = PAGE) -> Content:
    """A page of the findings: pages that were edited or have vanished; `kind` is edited or vanished, "" for both.

    It is addresses that are counted; one may have several findings, the newest first.
    """
    kept = desk.store.versions
    asked = {"edited": kept.edited, "vanished": kept.vanished}
    lists = [asked[kind]] if kind in asked else list(asked.values())
    urls = list(dict.fromkeys(url for each in lists for url in each()))
    found = [_finding(finding) for url in urls[offset : offset + limit] for finding in findings(desk, url)]
    return {
        "query": {"kind": kind if kind in asked else ""},
        "counts": kept.counts(),
        "page": paged(len(urls), offset, limit),
        "findings": sorted(found, key=lambda each: str(each["at"]), reverse=True),
    }


def pieces(before: str, after: str) -> list[Content]:
    """The words of both texts in order, each stretch marked as same, removed or added."""
    out: list[Content] = []
    place = 0
    for change in changes(before, after):
        out.append({"kind": "same", "text": after[place : change.after.start]})
        out.append({"kind": "removed", "text": change.before.text})
        out.append({"kind": "added", "text": change.after.text})
        place = change.after.end
    out.append({"kind": "same", "text": after[place:]})
    return [piece for piece in out if piece["text"]]


def translations(desk: Desk, key: str) -> list[Content]:
    """The originals and translations of a document."""
    return [
        {
            "role": each.role,
            "document": each.document_id,
            "title": each.document.title,
            "path": each.document.path,
            "language": each.document.language,
            "translator": each.translator,
            "joined_by": each.person,
        }
        for each in beside(desk, key)
    ]


def cited_in(desk: Desk, key: str) -> list[Content]:
    """Where a statement stands in the originals and translations of its document."""
    loaded = desk.store.statements.load([key])
    if not loaded:
        raise Missing(f"there is no statement {key}")
    return [cited_content(each) for each in cited(desk, loaded[0].document_id, loaded[0].statement)]


def cited_content(each: Cited) -> Content:
    """A passage in the other text of a pair."""
    return {
        "role": each.beside.role,
        "document": each.beside.document_id,
        "sha256": each.beside.document.sha256,
        "language": each.beside.document.language,
        "translator": each.beside.translator,
        "passages": [{"start": span.start, "end": span.end, "text": span.text} for span in each.passages],
    }


def fate_content(fate: Fate) -> Content:
    """What became of one statement."""
    return {"id": fate.statement, "kind": fate.kind, "before": fate.before, "after": fate.after}


def _finding(finding: Finding) -> Content:
    return {
        "kind": finding.kind,
        "url": finding.url,
        "title": finding.title,
        "seen": iso(finding.seen),
        "at": iso(finding.at),
        "before": finding.before.document,
        "after": finding.after.document,
        "before_sha256": finding.before.capture.sha256,
        "after_sha256": finding.after.capture.sha256,
        "changes": [
            {"kind": each.kind, "before": each.before.text, "after": each.after.text} for each in finding.changes
        ],
        "statements": [fate_content(fate) for fate in finding.statements],
    }
