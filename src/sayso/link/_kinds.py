"""What a name is by its words: its title, and whether a person or an organization bears it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from sayso.link import _lexicon as lex
from sayso.link._capitals import Token
from sayso.link._text import plain

OWN_WORDS = lex.words("our your my every no all one")  # "Our Revolution"
_GENDERED = lex.MALE_TITLES | lex.FEMALE_TITLES
_FORMER = lex.words("former")
_IN_NAMES = lex.words("general first foreign prime king queen prince captain special high")  # "General Electric"
_NAMED_BODIES = (lex.OUTLET_NOUNS | lex.BODY_NOUNS) - lex.words("state city county village town team house army")
_HAPPENINGS = lex.words("day war act amendment plan deal treaty accord summit award prize")  # "Labor Day"


@dataclass(frozen=True, slots=True)
class Run:
    start: int
    end: int
    words: tuple[tuple[int, int, str], ...]
    kind: str = ""  # from the encoder
    title: str = ""

    @property
    def plain(self) -> tuple[str, ...]:
        return tuple(plain(w[2]) for w in self.words)


def titled(run: Run, words: list[tuple[int, int, str]], starts: list[int]) -> Run:
    """Take titles off the front of a name, remembering the last one; look at the word before it too. A body's name keeps
    them ("Justice Department", "General Motors")."""
    inside = list(run.words)
    title = ""
    titles = lex.TITLES
    if run.kind != "person" and plain(inside[-1][2]) in lex.BODY_WORDS:
        titles = _FORMER
    elif run.kind == "organization":
        titles = lex.TITLES - _IN_NAMES
    while len(inside) > 1 and plain(inside[0][2]) in titles:
        title = title if title in _GENDERED else plain(inside[0][2])  # "Lady Justice Hill"
        inside = inside[1:]
    if not title:
        at = bisect_left(starts, run.start) - 1
        if at >= 0 and run.start - words[at][1] <= 2:
            before = plain(words[at][2])
            title = before if before in lex.TITLES else ""
            first = plain(words[at - 1][2]) if title and at else ""
            title = first if first in _GENDERED else title
            if not run.kind and before in _NAMED_BODIES and len(inside) <= 3:
                return Run(inside[0][0], inside[-1][1], tuple(inside), "organization", title)
    kind = "person" if title in lex.PERSONAL and not _body(inside) else run.kind
    return Run(inside[0][0], inside[-1][1], tuple(inside), kind, title)


def guess_kind(run: Run) -> str:
    words = [plain(w[2]) for w in run.words]
    if run.title in {"mr", "mrs", "ms", "miss", "dr", "sen", "senator", "rep", "gov", "prof", "sir", "judge"}:
        return "person"
    if words[-1] in lex.BODY_WORDS or any(w in lex.BODY_WORDS for w in words[:-1] if len(words) > 2):
        return "organization"
    text = " ".join(w[2] for w in run.words)
    if " ".join(words) in lex.KNOWN_OUTLETS:
        return "organization"
    if len(words) == 1 and text.isupper() and len(text) > 1:
        return "organization"
    if any(w[2] in lex.SOFT_JOIN for w in run.words) or words[0] in OWN_WORDS:
        return "organization"
    if words[0] in lex.FIRST_NAMES:
        return "person"
    person = (
        len(words) in (2, 3)
        and words[0] not in lex.NATIONS
        and words[-1] not in _HAPPENINGS
        and all(w[2][:1].isupper() and not w[2].isupper() for w in run.words)
    )
    return "person" if person and not any(w in lex.FUNCTION_WORDS for w in words) else ""


def _body(inside: Sequence[Token]) -> bool:
    return any(plain(t[2]) in lex.BODY_WORDS or t[2] in lex.SOFT_JOIN for t in inside)
