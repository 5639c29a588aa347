"""Towards whom a statement acts: who is accused, praised, warned, told.

In come an attribution and the names of the text; out goes the words that name the target and the entity, if one is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sayso.link import _lexicon as lex
from sayso.link._names import Entity, Names
from sayso.link._phrases import head_noun, head_of
from sayso.link._referents import Referent
from sayso.link._text import Text
from sayso.records import Attribution

# Verbs whose object is the one they act upon, whatever else they say.
_ACTS = (
    r"accus|blam|criticiz|criticis|blast|condemn|denounc|attack|slam|rip|scold|mock|ridicul|prais|thank|"
    r"applaud|commend|endors|urg|warn|threaten|order|command|call(?:ed|s|ing)?\s+(?:on|for|upon)|ask|"
    r"request|press|pressur|invit|encourag|appeal(?:ed|s|ing)?\s+to|support|back|defend|reject|oppos|"
    r"disavow|rebuk|reprimand|chastis|congratulat|promis(?:ed|es|ing)?\s+to|lambast|reproach|scorn|insult|"
    r"challeng|dismiss|forgiv|pardon|pledg|assur|remind|tell|told|advis|inform|notif|brief|answer|"
    r"repl(?:y|ied)\s+to|respond(?:ed|s|ing)?\s+to|describ|characteriz|characteris|portray"
)
_ACT = re.compile(rf"\b(?:{_ACTS})\w*(?:\s+(?:on|to|for|upon|at|against))?\s*$", re.IGNORECASE)
# "We will never forgive those who ...": an act in the first person, in the speaker's own words.
_OURS = re.compile(
    rf"\b(?:we|I|our\s\w+)\s+(?:(?:will|would|shall|must|do|did|have|can|cannot|could|should|not|never|also|hereby|again|"
    rf"today|therefore|\w+ly)\s+){{0,4}}(?:{_ACTS})\w*(?:\s+(?:on|to|for|upon|at|against))?\s+",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:told|tells?|telling|warn\w*|urg\w*|ask\w*|advis\w*|assur\w*|remind\w*|inform\w*|address\w*\s+to|said\s+to|pledg\w*\s+to)\s*$",
    re.I,
)
_OBJECTS = lex.words("them him it us me you")  # "we disavow them before the hall": not the hall is disavowed
_STOP = re.compile(
    r"\s(?:before|of|for|to|as|over|about|that|with|because|in|on|by|from|who|which|after|when|while|would|will|is|are|was|were|had|has|have|if|not|at)\s|[,.;:“”\"()]"
)


@dataclass(frozen=True, slots=True)
class Aim:
    """The words that name a target, at [start, end); the entity if a name does; `pronoun` if they must be resolved."""

    words: str
    start: int
    end: int
    entity: Entity | None = None
    pronoun: bool = False


def target_of(attribution: Attribution, text: Text, names: Names, speaker: Referent) -> Aim | None:
    """The addressee after a verb of telling, else the object of an act."""
    if not attribution.cue:
        return None
    cue = attribution.cue[-1]
    after = min((c.start for c in attribution.content if c.start >= cue.end), default=None)
    told = bool(_TOLD.search(cue.text))
    if after is not None and 2 < after - cue.end < 80 and told:
        found = _phrase(cue.end, after, text, names, speaker)
        if found:
            return found
    if after is None and told:
        sentence_end = text.sentence_span(cue.start)[1]
        return _phrase(cue.end, min(sentence_end, cue.end + 80), text, names, speaker)
    if after is not None and after - cue.end <= 3 and _ACT.search(cue.text):
        limit = min(after + 90, max(c.end for c in attribution.content if c.start == after))
        if text.text[after : after + 1] in "“\"‘'":
            return None
        return _phrase(after, limit, text, names, speaker)
    return None


def target_in(start: int, end: int, text: Text, names: Names, speaker: Referent) -> Aim | None:
    """Whom the speaker's own words [start, end) act upon: "we condemn those who ...", "I call on the board to ..."."""
    for match in _OURS.finditer(text.text, start, end):
        found = _phrase(match.end(), min(end, match.end() + 90), text, names, speaker)
        if found and not found.pronoun:
            return found
    return None


def _phrase(start: int, limit: int, text: Text, names: Names, speaker: Referent) -> Aim | None:
    words = text.text[start:limit]
    lead = len(words) - len(words.lstrip())
    stop = _STOP.search(words, lead + 1)
    phrase = words[lead : stop.start() if stop else len(words)].strip()
    if not phrase or len(phrase.split()) > 9:
        return None
    begin = start + lead
    if phrase[0] == "[" and "]" in phrase:  # an editor's words: "[the deserters]"
        inside = phrase[1 : phrase.index("]")]
        begin, phrase = begin + 1 + len(inside) - len(inside.lstrip()), inside.strip()
    if not phrase:
        return None
    low = phrase.casefold()
    end = begin + len(phrase)
    if low in lex.HE | lex.SHE | lex.THEY | lex.IT - {"it", "its", "his", "their"}:
        return Aim(phrase, begin, end, pronoun=True)
    if low in ("those", "all", "anyone", "everyone") and re.match(r"\s(?:who|that)\b", text.text[end:limit]):
        clause = re.split(r"[,.;:“”\"()]", text.text[begin:limit])[0].strip()
        return Aim(clause, begin, begin + len(clause))
    if (
        low in lex.PRONOUNS
        or low.split()[0] in _OBJECTS
        or low.split()[0] in ("that", "what", "how", "why", "whether", "if", "to", "by")  # "was told by the coroner"
    ):
        return None
    named = [m for m in names.at(begin, end + 1) if m[2] is not speaker.entity]
    if named and not text.text[named[-1][1] : end].strip(" .,’'s"):
        return Aim(named[-1][2].name, begin, end, named[-1][2])
    noun = head_noun(phrase)
    if named or noun in lex.GROUP_NOUNS | lex.PERSON_NOUNS | lex.BODY_NOUNS | lex.OUTLET_NOUNS | {"members"}:
        return Aim(head_of(phrase), begin, end)
    return None
