"""REFI-QDA files (www.qdasoftware.org, QDA-XML 1.0): codebooks (.qdc) and projects (.qdpx), both ways.

The standard knows code, description, colour and hierarchy. A family becomes a code that holds its codes and is not
codable itself; what else a code has is written into its description as readable lines that are read back without loss.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from sayso.code._refi_read import BOOK, LISTS, OF_FAMILY, PROJECT, SINGLE, read_codebook, read_project
from sayso.code.codebook import Code, Codebook, Family
from sayso.code.exchange import Project, Source
from sayso.errors import SaysoError
from sayso.records import Coding

__all__ = ["read_codebook", "read_project", "write_codebook", "write_project"]

_SPACE = uuid.UUID("6f0c6b0a-6a1c-5d4b-9a53-2d2f6f0a5a11")  # ours, under which names get their GUIDs
_BAD_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_codebook(codebook: Codebook) -> bytes:
    """A `.qdc` file. Raises `SaysoError` for an empty codebook, which the standard does not allow."""
    root = etree.Element(f"{{{BOOK}}}CodeBook", nsmap={None: BOOK}, origin="sayso")
    _write_codes(root, codebook, BOOK)
    return _bytes(root)


def write_project(project: Project, name: str = "sayso") -> bytes:
    """A `.qdpx` file: the codebook, the coders as users, the sources as plain texts with their coded selections."""
    p = f"{{{PROJECT}}}"
    root = etree.Element(f"{p}Project", nsmap={None: PROJECT}, name=_clean(name), origin="sayso")
    coders = sorted({c.coder for s in project.sources for passage in s.passages for c in passage.codings})
    if coders:
        users = etree.SubElement(root, f"{p}Users")
        for coder in coders:
            etree.SubElement(users, f"{p}User", guid=_guid("user", coder), name=_clean(coder))
    if project.codebook.families:
        _write_codes(etree.SubElement(root, f"{p}CodeBook"), project.codebook, PROJECT)
    notes: list[tuple[str, str, str]] = []
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if project.sources:
            sources = etree.SubElement(root, f"{p}Sources")
            for number, source in enumerate(project.sources):
                guid = _guid("source", str(number), source.name)
                _write_source(sources, source, guid, notes)
                archive.writestr(_stable(f"Sources/{guid}.txt"), source.text.encode("utf-8", "surrogatepass"))
        if notes:
            holder = etree.SubElement(root, f"{p}Notes")
            for guid, title, text in notes:
                note = etree.SubElement(holder, f"{p}Note", guid=guid, name=title)
                etree.SubElement(note, f"{p}PlainTextContent").text = _clean(text)
        archive.writestr(_stable("project.qde"), _bytes(root))
    return out.getvalue()


def _write_codes(parent: Any, codebook: Codebook, space: str) -> None:
    if not codebook.families:
        raise SaysoError("the codebook is empty: REFI-QDA needs one code at least")
    holder = etree.SubElement(parent, f"{{{space}}}Codes")
    for family in codebook.families:
        element = etree.SubElement(
            holder, f"{{{space}}}Code", guid=_guid("family", family.name), name=_clean(family.name), isCodable="false"
        )
        _describe(element, space, family.description, _differing(family, OF_FAMILY), {})
        _write_children(element, space, family, None)


def _write_children(parent: Any, space: str, family: Family, above: str | None) -> None:
    for code in family.codes:
        if code.parent != above:
            continue
        attributes = {"guid": _guid("code", family.name, code.name), "name": _clean(code.name), "isCodable": "true"}
        if code.color:
            attributes["color"] = code.color
        element = etree.SubElement(parent, f"{{{space}}}Code", **attributes)
        lists = {
            key: [f"{v.text} => {v.code}" if key == "counter_examples" else v for v in getattr(code, key)]
            for key in LISTS
            if getattr(code, key)
        }
        _describe(element, space, code.definition, _differing(code, SINGLE), lists)
        _write_children(element, space, family, code.name)


def _differing(part: Code | Family, keys: Iterable[str]) -> dict[str, Any]:
    fields = type(part).model_fields
    return {key: getattr(part, key) for key in keys if getattr(part, key) != fields[key].default}


def _describe(element: Any, space: str, text: str, single: Mapping[str, Any], lists: Mapping[str, list[str]]) -> None:
    lines = [text] if text else []
    lines += [f"[{key}] {value}" for key, value in single.items()]
    lines += [f"[{key}] {' '.join(item.splitlines())}" for key, items in lists.items() for item in items]
    if lines:
        etree.SubElement(element, f"{{{space}}}Description").text = _clean("\n".join(lines))


def _write_source(parent: Any, source: Source, guid: str, notes: list[tuple[str, str, str]]) -> None:
    p = f"{{{PROJECT}}}"
    element = etree.SubElement(
        parent, f"{p}TextSource", guid=guid, name=_clean(source.name), plainTextPath=f"internal://{guid}.txt"
    )
    about = [f"[{k}] {' '.join(v.split())}" for k, v in source.attributes.items() if v]
    if source.date:
        about.append(f"[date] {source.date.isoformat()}")
    if about:
        etree.SubElement(element, f"{p}Description").text = _clean("\n".join(about))
    for number, passage in enumerate(source.passages):
        selection = etree.SubElement(
            element,
            f"{p}PlainTextSelection",
            guid=_guid("selection", guid, str(number)),
            name=_clean(passage.codings[0].statement if passage.codings else ""),
            startPosition=str(passage.start),
            endPosition=str(passage.end),
        )
        if passage.attributes:
            lines = [f"[{k}] {' '.join(v.split())}" for k, v in passage.attributes.items() if v]
            etree.SubElement(selection, f"{p}Description").text = _clean("\n".join(lines))
        for place, coding in enumerate(passage.codings):
            attributes = {
                "guid": _guid("coding", guid, str(number), str(place)),
                "creatingUser": _guid("user", coding.coder),
            }
            if coding.coded_at:
                attributes["creationDateTime"] = coding.coded_at.isoformat()
            made = etree.SubElement(selection, f"{p}Coding", **attributes)
            etree.SubElement(made, f"{p}CodeRef", targetGUID=_guid("code", coding.family, coding.code))
            note = _note_of(coding)
            if note:
                key = _guid("note", guid, str(number), str(place))
                notes.append((key, "memo", note))
                etree.SubElement(made, f"{p}NoteRef", targetGUID=key)


def _note_of(coding: Coding) -> str:
    lines = [coding.memo] if coding.memo else []
    if coding.codebook_version:
        lines.append(f"[codebook_version] {coding.codebook_version}")
    if coding.probability != 1.0:
        lines.append(f"[probability] {coding.probability!r}")
    if coding.unsure:
        lines.append("[unsure] true")
    return "\n".join(lines)


def _bytes(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _guid(*parts: str) -> str:
    return str(uuid.uuid5(_SPACE, "\x1f".join(parts)))


def _clean(text: str) -> str:
    return _BAD_XML.sub("\ufffd", text)


def _stable(name: str) -> zipfile.ZipInfo:
    """The same project gives the same bytes, whenever it is written."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
