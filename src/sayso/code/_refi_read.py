"""REFI-QDA files read: `refi` writes them and tells what the standard is. Bytes come in, a `Codebook` or `Project` goes out."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree

from sayso.code.codebook import NAME, Codebook
from sayso.code.exchange import Passage, Project, Source
from sayso.errors import SaysoError, SettingsError
from sayso.records import Coding

BOOK, PROJECT = "urn:QDA-XML:codebook:1.0", "urn:QDA-XML:project:1.0"
_LARGEST = 512 * 1024 * 1024  # bytes of an unpacked part
LISTS = ("include", "exclude", "words", "examples", "counter_examples", "aliases")
SINGLE = ("title", "quadrant", "value")
OF_FAMILY = ("title", "multiple", "unsure_below", "floor", "scale")
_LINE = re.compile(r"\[(\w+)\] ?(.*)")


def read_codebook(data: bytes, source: str = "codebook.qdc") -> Codebook:
    """The codebook of a `.qdc` file. Raises `SaysoError` for what is none."""
    root = _parse(data, source)
    if etree.QName(root).localname != "CodeBook":
        raise SaysoError(f"{source}: is no REFI-QDA codebook (its root is {etree.QName(root).localname})")
    return _read_codes(root, source)[0]


def read_project(data: bytes, source: str = "project.qdpx") -> Project:
    """The project of a `.qdpx` file; selections in plain texts only. Raises `SaysoError` for what is none."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = {name.lower(): name for name in archive.namelist()}
        if "project.qde" not in names:
            raise SaysoError(f"{source}: is no REFI-QDA project: it holds no project.qde")
        root = _parse(_unpack(archive, names["project.qde"], source), source)
        codebook, codes = _read_codes(root, source)
        users = {u.get("guid", ""): u.get("name", "") for u in root.iter(f"{{{PROJECT}}}User")}
        notes = {
            n.get("guid", ""): n.findtext(f"{{{PROJECT}}}PlainTextContent") or ""
            for n in root.iter(f"{{{PROJECT}}}Note")
        }
        texts = list(_texts(root))
        sources = [
            _read_source(element, title, archive, names, codes, users, notes, source) for element, title in texts
        ]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SaysoError(f"{source}: is no REFI-QDA project: {error}") from error
    return Project(codebook, tuple(sources), _left_out(root, [element for element, _ in texts], codes))


def _texts(root: Any) -> Iterator[tuple[Any, str]]:
    """The elements that have a plain text and selections in it, and their titles: texts, and those read from PDF."""
    for element in root.iterfind(f"{{{PROJECT}}}Sources/*"):
        if element.tag == f"{{{PROJECT}}}TextSource":
            yield element, element.get("name", "")
        elif (text := element.find(f"{{{PROJECT}}}Representation")) is not None:
            yield text, element.get("name", "") or text.get("name", "")


def _left_out(root: Any, texts: Iterable[Any], codes: Mapping[str, tuple[str, str]]) -> dict[str, int]:
    """Codings of the file that are none of a passage of text, and those whose code is defined nowhere: reason -> number."""
    p = f"{{{PROJECT}}}"
    out: Counter[str] = Counter()
    taken = {coding for text in texts for coding in text.iterfind(f"{p}PlainTextSelection/{p}Coding")}
    for coding in root.iterfind(f"{p}Sources//{p}Coding"):
        if coding in taken:
            if _code_of(coding, codes) is None:
                out["with a code that the file does not define"] += 1
        elif str(coding.getparent().tag).endswith("Source"):
            out["of a whole source, not of a passage"] += 1
        else:
            out["of a picture, a recording or a place on a page, not of words"] += 1
    return dict(out)


def _code_of(coding: Any, codes: Mapping[str, tuple[str, str]]) -> tuple[str, str] | None:
    reference = coding.find(f"{{{PROJECT}}}CodeRef")
    return codes.get(reference.get("targetGUID", "").strip("{}").lower()) if reference is not None else None


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
            family.update({k: v[0] for k, v in extra.items() if k in OF_FAMILY})
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
    code.update({k: v[0] for k, v in extra.items() if k in SINGLE})
    for key in LISTS:
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
        if match and match[1] in (*LISTS, *SINGLE, *OF_FAMILY):
            extra.setdefault(match[1], []).append(match[2])
        else:
            plain.append(line)
    return "\n".join(plain).strip(), extra


def _read_source(
    element: Any,
    title: str,
    archive: zipfile.ZipFile,
    names: Mapping[str, str],
    codes: Mapping[str, tuple[str, str]],
    users: Mapping[str, str],
    notes: Mapping[str, str],
    where: str,
) -> Source:
    p = f"{{{PROJECT}}}"
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
        at = selection.get("startPosition", "0"), selection.get("endPosition", "0")
        if not all(place.isascii() and place.isdecimal() for place in at):
            raise SaysoError(f"{where}: a selection in {title!r} has no numbers for its place: {at[0]!r}, {at[1]!r}")
        start, end = map(int, at)
        if not 0 <= start <= end <= len(text):
            raise SaysoError(f"{where}: a selection [{start}, {end}) lies outside of {title!r}")
        codings = list(_read_codings(selection, codes, users, notes))
        attributes = _pairs(selection.findtext(f"{p}Description") or "")
        passages.append(Passage(start, end, tuple(codings), attributes))
    try:
        date = dt.date.fromisoformat(day) if day else None
    except ValueError:
        date = None  # another program's description, whatever it means by it
    return Source(title, text, tuple(passages), date, about)


def _read_codings(
    selection: Any, codes: Mapping[str, tuple[str, str]], users: Mapping[str, str], notes: Mapping[str, str]
) -> Iterator[Coding]:
    p = f"{{{PROJECT}}}"
    for coding in selection.iterfind(f"{p}Coding"):
        code = _code_of(coding, codes)
        if code is None:
            continue  # a coding with a code that the file does not define says nothing
        note = coding.find(f"{p}NoteRef")
        memo, extra = _split_note(notes.get(note.get("targetGUID", ""), "") if note is not None else "")
        when = coding.get("creationDateTime", "")
        yield Coding(
            statement=selection.get("name", ""),
            family=code[0],
            code=code[1],
            coder=users.get(coding.get("creatingUser", ""), "") or "unnamed",
            probability=_share(extra.get("probability", "1")),
            codebook_version=extra.get("codebook_version", ""),
            coded_at=_moment(when),
            memo=memo,
            unsure=extra.get("unsure") == "true",
        )


def _moment(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text) if text else None
    except ValueError:
        return None  # when it was made is not known; that it was made is


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        return 1.0
    return share if 0 <= share <= 1 else 1.0


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
