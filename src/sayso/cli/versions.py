"""`sayso versions` and `sayso pair`: what changed on a page after it was captured; originals and their translations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.cli._shared import DeskOption, console, opened, print_json, shown
from sayso.errors import UsageError

if TYPE_CHECKING:
    from sayso.archive import Change
    from sayso.desk.versions import Finding, Version


def register(app: typer.Typer) -> None:
    app.command()(versions)
    app.command()(pair)


def versions(
    page: Annotated[str, typer.Argument(metavar="[URL|DOCUMENT]", help="An address, or a document's id.")] = "",
    desk: DeskOption = None,
) -> None:
    """Pages that were edited or vanished after they were captured, one JSON object a finding, with the words that changed.

    With an address: the states of that page, each with what changed in its text. Statements stay with the version that
    they came from; each finding names those whose words were changed, removed or added.
    """
    from sayso.desk import versions as verbs

    with opened(desk) as opened_desk:
        if not page:
            for finding in verbs.findings(opened_desk):
                print_json(_finding(finding))
            return
        found = verbs.versions(opened_desk, verbs.address_of(opened_desk, page))
        if not found:
            raise UsageError(f"{page}: never captured")
        for version in found:
            print_json(_state(version))


def pair(
    original: Annotated[str, typer.Argument(metavar="[ORIGINAL]", help="Id, address, path or SHA-256.")] = "",
    translation: Annotated[str, typer.Argument(metavar="[TRANSLATION]", help="The same, of its translation.")] = "",
    translator: Annotated[str, typer.Option("--translator", metavar="NAME", help="Who translated it.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take back what was said of the translation.")] = False,
    desk: DeskOption = None,
) -> None:
    """Join an original and its translation, so that statements can be cited in both. Without names: list all pairs."""
    from sayso.desk import pairing
    from sayso.desk.accounts import local_person

    with opened(desk) as opened_desk:
        if original and not translation and undo:
            if not pairing.unpair(opened_desk, original):
                raise UsageError(f"{original}: nobody joined it to an original")
            console().print("taken back")
        elif original and translation and not undo:
            person = local_person(opened_desk).name
            pairing.pair(opened_desk, original, translation, translator=translator, person=person)
            console().print(f"{shown(translation)} is a translation of {shown(original)}", markup=False)
        elif original or translation or undo:
            raise UsageError("name an original and its translation; or, with --undo, the translation alone")
        else:
            for key, beside in pairing.pairs(opened_desk):
                first = opened_desk.store.documents.get(key)
                print_json(
                    {
                        "original": {"id": key, "path": first.path, "language": first.language, "title": first.title},
                        "translation": {
                            "id": beside.document_id,
                            "path": beside.document.path,
                            "language": beside.document.language,
                            "title": beside.document.title,
                        },
                        "translator": beside.translator,
                        "joined_by": beside.person or "the item itself",
                    }
                )


def _state(version: Version) -> dict[str, Any]:
    capture = version.capture
    return {
        "sha256": capture.sha256,
        "url": capture.url,
        "captured": capture.fetched_at.isoformat(),
        "status": capture.status,
        "gone": version.gone,
        "read": version.read,
        "document": version.document,
        "changes": [_change(change) for change in version.changes],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "url": finding.url,
        "title": finding.title,
        "between": [finding.seen.isoformat(), finding.at.isoformat()],
        "before": {"sha256": finding.before.capture.sha256, "document": finding.before.document},
        "after": {"sha256": finding.after.capture.sha256, "document": finding.after.document},
        "status": finding.after.capture.status,
        "changes": [_change(change) for change in finding.changes],
        "statements": [
            {"id": fate.statement, "kind": fate.kind, "before": fate.before, "after": fate.after}
            for fate in finding.statements
        ],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "before": {"start": change.before.start, "end": change.before.end, "text": change.before.text},
        "after": {"start": change.after.start, "end": change.after.end, "text": change.after.text},
    }
