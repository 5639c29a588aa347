"""REFI-QDA files (www.qdasoftware.org, QDA-XML 1.0): codebooks (.qdc) and projects (.qdpx), both ways.

The standard knows code, description, colour and hierarchy. A family becomes a code that holds its codes and is not
codable itself; what else a code has is written into its description as readable lines that are read back without loss.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree

from sayso.code.codebook import NAME, Code, Codebook, Family
from sayso.code.exchange import Passage, Project, Source
from sayso.errors import SaysoError, SettingsError
from sayso.records import Coding

_SPACE = uuid.UUID("6f0c6b0a-6a1c-5d4b-9a53-2d2f6f0a5a11")  # ours, under which names get their GUIDs
_BOOK, _PROJECT = "urn:QDA-XML:codebook:1.0", "urn:QDA-XML:project:1.0"
_LARGEST = 512 * 1024 * 1024  # bytes of an unpacked part
_LISTS = ("include", "exclude", "words", "examples", "counter_examples", "aliases")
_SINGLE = ("title", "quadrant", "value")
_OF_FAMILY = ("title", "multiple", "unsure_below", "floor", "scale")
_LINE = re.compile(r"\[(\w+)\] ?(.*)")
_BAD_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_codebook(codebook: Codebook) -> bytes:
    """A `.qdc` file. Raises `SaysoError` for an empty codebook, which the standard does not allow."""
    root = etree.Element(f"{{{_BOOK}}}CodeBook", nsmap={None: _BOOK}, origin="sayso")
    _write_codes(root, codebook, _BOOK)
    return _bytes(root)


def read_codebook(data: bytes, source: str = "codebook.qdc") -> Codebook:
    """The codebook of a `.qdc` file. Raises `SaysoError` for what is none."""
    root = _parse(data, source)
    if etree.QName(root).localname != "CodeBook":
        raise SaysoError(f"{source}: is no REFI-QDA codebook (its root is {etree.QName(root).localname})")
    return _read_codes(root, source)[0]


def write_project(project: Project, name: str = "sayso") -> bytes:
    """A `.qdpx` file: the codebook, the coders as users, the sources as plain texts with their coded selections."""
    p = f"{{{_PROJECT}}}"
    root = etree.Element(f"{p}Project", nsmap={None: _PROJECT}, name=_clean(name), origin="sayso")
    coders = sorted({c.coder for s in project.sources for passage in s.passages for c in passage.codings})
    if coders:
        users = etree.SubElement(root, f"{p}Users")
        for coder in coders:
            etree.SubElement(users, f"{p}User", guid=_guid("user", coder), name=_clean(coder))
    if project.codebook.families:
        _write_codes(etree.SubElement(root, f"{p}CodeBook"), project.codebook, _PROJECT)
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


def read_project(data: bytes, source: str = "project.qdpx") -> Project:
    """The project of a `.qdpx` file; selections in plain texts only. Raises `SaysoError` for what is none."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = {name.lower(): name for name in archive.namelist()}
        if "project.qde" not in names:
            raise SaysoError(f"{source}: is no REFI-QDA project: it holds no project.qde")
        root = _parse(_unpack(archive, names["project.qde"], source), source)
        codebook, codes = _read_codes(root, source)
        users = {u.get("guid", ""): u.get("name", "") for u in root.iter(f"{{{_PROJECT}}}User")}
        notes = {
            n.get("guid", ""): n.findtext(f"{{{_PROJECT}}}PlainTextContent") or ""
            for n in root.iter(f"{{{_PROJECT}}}Note")
        }
        sources = [
            _read_source(element, archive, names, codes, users, notes, source)
            for element in root.iterfind(f"{{{_PROJECT}}}Sources/{{{_PROJECT}}}TextSource")
        ]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SaysoError(f"{source}: is no REFI-QDA project: {error}") from error
    return Project(codebook, tuple(sources))


def _write_codes(parent: Any, codebook: Codebook, space: str) -> None:
    if not codebook.families:
        raise SaysoError("the codebook is empty: REFI-QDA needs one code at least")
    holder = etree.SubElement(parent, f"{{{space}}}Codes")
    for family in codebook.families:
        element = etree.SubElement(
            holder, f"{{{space}}}Code", guid=_guid("family", family.name), name=_clean(family.name), isCodable="false"
        )
        _describe(element, space, family.description, _differing(family, _OF_FAMILY), {})
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
            for key in _LISTS
            if getattr(code, key)
        }
        _describe(element, space, code.definition, _differing(code, _SINGLE), lists)
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


def _read_codes(root: Any, source: str) -> tuple[Codebook, dict[str, tuple[str, str]]]:
    """The codebook, and family and code of every GUID."""
    tops = [e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname == "Codes"]
    families: dict[str, dict[str, Any]] = {}
    known: dict[str, tuple[str, str]] = {}
    for top in tops[0] if tops else ():
        if not isinstance(top.tag, str):
            continue
        children = [e for e in top if isinstance(e.tag, str) and etree.QName(e).localname == "Code"]
        if top.get("isCodable", "true") in ("false", "0") and children:
            name = top.get("name", "")
            text, extra = _undescribe(top)
            family: dict[str, Any] = {"name": name, "description": text, "codes": []}
            family.update({k: v[0] for k, v in extra.items() if k in _OF_FAMILY})
            families[name] = family
            inside = children
            above = None
        else:  # a codebook of another program: its codes form one family
            family = families.setdefault("imported", {"name": "imported", "multiple": True, "codes": []})
            inside, above = [top], None
        for child in inside:
            _read_code(child, family, above, known)
    try:
        return Codebook.from_dict({"families": list(families.values())}, source), known
    except SettingsError as error:
        raise SaysoError(f"{error} (the codebook cannot be taken as it is)") from error


