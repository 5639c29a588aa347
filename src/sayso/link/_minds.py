"""Attributions that say nothing of their own: what a speaker thinks, wants or fears as he says so.

"She said she hopes to return" is one statement, hers, and so is "“I believe it will pass,” he said"; the hope and the belief
inside are told with it. What she said at another time ("what she called …"), and what others think, stands.

In come resolved attributions; out go the ids of those that are told with their parents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sayso.link import _lexicon as lex
from sayso.link._referents import Referent
from sayso.records import Attribution

_STATE = re.compile(
    r"\b(?:want|hope|hoping|wish|believ|think|thought|doubt|fear|worr(?:y|ied|ies)|expect|feel|felt|know|knew|known|"
    r"understand|understood|wonder|suspect|prefer|intend|plan|look(?:s|ed|ing)? forward|regret|concern|convinced|confiden|"
    r"certain\b|sure\b|aware\b|(?:is|are|was|were|[’']s|[’']re|[’']m)\sdetermined|ready\b|willing\b|eager|keen\b|glad\b|proud\b|sorry\b|afraid\b|surprised|"
    r"disappoint|s[ck]eptical|optimistic|pessimistic|hopeful|grateful|thankful)",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\b(?:s(?:ay|aid|ays|aying)|t(?:ell|old|ells|elling)|express|voic|rais|shar|declar|announc|stat(?:e|ed|es|ing)\b|"
    r"repeat|reiterat|wr(?:ite|ote|itten|iting)|call|clear\b|admit|acknowledg|list|cit|"
    r"warn|den(?:y|ied|ies)|promis|urg|insist|apolog|vow|pledg|stress|argu|suggest|complain)",
    re.IGNORECASE,
)
_PERFORMED = re.compile(
    r"(?:just\s+)?(?:must|have to|has to|need to|want to|can|could|let|(?:would|['’]d) like to|should)\s+(?:\w+\s+){0,2}"
    r"(?:say|tell|stress|emphasi[sz]e|add|admit|confess|remind)\Z",
    re.IGNORECASE,
)  # "I must tell you that …": what follows is said in saying so


def told_with_parents(
    attributions: Sequence[Attribution], parent_of: Mapping[str, str | None], referents: Mapping[str, Referent]
) -> frozenset[str]:
    """Ids of nested attributions that are a state of mind of whoever says them, by a pronoun ("he said he wants …")."""
    return frozenset(
        a.id
        for a in attributions
        if (above := parent_of.get(a.id)) is not None
        and _pronoun(a) in lex.PRONOUNS
        and _of_mind(a)
        and _same(referents[a.id], referents[above])
    )


def _pronoun(a: Attribution) -> str:
    return a.source[0].text.casefold().strip() if len(a.source) == 1 else ""


def _of_mind(a: Attribution) -> bool:
    cue = " ".join(s.text for s in a.cue)
    if _pronoun(a) in lex.FIRST and _PERFORMED.search(cue):
        return True
    return bool(_STATE.search(cue)) and not _SPOKEN.search(cue)


def _same(one: Referent, other: Referent) -> bool:
    if one.entity is not None and one.entity is other.entity:
        return True
    return one.name is not None and (one.name, one.kind) == (other.name, other.kind)
