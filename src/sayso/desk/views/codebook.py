"""The codebook as pages show it: as it stands, one code as a form, older versions and what changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.code import Codebook
from sayso.desk import codebooks
from sayso.desk.views._shared import Content, Missing, iso
from sayso.errors import SaysoError

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

QUADRANTS = (
    "", "verbal-cooperation", "material-cooperation", "verbal-conflict", "material-conflict", "neutral",
)  # fmt: skip


def codebook(desk: Desk) -> Content:
    """Families with their codes, and the versions of the book with who made them."""
    now = codebooks.current(desk)
    return {
        "version": now.book.version,
        "stamp": now.stamp,
        "text": now.text,
        "families": _families(now.book),
        "versions": _versions(desk),
    }


def codebook_version(desk: Desk, version: str) -> Content:
    """An older version of the codebook, and how the current one differs from it."""
    found, now = codebooks.edition(desk, version), codebooks.current(desk)
    if found is None:
        raise Missing(f"there is no version {version} of the codebook")
    return {
        "version": version,
        "current": now.book.version,
        "stamp": now.stamp,
        "text": found.text,
        "difference": codebooks.difference(found.text, now.text),
        "families": _families(found.book),
        "versions": _versions(desk),
    }


def code(desk: Desk, family: str, name: str) -> Content:
    """One code as a form; `name` "" for a new one."""
    now = codebooks.current(desk)
    try:
        chosen = now.book.family(family)
        empty = dict.fromkeys(codebooks.fields_of(chosen, chosen.names[0]), "")
        fields = codebooks.fields_of(chosen, name) if name else empty
    except SaysoError as error:
        raise Missing(str(error)) from None
    return {
        "family": family,
        "family_title": chosen.title or chosen.name,
        "code": name,
        "fields": fields,
        "others": [each for each in chosen.names if each != name],
        "quadrants": list(QUADRANTS),
        "stamp": now.stamp,
        "codings": desk.store.reviews.coded_with(family, name) if name else 0,
    }


def _families(book: Codebook) -> list[Content]:
    return [
        {
            "name": family.name,
            "title": family.title,
            "description": family.description,
            "multiple": family.multiple,
            "unsure_below": family.unsure_below,
            "floor": family.floor,
            "scale": family.scale,
            "version": family.version,
            "codes": [each.model_dump(mode="json") for each in family],
        }
        for family in book.families
    ]


def _versions(desk: Desk) -> list[Content]:
    noted: dict[str, list[Content]] = {}
    for entry in desk.store.accounts.log(action="edit codebook", limit=500):
        line = {"person": entry.person, "at": iso(entry.at), "note": str(entry.details.get("note", ""))}
        noted.setdefault(entry.subject, []).append(line)
    return [
        {
            "version": each.version,
            "current": each.current,
            "made_at": iso(each.made_at),
            "edits": noted.get(each.version, []),
        }
        for each in desk.store.reviews.editions()
    ]
