"""Who translated an item, where its own words say so ("Translated from the Arabic by Jane Doe").

In comes a text, out comes a name or "". Only a line of its own at the head or tail counts: a sentence about some
translator in the middle of the piece says nothing of the piece.
"""

# ruff: noqa: E501 (a rule is easier to read on one line)

from __future__ import annotations

import re

_NAME = r"[^\W\d_][\w.'’-]*(?:[ ,]+(?:(?:and|und|et|y|&) )?[^\W\d_][\w.'’-]*){0,7}"
_LINE = re.compile(
    r"[(\[*_]{0,2}(?:(?:this|the) \w+ (?:was|has been) )?(?:"
    r"translat(?:ed|ion)(?: (?:from|into) (?:the )?(?:original )?\w+(?: (?:into|to) \w+)?)?\s*(?:by\b|:)"
    r"|translator\s*:|(?:aus dem \w+ )?(?:übersetzt )?von\b(?= .{1,60} übersetzt)|übersetz(?:t|ung)(?: aus dem \w+)?\s*(?:von\b|:)"
    r"|tradui(?:te?)(?: de l['’]\w+| du \w+)? par\b|traducid[oa](?: del \w+)? por\b|traducción\s*:|tradotto(?: dal\w* \w+)? da\b"
    rf")\s*(?P<name>{_NAME})\s*[.)\]*_]{{0,3}}",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    {"de", "del", "von", "van", "der", "den", "al", "el", "bin", "ibn", "da", "di", "and", "und", "et", "y"}
)
_EDGE_LINES = 6


def translator_named_in(text: str) -> str:
    """The translator that one of the first or last six lines names, "" where none does."""
    head = [line.strip() for line in text[:3000].splitlines() if line.strip()][:_EDGE_LINES]
    tail = [line.strip() for line in text[-3000:].splitlines() if line.strip()][-_EDGE_LINES:]
    for line in (*head, *tail):
        if len(line) <= 160 and (match := _LINE.fullmatch(line)):
            name = match["name"].strip(" .,")
            if all(not word[0].islower() or word in _PARTICLES for word in re.split(r"[\s,]+", name)):
                return name
    return ""
