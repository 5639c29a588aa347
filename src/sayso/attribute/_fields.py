"""Words before a colon that are nobody: names of fields, headings within a text, notes of the page.

"Outlook: the company expects flat sales" is not what Outlook says. "Poll", "Report" and "Statement" are not among them: they
do say something.
"""

from __future__ import annotations

import re

from sayso.attribute._candidates import Candidate
from sayso.encoder import Tokens

# whom a number tells from others; with other words it is a date, a table, a chapter
_NUMBERED = re.compile(
    r"(?i:speaker|witness|juror|voice|male|female|man|woman|participant|respondent|interviewer|interviewee|caller|student|officer"
    r"|reporter|journalist|questioner|question|answer|member|guest|person|soldier|prisoner|detainee|user|anonymous|unknown)\b"
)
_MONTHS = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_DATE = re.compile(rf"\d[ ]{_MONTHS}\b|\b{_MONTHS}\.?[ ]\d", re.IGNORECASE)
# names of fields, which come back, too
_FIELDS = set[str]().union(
    ("date", "time", "place", "venue", "location", "name", "address", "tel", "telephone", "phone", "fax", "email", "e-mail"),
    ("price", "note", "notes", "source", "photo", "caption", "picture", "image", "credit", "tags", "topics", "ingredients"),
    ("contact", "website", "url", "http", "https", "subject", "from", "to", "cc", "re", "ref", "age", "warning", "tip", "hint"),
    ("who", "what", "when", "where", "why", "how", "pros", "cons", "strengths", "weaknesses", "opportunities", "threats"),
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekdays", "weekends", "holidays"),
    ("example", "caution", "important", "step", "update", "correction", "related", "more", "watch", "fact", "claim", "verdict"),
    ("myth", "transcript", "present", "apologies", "agenda", "item", "summary", "conclusion", "attached", "decision", "action"),
)  # fmt: skip
_DATELINE = re.compile(r"[A-Z][A-Z .]+/[A-Z]{2,10}")  # "BAGHDAD/AFP"
_SECTIONS = set[str]().union(
    ("outlook", "results", "guidance", "dividend", "dividends", "earnings", "revenue", "highlights", "overview"),
    ("background", "context", "introduction", "methods", "methodology", "discussion", "timeline", "recommendations"),
    ("objective", "objectives", "aim", "aims", "purpose", "scope", "impact", "risks", "costs", "casualties", "losses"),
    ("weather", "traffic", "status", "situation", "access", "points", "steps", "line", "takeaway", "takeaways", "picture"),
    ("presentation", "sheet", "call", "recall", "comment", "revealed"),
    ("listen", "explainer", "explained", "profile", "obituary", "review", "preview", "opinion", "video", "photos"),
    ("breaking", "exclusive", "developing", "caveat", "problem", "solution", "lesson", "lessons", "forecast"),
)  # fmt: skip


_DECIDED = frozenset(("resolved", "agreed", "noted", "ordered"))  # in minutes, by a meeting
_NOBODY = _FIELDS | _SECTIONS | _DECIDED


def is_field(label: str) -> bool:
    """A field's name, a heading within a text, a note of the page ("Editor's note"), a date, or something that is counted
    ("Table 1")."""
    name = re.sub(r"[\[(].*|,.*", "", label).strip(" *_.")
    last = (name.split() or [""])[-1]
    dated = name.isdigit() or _DATE.search(name) is not None
    numbered = re.search(r"[ \t]\d+$", name) is not None and not _NUMBERED.match(name)
    noted = (last.islower() and last in _FIELDS) or last == "Transcript"
    return name.casefold() in _NOBODY or noted or dated or numbered


def is_decision(label: str) -> bool:
    """What minutes put before what was decided ("RESOLVED: that …"): a cue rather than somebody."""
    return label.casefold() in _DECIDED


def headed(candidate: Candidate, text: str, tokens: Tokens) -> bool:
    """Whether such a word and its colon are all that speaks for the candidate."""
    if len(candidate.source) != 1 or len(candidate.cue) != 1:
        return False
    (a, b), (c, d) = candidate.source[0], candidate.cue[0]
    if b != c or text[tokens.start[c] : tokens.end[d - 1]] != ":":
        return False
    label = text[tokens.start[a] : tokens.end[b - 1]]
    if is_decision(label):
        return False
    head = re.split(r"\s(?:for|of|on|in)\s", label)[0].split()[-1]  # "Outlook for 2026", "Full-year results"
    return is_field(label) or head.casefold() in _SECTIONS or _DATELINE.fullmatch(label) is not None