def _read_code(element: Any, family: dict[str, Any], above: str | None, known: dict[str, tuple[str, str]]) -> None:
    name = element.get("name", "").strip() or "unnamed"
    name = wanted = name if NAME.fullmatch(name) else " ".join(name.split())[:200].strip()
    number = 2
    while any(code["name"].casefold() == name.casefold() for code in family["codes"]):
        name, number = f"{wanted} ({number})", number + 1  # the same name may stand under two parents elsewhere
    text, extra = _undescribe(element)
    code: dict[str, Any] = {"name": name, "definition": text, "parent": above}
    color = element.get("color", "")
    if re.fullmatch("#[0-9a-fA-F]{3}", color):
        color = "#" + "".join(2 * c for c in color[1:])
    code["color"] = color
    code.update({k: v[0] for k, v in extra.items() if k in _SINGLE})
    for key in _LISTS:
        if key in extra:
            code[key] = extra[key]
    if "counter_examples" in code:
        parts = [item.rpartition(" => ") for item in code["counter_examples"]]
        code["counter_examples"] = [{"text": head, "code": tail} if mark else tail for head, mark, tail in parts]
    family["codes"].append(code)
    known[element.get("guid", "").strip("{}").lower()] = family["name"], name
    for child in element:
        if isinstance(child.tag, str) and etree.QName(child).localname == "Code":
            _read_code(child, family, name, known)


def _undescribe(element: Any) -> tuple[str, dict[str, list[str]]]:
    """The text of a description, and the lines that `_describe` added."""
    found = next((e for e in element if isinstance(e.tag, str) and etree.QName(e).localname == "Description"), None)
    plain: list[str] = []
    extra: dict[str, list[str]] = {}
    for line in ((found.text if found is not None else "") or "").split("\n"):
        match = _LINE.fullmatch(line)
        if match and match[1] in (*_LISTS, *_SINGLE, *_OF_FAMILY):
            extra.setdefault(match[1], []).append(match[2])
        else:
            plain.append(line)
    return "\n".join(plain).strip(), extra


def _write_source(parent: Any, source: Source, guid: str, notes: list[tuple[str, str, str]]) -> None:
    p = f"{{{_PROJECT}}}"
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


def _read_source(
    element: Any,
    archive: zipfile.ZipFile,
    names: Mapping[str, str],
    codes: Mapping[str, tuple[str, str]],
    users: Mapping[str, str],
    notes: Mapping[str, str],
    where: str,
) -> Source:
    p = f"{{{_PROJECT}}}"
    path = element.get("plainTextPath", "")
    if path:
        inner = "sources/" + path.removeprefix("internal://").lower()
        if inner not in names:
            raise SaysoError(f"{where}: the text {path} is not in the file")
        text = _unpack(archive, names[inner], where).decode("utf-8-sig", "replace")
    else:
        text = element.findtext(f"{p}PlainTextContent") or ""
    about = _pairs(element.findtext(f"{p}Description") or "")
    day = about.pop("date", "")
    passages = []
    for selection in element.iterfind(f"{p}PlainTextSelection"):
        start, end = int(selection.get("startPosition", "0")), int(selection.get("endPosition", "0"))
        if not 0 <= start <= end <= len(text):
            raise SaysoError(f"{where}: a selection [{start}, {end}) lies outside of {element.get('name')!r}")
        codings = list(_read_codings(selection, codes, users, notes))
        attributes = _pairs(selection.findtext(f"{p}Description") or "")
        passages.append(Passage(start, end, tuple(codings), attributes))
    return Source(element.get("name", ""), text, tuple(passages), dt.date.fromisoformat(day) if day else None, about)


def _read_codings(
    selection: Any, codes: Mapping[str, tuple[str, str]], users: Mapping[str, str], notes: Mapping[str, str]
) -> Iterator[Coding]:
    p = f"{{{_PROJECT}}}"
    for coding in selection.iterfind(f"{p}Coding"):
        reference = coding.find(f"{p}CodeRef")
        key = reference.get("targetGUID", "").strip("{}").lower() if reference is not None else ""
        if key not in codes:
            continue  # a coding with a code that the file does not define says nothing
        note = coding.find(f"{p}NoteRef")
        memo, extra = _split_note(notes.get(note.get("targetGUID", ""), "") if note is not None else "")
        when = coding.get("creationDateTime")
        yield Coding(
            statement=selection.get("name", ""),
            family=codes[key][0],
            code=codes[key][1],
            coder=users.get(coding.get("creatingUser", ""), "") or "unnamed",
            probability=float(extra.get("probability", 1.0)),
            codebook_version=extra.get("codebook_version", ""),
            coded_at=dt.datetime.fromisoformat(when) if when else None,
            memo=memo,
            unsure=extra.get("unsure") == "true",
        )


def _split_note(text: str) -> tuple[str, dict[str, str]]:
    plain, extra = [], {}
    for line in text.split("\n"):
        match = _LINE.fullmatch(line)
        if match and match[1] in ("codebook_version", "probability", "unsure"):
            extra[match[1]] = match[2]
        else:
            plain.append(line)
    return "\n".join(plain), extra


def _pairs(text: str) -> dict[str, str]:
    return {match[1]: match[2] for line in text.split("\n") if (match := _LINE.fullmatch(line))}


def _parse(data: bytes, source: str) -> Any:
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SaysoError(f"{source}: is no readable XML: {str(error).splitlines()[0]}") from error


def _unpack(archive: zipfile.ZipFile, name: str, source: str) -> bytes:
    if archive.getinfo(name).file_size > _LARGEST:
        raise SaysoError(f"{source}: {name} unpacks to more than {_LARGEST // 2**20} MB")
    return archive.read(name)


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
