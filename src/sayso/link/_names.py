"""The named people and bodies of a document, each with all its mentions and its fullest name.

In come the text and the encoder's mentions (which may be missing: then capitalised words alone); out goes a `Names`
registry: entities with kind, gender, role nouns and mentions in order of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sayso.link import _lexicon as lex
from sayso.link._text import WORD, Text
from sayso.records import Mention

_JOIN = frozenset(
    [
        "of",
        "the",
        "and",
        "for",
        "&",
        "de",
        "la",
        "le",
        "du",
        "von",
        "van",
        "der",
        "den",
        "bin",
        "ibn",
        "al",
        "el",
        "da",
        "di",
        "dos",
        "del",
        "at",
        "in",
        "on",
        "y",
    ]
)
_SOFT_JOIN = frozenset(["of", "the", "and", "for", "&", "at", "in", "on"])
_BODY_WORDS = lex.BODY_NOUNS | frozenset(
    [
        "inc",
        "corp",
        "co",
        "ltd",
        "llc",
        "plc",
        "gmbh",
        "news",
        "times",
        "post",
        "tribune",
        "herald",
        "gazette",
        "journal",
        "university",
        "college",
        "institute",
        "council",
        "foundation",
        "committee",
        "commission",
        "department",
        "ministry",
        "agency",
        "bureau",
        "office",
        "party",
        "conference",
        "fund",
        "trust",
        "society",
        "affairs",
        "services",
        "systems",
        "international",
        "national",
        "holdings",
        "partners",
        "industries",
        "airlines",
        "motors",
        "bank",
        "reserve",
        "guard",
        "pictures",
        "television",
        "records",
        "studios",
        "campaign",
        "pac",
        "research",
        "center",
        "centre",
        "project",
        "initiative",
        "democrats",
        "republicans",
        "review",
        "magazine",
        "press",
        "media",
        "network",
        "radio",
        "tv",
        "monitor",
        "observatory",
        "front",
        "state",
        "states",
        "nations",
        "street",
    ]
)
_ROLE_BEFORE = re.compile(r"(?:[\w’'.-]+\s+){0,4}$")
_APPOSITIVE = re.compile(
    r"\s*(?:\([^)]{1,20}\))?,\s+(?:who (?:is|was)\s+)?((?:an?|the|his|her|their|its|whose)?\s?[^,.;:“\"]{2,70})"
)
_PLACE_PREPOSITIONS = frozenset(["in", "at", "near", "from", "to", "into", "of", "outside", "across", "around"])
_DATE_WORDS = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "aug",
        "sept",
        "sep",
        "oct",
        "nov",
        "dec",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)
_NATIONS = frozenset(
    [
        "american",
        "british",
        "russian",
        "chinese",
        "german",
        "french",
        "iranian",
        "syrian",
        "iraqi",
        "israeli",
        "turkish",
        "ukrainian",
        "saudi",
        "mexican",
        "canadian",
        "indian",
        "japanese",
        "korean",
        "european",
        "republican",
        "democratic",
        "democrat",
        "muslim",
        "christian",
        "jewish",
        "islamic",
        "sunni",
        "shiite",
        "kurdish",
        "arab",
        "western",
        "african",
        "asian",
        "black",
        "white",
        "english",
        "spanish",
        "italian",
        "polish",
        "internet",
    ]
)


def plain(word: str) -> str:
    """A word without possessive and full stops, lower-case."""
    word = word.casefold()
    for ending in ("’s", "'s", "s’", "s'"):
        if word.endswith(ending):
            word = word[: -len(ending)] + ("s" if ending.startswith("s") else "")
            break
    return word.strip(".'’")


@dataclass(slots=True)
class Entity:
    """Somebody or something with a name. `gender` is m, f or "" where nothing tells it."""

    name: str
    words: tuple[str, ...]
    kind: str  # person, organization, location
    gender: str = ""
    roles: set[str] = field(default_factory=set)
    mentions: list[tuple[int, int]] = field(default_factory=list)

    def count_before(self, offset: int) -> int:
        """How often it is named before an offset."""
        return bisect_left(self.mentions, (offset, -1))

    def last_before(self, offset: int) -> tuple[int, int] | None:
        """Its last mention before an offset."""
        at = self.count_before(offset)
        return self.mentions[at - 1] if at else None


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    words: tuple[tuple[int, int, str], ...]
    kind: str = ""  # from the encoder
    title: str = ""


class Names:
    """All entities of a document; `at(start, end)` gives those named in a stretch."""

    def __init__(self, text: Text, mentions: Sequence[Mention] = ()) -> None:
        self._text = text
        runs = _runs(text, mentions)
        self.entities = _cluster(runs)
        self.mentions: list[tuple[int, int, Entity]] = sorted(
            ((s, e, entity) for entity in self.entities for s, e in entity.mentions), key=lambda m: m[:2]
        )
        self._starts = [m[0] for m in self.mentions]
        for entity in self.entities:
            self._describe(entity)

    def at(self, start: int, end: int) -> list[tuple[int, int, Entity]]:
        """Mentions that lie in [start, end), in order."""
        low = bisect_left(self._starts, start)
        found = []
        for mention in self.mentions[low:]:
            if mention[0] >= end:
                break
            if mention[1] <= end:
                found.append(mention)
        return found

    def before(self, offset: int, limit: int = 60) -> Iterable[tuple[int, int, Entity]]:
        """Mentions before an offset, nearest first."""
        high = bisect_left(self._starts, offset)
        return reversed(self.mentions[max(0, high - limit) : high])

    @cached_property
    def _lower(self) -> dict[str, Entity]:
        return {entity.name.casefold(): entity for entity in self.entities}

    def named(self, name: str) -> Entity | None:
        """The entity with exactly this name."""
        return self._lower.get(name.casefold())

    def _describe(self, entity: Entity) -> None:
        """Role nouns and gender from what stands beside the name."""
        if entity.kind == "location":
            return
        source = self._text.text
        for start, end in entity.mentions[:6]:
            before = source[max(0, start - 45) : start]
            line = before.rpartition("\n")[2]
            for word in line.split()[-3:]:
                noun = plain(word.strip(',.;:()“”"'))
                if noun in lex.PERSON_NOUNS or noun in lex.BODY_NOUNS or noun in lex.OUTLET_NOUNS or noun in lex.TITLES:
                    if not word.endswith((",", ".", ";", ":", "”", '"', "’s", "'s")):
                        entity.roles.add(noun)
            after = _APPOSITIVE.match(source, end, min(len(source), end + 120))
            if after:
                words = [plain(w) for w in after[1].split()]
                if words and (words[0] in lex.DETERMINERS or any(w in lex.PERSON_NOUNS for w in words[:3])):
                    stop = next(
                        (
                            i
                            for i, w in enumerate(words)
                            if w in {"of", "for", "at", "who", "in", "from", "and", "with"}
                        ),
                        len(words),
                    )
                    entity.roles.update(w for w in words[:stop] if w in lex.PERSON_NOUNS or w in lex.BODY_NOUNS)
        if entity.kind == "person" and not entity.gender:
            if entity.roles & lex.FEMALE_NOUNS:
                entity.gender = "f"
            elif entity.roles & lex.MALE_NOUNS:
                entity.gender = "m"


def _capital(word: str) -> bool:
    return word[:1].isupper() or (word[:3].lower() in ("al-", "an-", "el-") and word[3:4].isupper())


def _runs(text: Text, mentions: Sequence[Mention]) -> list[_Run]:
    source = text.text
    words = [(m.start(), m.end(), m[0]) for m in WORD.finditer(source)]
    starts = [w[0] for w in words]
    known: list[_Run] = []
    covered: list[tuple[int, int]] = []
    for mention in mentions:
        if mention.kind not in ("person", "organization", "location"):
            continue
        start, end = mention.span.start, mention.span.end
        inside = [w for w in words[bisect_left(starts, start) : bisect_left(starts, end)]]
        while inside and plain(inside[0][2]) in lex.ARTICLES:
            inside = inside[1:]
        if not inside or not any(_capital(w[2]) for w in inside):
            continue
        covered.append((inside[0][0], inside[-1][1]))
        known.append(_titled(_Run(inside[0][0], inside[-1][1], tuple(inside), mention.kind), words, starts))
    covered.sort()
    lower_seen = {w[2] for w in words if w[2].islower()}
    runs = list(known)
    low = [c[0] for c in covered]
    i = 0
    while i < len(words):
        start, end, word = words[i]
        if not _capital(word) or _masked(covered, low, start):
            i += 1
            continue
        j = i + 1
        last = i
        while j < len(words) and j - i < 12:
            gap = source[words[last][1] : words[j][0]]
            if _masked(covered, low, words[j][0]):
                break
            if _capital(words[j][2]) and (
                gap in (" ", "\u00a0", " &")
                or (gap == ". " and len(words[last][2]) <= 4 and _abbreviated(words[last][2]))
            ):
                last = j
                j += 1
            elif (
                words[j][2] in _JOIN
                and gap in (" ", "\u00a0")
                and j + 1 < len(words)
                and source[words[j][1] : words[j + 1][0]] in (" ", "\u00a0")
                and not words[last][2].endswith(("’s", "'s"))
                and (_capital(words[j + 1][2]) or (words[j + 1][2] == "the" and words[j][2] == "of"))
                and words[j][2] not in ("and", "at", "in", "on", "for")
            ):
                j += 1
                if words[j][2] == "the":
                    j += 1
                    if j >= len(words) or not _capital(words[j][2]):
                        break
            else:
                break
            if words[last][2].endswith(("’s", "'s")):
                break
        run = list(words[i : last + 1])
        i = last + 1
        first = text.sentence_span(run[0][0])[0]
        while run and (
            run[0][2].casefold() in lex.FUNCTION_WORDS
            or (run[0][0] - first <= 2 and len(run) == 1 and run[0][2].casefold() in lower_seen)
        ):
            run = run[1:]
        while run and run[-1][2] in _JOIN:
            run = run[:-1]
        if not run or all(plain(w[2]) in _DATE_WORDS | _NATIONS for w in run) or (len(run) == 1 and len(run[0][2]) < 2):
            continue
        if len(run) > 1 and all(w[2].isupper() for w in run) and len(run) > 3:
            continue  # a headline in capitals
        if len(run) == 1 and plain(run[0][2]) in lex.GROUP_NOUNS | lex.TITLES:
            continue
        runs.append(_titled(_Run(run[0][0], run[-1][1], tuple(run)), words, starts))
    return sorted((r for r in runs if r.words), key=lambda r: r.start)


def _abbreviated(word: str) -> bool:
    return (
        word.rstrip(".").casefold() in lex.TITLES or len(word.rstrip(".")) == 1 or word.casefold() in {"st", "jr", "sr"}
    )


def _masked(covered: list[tuple[int, int]], low: list[int], offset: int) -> bool:
    at = bisect_left(low, offset + 1) - 1
    return at >= 0 and covered[at][0] <= offset < covered[at][1]


def _titled(run: _Run, words: list[tuple[int, int, str]], starts: list[int]) -> _Run:
    """Take titles off the front of a name, remembering the last one; look at the word before it too."""
    inside = list(run.words)
    title = ""
    while len(inside) > 1 and plain(inside[0][2]) in lex.TITLES:
        title = plain(inside[0][2])
        inside = inside[1:]
    if not title:
        at = bisect_left(starts, run.start) - 1
        if at >= 0 and run.start - words[at][1] <= 2 and plain(words[at][2]) in lex.TITLES:
            title = plain(words[at][2])
    return _Run(inside[0][0], inside[-1][1], tuple(inside), run.kind, title)


def _guess(run: _Run) -> str:
    words = [plain(w[2]) for w in run.words]
    if run.title in {"mr", "mrs", "ms", "miss", "dr", "sen", "senator", "rep", "gov", "prof", "sir", "judge"}:
        return "person"
    if words[-1] in _BODY_WORDS or any(w in _BODY_WORDS for w in words[:-1] if len(words) > 2):
        return "organization"
    text = " ".join(w[2] for w in run.words)
    if " ".join(words) in lex.KNOWN_OUTLETS:
        return "organization"
    if len(words) == 1 and text.isupper() and len(text) > 1:
        return "organization"
    if any(w[2] in _SOFT_JOIN for w in run.words):
        return "organization"
    if words[0] in lex.FEMALE_NAMES or words[0] in lex.MALE_NAMES:
        return "person"
    return "person" if len(words) in (2, 3) and all(w[2][:1].isupper() for w in run.words) else ""


def _cluster(runs: list[_Run]) -> list[Entity]:
    full: dict[tuple[str, ...], Entity] = {}
    votes: dict[int, Counter[str]] = {}
    titles: dict[int, Counter[str]] = {}
    shorts: list[_Run] = []

    def add(run: _Run, entity: Entity) -> None:
        entity.mentions.append((run.start, run.end))
        guess = run.kind or _guess(run)
        if guess:
            votes.setdefault(id(entity), Counter())[guess] += 2 if run.kind else 1
        if run.title:
            titles.setdefault(id(entity), Counter())[run.title] += 1

    for run in sorted(runs, key=lambda r: (-len(r.words), r.start)):
        words = tuple(plain(w[2]) for w in run.words)
        if words in full:
            add(run, full[words])
            continue
        entity = _fuller(words, run, full)
        if entity is None:
            name = " ".join(w[2] for w in run.words)
            for ending in ("’s", "'s", "’", "'"):
                name = name.removesuffix(ending)
            entity = full[words] = Entity(name, words, "")
        elif len(words) > 1:
            full[words] = entity
        else:
            shorts.append(run)
            continue
        add(run, entity)
    entities = list({id(e): e for e in full.values()}.values())
    for entity in entities:
        entity.mentions.sort()
    # Short names last: the nearest bearer named before, else the one most often named.
    for run in sorted(shorts, key=lambda r: r.start):
        words = tuple(plain(w[2]) for w in run.words)
        bearers = [e for e in entities if _may_mean(words, run, e)]
        if not bearers:
            continue
        female, male = run.title in {"mrs", "ms", "miss"}, run.title == "mr"
        hinted = [e for e in bearers if (female and _first_gender(e) == "f") or (male and _first_gender(e) == "m")]
        bearers = hinted or bearers
        if len(words) == 1 and len(bearers) > 1:
            last = [e for e in bearers if e.words[-1] == words[0]]
            bearers = last or bearers
        best = max(
            bearers, key=lambda e: (len(e.mentions) * (1 if e.mentions[0][0] < run.start else 0.5), -e.mentions[0][0])
        )
        add(run, best)
    for entity in entities:
        entity.mentions = sorted(set(entity.mentions))
        ballot = votes.get(id(entity))
        entity.kind = ballot.most_common(1)[0][0] if ballot else "person"
        held = titles.get(id(entity), Counter())
        if entity.kind == "person":
            if held["mr"] or held["sir"] or held["lord"]:
                entity.gender = "m"
            elif held["mrs"] or held["ms"] or held["miss"] or held["dame"]:
                entity.gender = "f"
            else:
                entity.gender = _first_gender(entity)
        entity.roles.update(held)
    return sorted(entities, key=lambda e: e.mentions[0])


def _first_gender(entity: Entity) -> str:
    if len(entity.words) < 2:
        return ""
    first = entity.words[0]
    if first in lex.FEMALE_NAMES:
        return "f"
    return "m" if first in lex.MALE_NAMES else ""


def _fuller(words: tuple[str, ...], run: _Run, full: dict[tuple[str, ...], Entity]) -> Entity | None:
    """An entity with a longer name that this shorter one may stand for."""
    for entity in full.values():
        if _may_mean(words, run, entity):
            return entity
    return None


def _may_mean(words: tuple[str, ...], run: _Run, entity: Entity) -> bool:
    long = entity.words
    if len(words) >= len(long):
        return False
    if len(words) == 1 and len(words[0]) >= 2 and run.words[0][2].replace(".", "").isupper():
        initials = "".join(w[0] for w in long if w not in _JOIN)
        if initials == words[0].replace(".", ""):
            return True
    person = run.kind == "person" or entity_person(entity)
    if person:
        return long[-len(words) :] == words or (len(words) == 1 and long[0] == words[0] and long[-1] not in _BODY_WORDS)
    if long[-len(words) :] == words and words[0] not in _NATIONS:
        return run.kind != "location"
    return long[: len(words)] == words and run.kind != "location" and len(long) <= 4


def entity_person(entity: Entity) -> bool:
    """Whether a name looks like a person's by its form alone."""
    return 2 <= len(entity.words) <= 3 and entity.words[-1] not in _BODY_WORDS and not set(entity.words) & _SOFT_JOIN
