"""Towards whom a statement acts: who is accused, praised, warned, told.

In come an attribution and the names of the text; out goes the words that name the target and the entity, if one is named.
"""

from __future__ import annotations

import re

from sayso.link import _lexicon as lex
from sayso.link._antecedents import Referent
from sayso.link._names import Entity, Names
from sayso.link._phrases import head_noun, head_of
from sayso.link._text import Text
from sayso.records import Attribution

# Verbs whose object is the one they act upon, whatever else they say.
_ACTS = [
    "accus",
    "blam",
    "criticiz",
    "criticis",
    "blast",
    "condemn",
    "denounc",
    "attack",
    "slam",
    "rip",
    "scold",
    "mock",
    "ridicul",
    "prais",
    "thank",
    "applaud",
    "commend",
    "endors",
    "urg",
    "warn",
    "threaten",
    "order",
    "command",
    "call(?:ed|s|ing)?\\s+(?:on|for|upon)",
    "ask",
    "request",
    "press",
    "pressur",
    "invit",
    "encourag",
    "appeal(?:ed|s|ing)?\\s+to",
    "support",
    "back",
    "defend",
    "reject",
    "oppos",
    "disavow",
    "rebuk",
    "reprimand",
    "chastis",
    "congratulat",
    "promis(?:ed|es|ing)?\\s+to",
    "lambast",
    "reproach",
    "scorn",
    "insult",
    "challeng",
    "dismiss",
    "forgiv",
    "pardon",
    "pledg",
    "assur",
    "remind",
    "tell",
    "told",
    "advis",
    "inform",
    "notif",
    "brief",
    "answer",
    "repl(?:y|ied)\\s+to",
    "respond(?:ed|s|ing)?\\s+to",
    "describ",
    "characteriz",
    "characteris",
    "portray",
]
_ACT = re.compile(
    r"\b(?:"
    + "|".join(a for a in re.split(r"\s(?=[a-z])", " ".join(_ACTS)) if a)
    + r")\w*(?:\s+(?:on|to|for|upon|at|against))?\s*$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:told|tells?|telling|warn\w*|urg\w*|ask\w*|advis\w*|assur\w*|remind\w*|inform\w*|address\w*\s+to|said\s+to|pledg\w*\s+to)\s*$",
    re.I,
)
_STOP = re.compile(
    r"\s(?:of|for|to|as|over|about|that|with|because|in|on|by|from|who|which|after|when|while|would|will|is|are|was|were|had|has|have|if|not|at)\s|[,.;:“”\"()]"
)


def target_of(
    attribution: Attribution, text: Text, names: Names, speaker: Referent
) -> tuple[str, Entity | None] | None:
    """The target's words and entity: the addressee after a verb of telling, else the object of an act."""
    if not attribution.cue:
        return None
    cue = attribution.cue[-1]
    source = text.text
    after = min((c.start for c in attribution.content if c.start >= cue.end), default=None)
    if after is not None and 2 < after - cue.end < 80 and _TOLD.search(cue.text):
        found = _phrase(cue.end, after, text, names, speaker)
        if found:
            return found
    if after is None and _TOLD.search(cue.text):
        sentence_end = text.sentence_span(cue.start)[1]
        return _phrase(cue.end, min(sentence_end, cue.end + 80), text, names, speaker)
    if after is not None and after - cue.end <= 3 and _ACT.search(cue.text):
        limit = min(after + 90, max(c.end for c in attribution.content if c.start == after))
        if source[after : after + 1] in "“\"‘'":
            return None
        return _phrase(after, limit, text, names, speaker)
    return None


def _phrase(start: int, limit: int, text: Text, names: Names, speaker: Referent) -> tuple[str, Entity | None] | None:
    words = text.text[start:limit]
    lead = len(words) - len(words.lstrip())
    stop = _STOP.search(words, lead + 1)
    phrase = words[lead : stop.start() if stop else len(words)].strip()
    if not phrase or len(phrase.split()) > 9:
        return None
    low = phrase.casefold()
    named = [m for m in names.at(start, start + lead + len(phrase) + 1) if m[2] is not speaker.entity]
    if named:
        return named[-1][2].name, named[-1][2]
    noun = head_noun(phrase)
    if low in lex.PRONOUNS or low.split()[0] in ("that", "what", "how", "why", "whether", "if", "to"):
        return None
    if noun in lex.GROUP_NOUNS | lex.PERSON_NOUNS | lex.BODY_NOUNS | lex.OUTLET_NOUNS:
        return head_of(phrase), None
    return None
