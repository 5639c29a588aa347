"""Published pieces that a document speaks of: a video, an issue of a weekly, an interview, a poll.

In come the text, its names and the desk's outlets; out go the mentions (`ItemMention`) and the items they make up, several
mentions of one piece being one item. A mention is a noun for a published thing with its noun phrase, or the name of an
outlet in a place where outlets speak.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sayso.link import _lexicon as lex
from sayso.link._names import Entity, Names
from sayso.link._phrases import is_person
from sayso.link._text import WORD, Text, plain
from sayso.records import Span

# Nouns of happenings at which people are heard; the medium each counts as.
EVENTS = {
    "rally": "speech", "rallies": "speech", "stop": "speech", "event": "speech", "crowd": "speech",
    "fundraiser": "speech", "convention": "speech", "audience": "speech", "conference": "press-conference",
    "hall": "broadcast", "forum": "broadcast", "hearing": "testimony", "debate": "other", "appearance": "broadcast",
    "meeting": "other",
}  # fmt: skip
_DOUBTFUL = lex.words(
    "address show act post posts film release records data platform review issue paper papers case piece feature "
    "opinion record returns brief motion suit release clip tape tapes program programme column speaker stop event "
    "hall conference crowd audience meeting article appearance convention research polling reports shows films "
    "documents tweets tweet books reviews minutes papers weekly daily disclosure disclosures declaration profile "
    "profiles studies surveys polls remarks findings statistics footage address addresses assessment story stories "
    "journal"
)
# Nouns that may end a name and still be what they say: "the Quinnipiac Poll", "The Morning Show".
_IN_NAMES = lex.words("show report journal magazine weekly poll survey review statement podcast letter study memo")
_OUTLET_ENDS = lex.PAPERS | lex.words("magazine tv radio")
_ONE_OF = re.compile(r"\b[Oo]ne of the\b")  # "The other" of the men
_ELLIPTIC = lex.words("another second third fourth other one latest last")
_MODIFIERS = lex.words("weekly daily radio television polling brief ad")
# "A security briefing" is held for one; an assessment that somebody makes in passing is no report.
_PRIVATE = lex.words("intelligence security classified confidential")
_WEIGHED = lex.words(
    "risk threat damage impact environmental intelligence security national annual quarterly new latest recent"
)
_NUMBERED = lex.words(
    "latest new current last next first second third previous upcoming recent special inaugural january february march april "
    "may june july august september october november december spring summer autumn fall winter weekend sunday monday tuesday "
    "wednesday thursday friday saturday monthly weekly anniversary back"
)
_NO_NOUNS = lex.words(
    "late early last this next live again just only today tonight yesterday said told gave quoted has had was will would"
)
_TO_THE_PRESS = re.compile(r"\s(?:for|to|with)\s(?:the\s)?(?:reporters|journalists|press|media|correspondents)\b")
_SHOWN = lex.words("slide fashion trade air art horse flower talent")  # shows that nobody broadcasts
_CONTRACTED = re.compile(r"[’'](?:d|ll|ve|re|m)$", re.IGNORECASE)
_VERBAL = lex.words("by of in for without after before from while when and")
_NOT_AFTER = lex.words(
    "to will would can could may might must should shall not he she it they we you i who which also then later"
)
_MODIFIER_STOP = (
    lex.FUNCTION_WORDS - lex.DETERMINERS - lex.words("new latest last first second third recent more breaking")
) | lex.words("said says told wrote that released cited")
_TITLE_AFTER = re.compile(
    r"[\s,]*(?:(?:called|titled|entitled|named|headlined)\s*[,:]?\s*)?"
    r"(?P<title>“[^”\n]{2,80}”|‘[^’\n]{2,80}’|\"[^\"\n]{2,80}\"|«[^»\n]{2,80}»|'[^'\n]{2,80}')"
)
_NAME_LINK = re.compile(
    r"\s*(?:,\s*)?(?:(?:was|were|which was|that was|that)\s+)?(?:(?:newly|first|also|originally|recently)\s+)?"
    r"(?:(?:released|published|issued|conducted|produced|posted|filed|written|signed|sent|drafted|commissioned|compiled|"
    r"aired|broadcast|appeared|carried|made|done|put out)\s+)?"
    r"(?:(?:last|this|on|in|earlier)\s+\w+\s+)?(?P<link>by|in|on|with|from|of|for|to|at)\s+(?:the\s+|a\s+|an\s+|its\s+)?(?:[\w’'-]+\s+){0,1}$"
)
_WEBSITE = re.compile(
    r"\s(?:published |posted |found )?(?:on|at|in|from) (?:the )?(?P<whose>[^,.;:“”\"]{2,50})[’']s? (?:own |official )?"
    r"(?:web ?site|web page|page|site|blog|channel)\b"
)
_WEEKLY_LINK = re.compile(
    r"\s(?P<link>in|on|by|from)\s+(?:[\w’'-]+\s+){0,5}(?:weekly|daily|newspaper|magazine|channel|agency|station|journal|paper)\s+$"
)
_VERBS = lex.words("report reports show shows features tapes films records documents")
_OUTLET_LINK = lex.words("by in on with from")


@dataclass(slots=True)
class ItemMention:
    """One place that names an item: its words [start, end) and what they say of it."""

    start: int
    end: int
    noun: str
    medium: str
    outlet: str | None = None
    outlet_entity: Entity | None = None
    title: str | None = None
    titled: tuple[int, int] = (0, 0)  # where the title stands
    determiner: str = ""
    item: Item | None = None


@dataclass(slots=True)
class Item:
    """A published piece, with all its mentions in order."""

    medium: str
    outlet: str | None
    title: str | None
    mentions: list[ItemMention] = field(default_factory=list)
    outlet_entity: Entity | None = None

    @property
    def general(self) -> bool:
        """Whether it is no piece but a kind of thing: "videos", "polls"."""
        bare = all(not m.determiner and m.noun.endswith("s") for m in self.mentions)
        return bare and not (self.outlet or self.title or self.outlet_entity)


class Items:
    """All items of a document."""

    def __init__(
        self,
        text: Text,
        names: Names,
        is_outlet: Callable[[str], str | None] | None = None,
        sources: Sequence[Span] = (),
        cues: Iterable[Span] = (),
    ) -> None:
        self._cues = {(cue.start, cue.end) for cue in cues}
        self._cue_ends = {end for _, end in self._cues}
        self._text = text
        self._names = names
        self._is_outlet = is_outlet or (lambda name: None)
        self._media: dict[str, str | None] = {}  # of names: a text names few, but many times
        self._issued = False  # whether an issue of a periodical has been named: "the issue" may then be that one
        self.mentions = self._find()
        self._elliptic(sources)
        names.forget(m.titled for m in self.mentions if m.title)
        self._starts = [m.start for m in self.mentions]
        self.items = self._group()

    def within(self, start: int, end: int) -> Sequence[ItemMention]:
        """Mentions that begin in [start, end)."""
        return self.mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def outlet_medium(self, name: str) -> str | None:
        """The medium of an outlet of this name, None where it is no outlet that we know of."""
        if name not in self._media:
            self._media[name] = self._medium(name)
        return self._media[name]

    def _medium(self, name: str) -> str | None:
        low = re.sub(r"^the\s+", "", name.casefold()).strip("’' ")
        low = re.sub(r"[’']s$", "", low)
        known = self._is_outlet(name) or lex.KNOWN_OUTLETS.get(low)
        if not known and " " in low and low.split()[0] in ("radio", "tv"):
            return "broadcast"
        if known or len(low.split()) < 2 or low.split()[-1] not in _OUTLET_ENDS:
            return known
        return "broadcast" if low.split()[-1] in ("tv", "radio", "news") else "article"

    def _find(self) -> list[ItemMention]:
        source = self._text.text
        words = [(m.start(), m.end(), m[0]) for m in WORD.finditer(source)]
        found: list[ItemMention] = []
        for i, (_, end, word) in enumerate(words):
            noun = plain(word)
            medium = lex.MEDIUM_OF.get(noun) or EVENTS.get(noun)
            if medium is None:
                continue
            if noun in _MODIFIERS and i + 1 < len(words) and self._adjective(words[i], words[i + 1]):
                continue
            if self._no_item(words, i) or (word[:1].isupper() and not self._titlecase_noun(words, i)):
                continue
            mention = self._phrase(words, i, noun, medium)
            if mention and (not found or mention.start >= found[-1].end):
                found.append(mention)
            elif mention and found and mention.start <= found[-1].start and end > found[-1].end:
                found[-1] = mention  # "the weekly's editorial": the longer phrase has it
        return found

    def _no_item(self, words: list[tuple[int, int, str]], i: int) -> bool:
        """The word only says what kind of person or body follows ("video producer", "ruling party"), or is a verb ("Recording
        a verdict", "the paper reports that")."""
        (start, end, word), after = words[i], words[i + 1] if i + 1 < len(words) else None
        if (start, end) in self._cues and word.casefold() in _VERBS:
            return True
        if after is None or self._text.text[end : after[0]] != " ":
            return False
        following = after[2]
        if word.endswith("ing") and following in lex.ARTICLES | lex.HE | lex.SHE | lex.THEY | lex.IT:
            opens = start - self._text.sentence_span(start)[0] <= 2
            return opens or plain(words[i - 1][2]) in _VERBAL  # "by filing a lawsuit"
        somebody = following in lex.BODY_NOUNS - lex.OUTLET_NOUNS or is_person(following)
        return following.islower() and somebody and following not in lex.FUNCTION_WORDS | lex.MEDIUM_OF.keys()

    def _adjective(self, word: tuple[int, int, str], following: tuple[int, int, str]) -> bool:
        """ "The average weekly benefit" is no weekly, nor is "an ad hominem attack" an ad or "his brief tenure" a brief."""
        joined = self._text.text[word[1] : following[0]] == " " and following[2].islower()
        if following[2] in _NO_NOUNS:
            return False
        verb = following[2].endswith(("s", "ed", "ing")) or following[2] in _MODIFIER_STOP
        verb = verb and following[2].removesuffix("s") not in lex.OUTLET_NOUNS  # "three television networks"
        return joined and not verb and following[2] not in lex.MEDIUM_OF

    def _elliptic(self, sources: Sequence[Span]) -> None:
        """ "One video shows ... Another says": a source that leaves the noun of the item before it out."""
        for span in sources:
            words = self._text.text[span.start : span.end].casefold().split()
            if not words or len(words) > 2 or words[-1] not in _ELLIPTIC or words[0] == "no":
                continue
            at = bisect_left(self.mentions, span.start, key=lambda m: m.start)
            last = self.mentions[at - 1] if at else None
            if (
                last
                and not last.noun.endswith("s")
                and self._text.sentence(span.start) - self._text.sentence(last.start) <= 2
                and not _ONE_OF.search(self._text.text, last.start, span.start)
            ):
                another = ItemMention(span.start, span.end, last.noun, last.medium, determiner="another")
                self.mentions.insert(bisect_right(self.mentions, span.start, key=lambda m: m.start), another)

    def _titlecase_noun(self, words: list[tuple[int, int, str]], i: int) -> bool:
        """A capital is allowed at the beginning of a sentence and in names that end in the noun."""
        start = words[i][0]
        first = self._text.sentence_span(start)[0]
        named = i > 0 and words[i - 1][2][:1].isupper() and words[i][0] - words[i - 1][1] == 1
        return (start - first <= 2 and not named) or (named and plain(words[i][2]) in _IN_NAMES)

    def _phrase(self, words: list[tuple[int, int, str]], i: int, noun: str, medium: str) -> ItemMention | None:
        source = self._text.text
        first = self._text.sentence_span(words[i][0])[0]
        left = i
        determiner = ""
        while left > 0 and i - left < 8:
            start, end, word = words[left - 1]
            if start < first:
                break
            gap = source[end : words[left][0]]
            if gap.strip(" \u00a0/-’'&") or (gap.strip() and "\n" in gap):
                break
            low = word.casefold()
            if low == "that" and (noun.endswith("s") or determiner == "'s"):
                break  # the conjunction or the relative pronoun
            if plain(word) in lex.ARTICLES or low in lex.DETERMINERS:
                determiner = low
                left -= 1
                break
            if (low in _MODIFIER_STOP and word != "May") or end in self._cue_ends:  # "also mocked the rival's story"
                break
            left -= 1
            if word.endswith(("’s", "'s", "s’", "s'")):
                determiner = determiner or "'s"
        start = words[left][0]
        lead = [w[2] for w in words[left:i]]
        if self._other_sense(words, i, noun, [plain(w) for w in lead]):
            return None
        if not determiner:
            # Without a determiner only the modifiers right before it that are names or look like adjectives.
            keep = i
            while keep > left and (
                words[keep - 1][2][:1].isupper() or words[keep - 1][2].endswith(("al", "ive", "ent", "ic", "ous", "ed"))
            ):
                keep -= 1
            start, lead = words[keep][0], [w[2] for w in words[keep:i]]
            previous = plain(words[keep - 1][2]) if keep > 0 and words[keep - 1][0] >= first else ""
            bare = not lead
            if (
                bare
                and (noun in _DOUBTFUL or previous in _NOT_AFTER)
                and not self._plural_subject(words, i, noun, previous)
            ):
                return None
            opens = i > 0 and words[i - 1][0] <= first + 1 and previous in lex.FUNCTION_WORDS  # "In hearings"
            named = i > 0 and words[i - 1][2][:1].isupper() and words[i - 1][0] >= first and not opens
            if named and (bare or noun in _VERBS):
                return None  # "Reuters reports": a verb
        if noun in EVENTS and noun not in lex.MEDIUM_OF:
            pair = " ".join([plain(lead[-1]), noun]) if lead else noun
            if noun in ("stop", "hall", "conference") and pair not in (
                "campaign stop",
                "town hall",
                "news conference",
                "press conference",
            ):
                return None
            if noun == "conference" and plain(lead[-1]) not in ("news", "press"):
                return None
        end = words[i][1]
        if lead and (
            (noun == "review" and lead[-1].endswith("-long")) or (noun == "paper" and plain(lead[-1]) == "white")
        ):
            medium = "report"  # what is found in months, or laid before a parliament
        mention = ItemMention(start, end, noun, medium, determiner=determiner)
        self._issuer(mention, words[i][0])
        return mention

    def _other_sense(self, words: list[tuple[int, int, str]], i: int, noun: str, lead: list[str]) -> bool:
        """Whether the noun means no published thing here: "the main issue", "the group's release of emails", "his intelligence
        briefings", "his assessment of the rival", "he’d retweet"."""
        before = words[i - 1][2] if i else ""
        if _CONTRACTED.search(before):
            return True
        end = words[i][1]
        of = self._text.text.startswith(" of ", end)
        if noun == "broadcast":
            heard = bool(lead) and (lead[-1] in EVENTS or lead[-1] in lex.MEDIUM_OF)
            return heard and self._text.text.startswith((" by ", " on ", " live ", " across "), end)  # a participle
        if noun == "show":
            return bool(_SHOWN.intersection(lead))
        if noun == "release":
            return (
                of and not {"press", "news"}.intersection(lead) and not self._text.text[end + 4 : end + 5].isdecimal()
            )
        if noun in ("briefing", "briefings"):
            told = _TO_THE_PRESS.match(self._text.text, end) or {"press", "news", "media"}.intersection(lead)
            return bool(_PRIVATE.intersection(lead)) and not told
        if noun == "assessment":
            in_passing = of or plain(lead[0] if lead else before) in ("his", "her", "my", "their", "your")
            return in_passing and not _WEIGHED.intersection(lead) and not any(w[:1].isupper() for w in before.split())
        if noun == "issue":
            dated = bool(_NUMBERED.intersection(lead)) or any(w[:1].isdecimal() for w in lead)
            titled = (of and self._text.text[end + 4 : end + 5].isupper()) or self._text.text.startswith(
                (" of the ", " of its "), end
            )
            owned = any(plain(w) in lex.OUTLET_NOUNS for w in lead) or before.endswith(("’s", "'s"))
            again = lead[:1] and lead[0] in ("the", "this", "that") and self._issued
            numbered = bool(re.match(r" (?:No\.? ?|#)?\d", self._text.text[end : end + 6]))
            self._issued = self._issued or dated or titled or numbered or owned
            return not (dated or titled or owned or numbered or again)
        return False

    def _plural_subject(self, words: list[tuple[int, int, str]], i: int, noun: str, previous: str) -> bool:
        return noun in ("polls", "studies", "surveys", "reports", "statistics") and previous in (
            "",
            "according",
            "to",
            "in",
            "by",
        )

    def _issuer(self, mention: ItemMention, noun_at: int) -> None:
        source = self._text.text
        inside = list(self._names.at(mention.start, noun_at + len(mention.noun) + 3))
        for start, end, entity in reversed(inside):
            if entity.kind == "location" and mention.medium not in ("statement", "report"):
                continue
            if entity.kind == "person" and mention.medium not in ("broadcast",):
                mention.outlet_entity = mention.outlet_entity or entity
                continue
            if end > noun_at and start < noun_at:
                mention.outlet = entity.name  # "the British Medical Journal": the name ends in the noun
                mention.outlet_entity = entity
                break
            mention.outlet, mention.outlet_entity = entity.name, entity
            break
        if mention.outlet_entity is not None and mention.outlet and not mention.outlet_entity.kind:
            mention.outlet_entity.kind = "organization"  # what publishes is no person
        joined = re.search(r"([A-Z][\w.]+(?: [A-Z]\w+)*/[A-Z][\w.]+(?: [A-Z]\w+)*)", source[mention.start : noun_at])
        if joined:
            mention.outlet = joined[1]
        line_end = self._text.sentence_span(mention.start)[1]
        after = source[mention.end : min(line_end, mention.end + 300)]
        title = _TITLE_AFTER.match(after)
        if title:
            mention.title = title["title"].strip("“”‘’\"'«»").strip(" ,.")
            mention.titled = mention.end + title.start("title"), mention.end + title.end("title")
            mention.end += title.end()
        if mention.outlet is None:
            site = _WEBSITE.match(after)
            owner = (
                self._names.at(mention.end + site.start("whose"), mention.end + site.end("whose") + 2) if site else ()
            )
            if site and owner:
                mention.outlet_entity = owner[-1][2]
                mention.outlet = site["whose"] if owner[-1][2].kind != "organization" else owner[-1][2].name
                mention.end += site.end()
                return
            near = self._names.at(mention.end, min(line_end, mention.end + 70))
            near = near[-1:] if len(near) == 2 and self._apposed(near) else near[:1]
            for start, end, entity in near:
                gap = source[mention.end : start]
                link = _NAME_LINK.match(gap) or (_WEEKLY_LINK.match(gap) if len(near) == 1 else None)
                if link and link["link"] == "on" and not self._airs(mention, source[end:line_end], entity):
                    link = None  # "a report on the Brenholt dispute": what it is about
                if link and link["link"] in _OUTLET_LINK | (
                    {"of"} if mention.medium in ("report", "statement") else set()
                ):
                    if entity.kind != "person" and (entity.kind != "location" or link["link"] == "from"):
                        entity.kind = entity.kind or "organization"
                        mention.outlet, mention.outlet_entity = entity.name, entity
                        mention.end = end
                    elif link["link"] == "by":
                        mention.outlet_entity = entity
                        mention.end = end
                elif link and link["link"] == "to" and mention.medium == "interview" and entity.kind != "person":
                    mention.outlet, mention.outlet_entity = entity.name, entity
                    mention.end = end

    def _airs(self, mention: ItemMention, after: str, entity: Entity) -> bool:
        """Whether what stands after "on" may carry the item: a channel or platform, and no mere part of a phrase."""
        if self.outlet_medium(entity.name):
            return True
        heads = re.match(r"\s+[^\W\d_]*[a-z]\b", after)
        return mention.medium in ("broadcast", "video", "interview", "social-post", "audio") and not heads

    def _apposed(self, near: Sequence[tuple[int, int, Entity]]) -> bool:
        """ "in the group's weekly The Bell": the second name, after the noun for an outlet, is the outlet."""
        between = self._text.text[near[0][1] : near[1][0]]
        return bool(
            re.fullmatch(r"(?:[’']s?)?(?:\s[\w-]+){0,2}\s(?P<noun>[\w-]+)[\s,]+(?:the\s+)?", between, re.I)
        ) and (plain(between.split()[-1].strip(",")) in lex.OUTLET_NOUNS or "weekly" in between)

    def _group(self) -> list[Item]:
        items: list[Item] = []
        for mention in self.mentions:
            same = None
            anaphoric = mention.determiner in ("the", "this", "that", "his", "her", "its", "their", "these", "those")
            fresh = mention.determiner in (
                "a",
                "an",
                "another",
                "one",
                "other",
                "some",
                "several",
                "many",
                "two",
                "new",
            )
            for item in reversed(items[-12:]):
                white = item.mentions[0].noun == mention.noun == "paper" and item.medium == "report"
                if item.medium != mention.medium and not white:
                    continue
                if mention.title and item.title:
                    if mention.title.casefold() == item.title.casefold():
                        same = item
                        break
                    continue
                if mention.outlet and item.outlet:
                    if mention.outlet == item.outlet and not fresh:
                        same = item
                        break
                    continue
                if anaphoric and not fresh and item.mentions[-1].noun == mention.noun:
                    same = item
                    break
            if same is None:
                same = Item(mention.medium, mention.outlet, mention.title, outlet_entity=mention.outlet_entity)
                items.append(same)
            same.mentions.append(mention)
            same.outlet = same.outlet or mention.outlet
            same.title = same.title or mention.title
            same.outlet_entity = same.outlet_entity or mention.outlet_entity
            mention.item = same
        return items
