"""Items and outlets in the words that name who speaks: the speaker itself, his paper, or only something told of him.

In come a source's words with the item or outlet in them; out goes whether what is said came through it.
"""

from __future__ import annotations

import re

from sayso.link import _lexicon as lex
from sayso.link._items import ItemMention
from sayso.link._names import Names
from sayso.link._phrases import head_noun, is_person
from sayso.link._text import Text, plain
from sayso.records import Attribution

# Happenings and hearers speak for nobody: "the audience cheered".
_MET = lex.words("audience crowd rally rallies stop event convention meeting appearance fundraiser debate debates hall")
_MAKERS = lex.words(
    "author authors writer writers narrator narrators speaker speakers singer singers voice voice-over voiceover signatories"
)
_SHOWN_IN = lex.words("video audio song broadcast poll book")
_PEOPLE = lex.GROUP_NOUNS | lex.BODY_NOUNS - lex.OUTLET_NOUNS | lex.INDEFINITE | lex.words("those member fellow")
_POSTMODIFIERS = lex.FUNCTION_WORDS | lex.words(
    "released published conducted posted issued called named titled obtained seen"
)
_JOURNALISTS = lex.words(
    "reporter reporters journalist journalists correspondent correspondents columnist columnists anchor anchors host hosts "
    "co-host moderator moderators blogger bloggers writer writers presenter panelist critic reviewer photographer"
)
_WROTE_FOR = lex.words("wrote writes writing written")
_AROUND = lex.words("during after before against about for at over since until")
_ACCOUNTS = lex.words("user users account accounts page pages post posts follower followers commenter commenters")
_PRINTS = lex.words("wrote writes writing written reported reports reporting noted notes published blogged penned")
_COLUMNISTS = lex.words("contributor contributors commentator commentators")  # of a paper: on the air they are guests


class Voices:
    """Tells what an item or outlet in a source is to the speaker."""

    def __init__(self, text: Text, names: Names) -> None:
        self._text = text
        self._names = names

    def speaks_for(self, start: int, end: int, mention: ItemMention) -> bool:
        """Whether a source's words are those of the item in it: "the latest poll", "a man in the video"; not "the organizer
        of a rally", "a fellow of the group that signed the letter", nor "the talk show host"."""
        text = self._text.text
        head = text[start : mention.start].strip()
        words = [plain(w) for w in head.split()]
        if "," in head or (len(words) > 2 and not head.casefold().startswith(("the ", "a ", "an "))):
            return False
        if words and words[-1] in _AROUND and not _MAKERS.intersection(words):
            return False  # "evidence found during the investigation"
        if mention.noun in _MET or any(w in lex.RELATIVE for w in words):
            return False
        behind = (
            text[mention.end : min(end, mention.end + 60)]
            if plain(text[mention.start : mention.end].split()[-1]) == mention.noun
            else ""
        )
        for word in behind.split()[:3]:
            if plain(word) in _POSTMODIFIERS or not word.islower():
                break
            if is_person(plain(word)) and plain(word) not in _MAKERS:
                return False
        if not self._people(start, mention.start) or _MAKERS.intersection(words):
            return True
        return words[-1] in ("in", "on") and mention.medium in _SHOWN_IN

    def _people(self, start: int, end: int) -> bool:
        """Whether a phrase before an item or outlet speaks of somebody: "a fellow of", "Ann Lee of"."""
        words = self._text.text[start:end].strip()
        noun = head_noun(f"{words} it") if " " in words else plain(words)  # a head noun ends before "of it"
        if noun == "it":
            noun = plain(words.split()[-1])
        if any(entity.kind == "person" for _, _, entity in self._names.at(start, end)):
            return True
        return noun not in lex.TITLES - lex.PERSON_NOUNS | lex.DETERMINERS and (is_person(noun) or noun in _PEOPLE)

    def writes_for(self, attribution: Attribution, start: int, name: int) -> bool:
        """ "Ann Lee for Harbour Watch wrote", "a columnist for the Corriere, wrote": what somebody writes for is an outlet."""
        words = [plain(w) for w in self._text.text[start:name].split() if plain(w) not in lex.ARTICLES]
        wrote = {plain(w) for c in attribution.cue for w in c.text.split()} & _WROTE_FOR
        return bool(
            wrote and words and words[-1] in ("for", "at", "of") and (words[-1] == "for" or _JOURNALISTS & set(words))
        )

    def through(self, attribution: Attribution, source: tuple[int, int], outlet: tuple[int, int], medium: str) -> str:
        """How an outlet stands in a source: "itself" speaks ("The Harbour Post", "a list published by the Post"), "journalist"
        of it ("CNN's Ann Lee", "a columnist for the Post"), "" for what is said of others ("the Post's new owner")."""
        text = self._text.text
        before = text[source[0] : outlet[0]].split()
        name = text[outlet[0] : outlet[1]]
        after = text[outlet[1] : source[1]]
        rest = re.match(r"(?:[’']s?\b)?\s*([^,;:(]*)", after)
        tail = rest[1].split() if rest else []
        owner = name.endswith(("’s", "'s", "’", "'")) or after[:1] in ("’", "'")
        heads = {plain(w) for w in before}
        if medium == "social-post":
            alone = not heads - lex.ARTICLES and not after.strip()
            return "itself" if alone or (tail and plain(tail[0]) in _ACCOUNTS) else ""
        journalists = _JOURNALISTS if medium == "broadcast" else _JOURNALISTS | _COLUMNISTS
        cue = {plain(w) for c in attribution.cue for w in c.text.split()}
        prints = bool(cue & _PRINTS) and medium != "broadcast"
        listed = any(w.endswith(",") for w in before)
        if before and plain(before[-1]) == "to":
            return ""
        if listed or self._people(source[0], outlet[0]):
            works = bool(heads & journalists) or not (listed or any(is_person(w) or w in _PEOPLE for w in heads))
            return "journalist" if (works or prints) and not owner and not tail else ""
        nouns: list[str] = []
        for word in tail:
            if plain(word) in _POSTMODIFIERS or word[:1].isupper():
                break
            nouns.append(plain(word))
        if any(w in journalists for w in nouns):
            return "journalist"
        if any(is_person(w) or w in _PEOPLE for w in nouns):
            return "journalist" if prints else ""
        if nouns or not tail:
            return "itself"
        return "journalist" if tail[0][:1].isupper() else "itself"
