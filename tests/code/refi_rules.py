# ruff: noqa: E501 (tables are read across)
"""The rules of the published REFI-QDA 1.0 schemas for the parts that Say-so writes, in our own words: for each element the
order of its children, its required attributes, and the form of attribute values."""

import re
from typing import Any

GUID = r"\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?"
WHEN = r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
ANY = r"(?s).*"
# element: (children in order, those marked ! are required), {attribute: form}, required attributes
CODE = (
    "Description NoteRef* Code*",
    {"guid": GUID, "name": ANY, "isCodable": "true|false|0|1", "color": "#([A-Fa-f0-9]{6}|[A-Fa-f0-9]{3})"},
    "guid name isCodable",
)
CODEBOOK: dict[str, Any] = {
    "CodeBook": ("Codes! Sets", {"origin": ANY}, ""),
    "Codes": ("Code+", {}, ""),
    "Code": ("Description Code*", *CODE[1:]),
    "Description": ("", {}, ""),
}
PROJECT: dict[str, Any] = {
    "Project": ("Users CodeBook Variables Cases Sources Notes Links Sets Graphs Description NoteRef*", {"name": ANY, "origin": ANY}, "name"),
    "Users": ("User+", {}, ""),
    "User": ("", {"guid": GUID, "name": ANY, "id": ANY}, "guid"),
    "CodeBook": ("Codes!", {}, ""),
    "Codes": ("Code+", {}, ""),
    "Code": CODE,
    "Sources": ("TextSource+", {}, ""),
    "TextSource": ("Description PlainTextContent PlainTextSelection* Coding* NoteRef* VariableValue*", {"guid": GUID, "name": ANY, "plainTextPath": ANY}, "guid"),
    "PlainTextSelection": ("Description Coding* NoteRef*", {"guid": GUID, "name": ANY, "startPosition": r"\d+", "endPosition": r"\d+"}, "guid startPosition endPosition"),
    "Coding": ("CodeRef! NoteRef*", {"guid": GUID, "creatingUser": GUID, "creationDateTime": WHEN}, "guid"),
    "CodeRef": ("", {"targetGUID": GUID}, "targetGUID"),
    "NoteRef": ("", {"targetGUID": GUID}, "targetGUID"),
    "Notes": ("Note+", {}, ""),
    "Note": ("Description PlainTextContent PlainTextSelection* Coding* NoteRef* VariableValue*", {"guid": GUID, "name": ANY}, "guid"),
    "Description": ("", {}, ""),
    "PlainTextContent": ("", {}, ""),
}  # fmt: skip


def breaches(root: Any, rules: dict[str, Any], space: str) -> list[str]:
    """What in the tree breaks the rules; also references to what does not exist and GUIDs that stand twice."""
    out: list[str] = []
    guids: list[str] = []
    for element in root.iter():
        name = element.tag.removeprefix(f"{{{space}}}")
        if name not in rules:
            out.append(f"no element {element.tag}")
            continue
        children, attributes, required = rules[name]
        order = "".join(
            f"(<{re.sub('[*+!]', '', c)}>){'' if c[-1] == '!' else c[-1] if c[-1] in '*+' else '?'}"
            for c in children.split()
        )
        found = "".join(f"<{child.tag.removeprefix(f'{{{space}}}')}>" for child in element)
        if not re.fullmatch(order, found):
            out.append(f"{name} holds {found}")
        for key, value in element.attrib.items():
            if key not in attributes or not re.fullmatch(attributes[key], value):
                out.append(f"{name} has {key}={value!r}")
        out += [f"{name} lacks {key}" for key in required.split() if key not in element.attrib]
        if "guid" in element.attrib:
            guids.append(element.get("guid"))
    out += [f"{guid} stands twice" for guid in set(guids) if guids.count(guid) > 1]
    for key in ("targetGUID", "creatingUser"):
        out += [f"{e.get(key)} is nowhere" for e in root.iter() if e.get(key) and e.get(key) not in guids]
    return out
