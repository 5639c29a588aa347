"""The named people and bodies of a document, each with all its mentions and its fullest name.

In come the text and the encoder's mentions (which may be missing); out goes a `Names` registry: entities with kind, gender,
role nouns and mentions in order of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sayso.link import _lexicon as lex
from sayso.link._capitals import YOUNGER
from sayso.link._kinds import Run, guess_kind
from sayso.link._runs import find_runs
from sayso.link._text import WORD, Text, plain
from sayso.records import Mention

_APPOSITIVE = re.compile(
    r"\s*(?:\([^)]{1,20}\))?,\s+(?:who (?:is|was)\s+)?(?:now\s|then\s)?"
    r"((?:an?|the|his|her|their|its|whose)?\s?[^,.;:“\"]{2,70})"
)
_STOP_ROLE = lex.words("of for at who in from and with to on")
_CORPORATE = lex.words(
    "inc corp co ltd llc plc gmbh group company corporation holdings foundation endowment trust fund partners newspaper "
    "magazine news radio tv television"
)


_HOLY = lex.words("almighty prophet lord messiah pope king queen emir caliph sheikh imam ayatollah")
_BUSINESS = lex.words(
    "energy chemicals air airlines airways oil gas foods pharma pharmaceuticals steel electric technologies capital resources "
    "mining brewing shipping logistics insurance"
)
_LANDSCAPE = lex.words("river valley mountain mountains lake creek hills desert strait peninsula island islands bay")
_FAR = 1000  # code points
_HEADS = lex.words("president chancellor ambassador king queen prince princess archbishop")  # before a person's name
# The last word of an outlet's name.
_PRESS = lex.PAPERS | lex.words("magazine newspaper press radio television tv broadcasting")
_CHECKERS = lex.words("politifact factcheck.org snopes realclearpolitics")  # they publish, but carry nobody's words
_ROLES = lex.PERSON_NOUNS | lex.BODY_NOUNS | lex.OUTLET_NOUNS | lex.TITLES
_PRINTED = lex.words("newspaper paper magazine weekly daily tabloid broadsheet newswire website blog broadcaster")
# Outlets whose names people bear or that are common words: the encoder's persons of that name are persons.
_ALSO_PEOPLE = lex.words("fox hill forbes bloomberg slate economist people guardian time fortune quartz")
_BEFORE_NAMES = lex.TITLES | lex.PERSON_NOUNS | lex.ARTICLES | lex.words("his her but and former")


@dataclass(slots=True)
class Entity:
    """Somebody or something with a name. `gender` is m, f or "" where nothing tells it.

    `roles` are nouns that the text puts beside the name ("attorney"), each with the words that stand with it (whose).
    """

    name: str
    words: tuple[str, ...]
    kind: str  # person, organization, location, "" where nothing tells it
    gender: str = ""
    roles: dict[str, set[str]] = field(default_factory=dict)
    mentions: list[tuple[int, int]] = field(default_factory=list)
    outlet: bool = False  # whether it publishes, by its name or by what the text calls it

    def count_before(self, offset: int) -> int:
        """How often it is named before an offset."""
        return bisect_left(self.mentions, (offset, -1))


class Names:
    """All entities of a document; `at(start, end)` gives those named in a stretch."""

    def __init__(self, text: Text, mentions: Sequence[Mention] = ()) -> None:
        self._text = text
        self.entities = _Register(text.text, find_runs(text, mentions)).entities()
        self._headlines()
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
        for i in range(low, len(self.mentions)):  # a slice would copy the rest of the text's names
            mention = self.mentions[i]
            if mention[0] >= end:
                break
            if mention[1] <= end:
                found.append(mention)
        return found

    def around(self, start: int, end: int) -> tuple[int, int, Entity] | None:
        """The mention that [start, end) is a part of."""
        at = bisect_left(self._starts, start + 1) - 1
        return self.mentions[at] if at >= 0 and end <= self.mentions[at][1] else None

    def forget(self, stretches: Iterable[tuple[int, int]]) -> None:
        """Take names out of stretches that turned out to be titles."""
        gone = {m[:2] for start, end in stretches for m in self.at(start, end)}
        if gone:
            self.mentions = [m for m in self.mentions if m[:2] not in gone]
            self._starts = [m[0] for m in self.mentions]
            for entity in self.entities:
                entity.mentions = [m for m in entity.mentions if m not in gone]
            self.entities = [e for e in self.entities if e.mentions]

    def before(self, offset: int, limit: int = 60) -> Iterable[tuple[int, int, Entity]]:
        """Mentions before an offset, nearest first, but for those of datelines: nobody is taken up from there."""
        high = bisect_left(self._starts, offset)
        near = reversed(self.mentions[max(0, high - limit) : high])
        return (m for m in near if not self._text.datelines.holds(m[0]))

    def _headlines(self) -> None:
        """In headlines everything has a capital: only names that the text has elsewhere are taken there."""
        known = {e.words: e for e in self.entities}
        found: dict[int, tuple[Entity, set[tuple[int, int]]]] = {}
        for entity in self.entities:
            if entity.kind == "person" or len(entity.words) == 1:
                known.setdefault(entity.words[-1:], entity)
        for start, end in self._text.headlines.spans:
            tokens = [(m.start(), m.end(), plain(m[0])) for m in WORD.finditer(self._text.text, start, end)]
            i = 0
            while i < len(tokens):
                for size in (4, 3, 2, 1):
                    named = known.get(tuple(t[2] for t in tokens[i : i + size]))
                    if named is not None and i + size <= len(tokens) and tokens[i][2] not in lex.FUNCTION_WORDS:
                        place = (tokens[i][0], tokens[i + size - 1][1])
                        found.setdefault(id(named), (named, set()))[1].add(place)
                        i += size - 1
                        break
                i += 1
        for named, places in found.values():
            named.mentions = sorted(places.union(named.mentions))

    def _describe(self, entity: Entity) -> None:
        """Role nouns and gender from what stands beside the name."""
        if entity.kind == "location":
            return
        source = self._text.text
        for start, end in [m for m in entity.mentions[:9] if not self._text.headlines.holds(m[0])]:
            before = source[max(0, start - 60) : start].rpartition("\n")[2]
            tail = re.search(r"(?:[^\s,.;:()“”\"]+\s+){1,3}$", before)
            apposed = re.search(r"([^.;:“”\"]{4,58}),\s+$", before)
            apposed_words = apposed[1] if apposed else ""
            for piece in (tail[0] if tail else "", apposed_words):
                tokens = [plain(w) for w in piece.split()]
                if apposed and piece is apposed_words:
                    heads = [i for i, w in enumerate(tokens) if w in lex.PERSON_NOUNS]
                    if not heads or not any(w in lex.ARTICLES for w in tokens[: heads[0]]):
                        continue
                for word in tokens[-1:] if piece is not apposed_words else tokens:
                    if word in _ROLES:
                        entity.roles.setdefault(word, set()).update(tokens)
            after = _APPOSITIVE.match(source, end, min(len(source), end + 120))
            if after:
                tokens = [plain(w) for w in after[1].split()]
                stop = next((i for i, w in enumerate(tokens) if w in _STOP_ROLE), len(tokens))
                if tokens and (tokens[0] in lex.DETERMINERS or any(w in lex.PERSON_NOUNS for w in tokens[:3])):
                    for word in tokens[:stop]:
                        if word in lex.PERSON_NOUNS or word in lex.BODY_NOUNS or word in _PRINTED:
                            entity.roles.setdefault(word, set()).update(tokens)
        entity.outlet = entity.kind == "organization" and _is_outlet(entity)
        if entity.kind == "person" and not entity.gender:
            if lex.FEMALE_NOUNS & entity.roles.keys():
                entity.gender = "f"
            elif lex.MALE_NOUNS & entity.roles.keys():
                entity.gender = "m"


def _is_outlet(entity: Entity) -> bool:
    """Whether a body publishes: "Orlando Sentinel", "Levant News Agency", or what the text calls a newspaper."""
    name = entity.words
    if any(c in entity.name for c in "/-"):  # "Post-ABC News" conducts polls
        return False
    press = len(name) > 1 and (
        name[-1] in _PRESS or (name[-2] in ("news", "press") and name[-1] in ("agency", "service"))
    )
    return press or name[-1] in _CHECKERS or not _PRINTED.isdisjoint(entity.roles)


class _Register:
    """Puts runs that name the same one together, the longest first."""

    def __init__(self, source: str, runs: Sequence[Run]) -> None:
        self._source = source
        self._full: dict[tuple[str, ...], Entity] = {}
        self._by_part: dict[tuple[str, ...], list[Entity]] = {}  # by how a name begins or ends, and by its initials
        self._votes: dict[int, Counter[str]] = {}
        self._titles: dict[int, Counter[str]] = {}
        self._people: set[int] = set()  # whom the encoder takes for persons
        shorts: list[Run] = []
        for run in sorted(runs, key=lambda r: (-len(r.words), r.start)):
            entity = self._full.get(run.plain)
            if entity is None:
                bearers = self._bearers(run)
                if bearers and len(run.words) == 1:
                    shorts.append(run)  # once all bearers are known
                    continue
                entity = self._full[run.plain] = bearers[0] if bearers else self._new(run)
            self._add(run, entity)
        for entity in self._all():
            entity.mentions.sort()
        self._by_first = self._called_by_first(shorts)
        for run in sorted(shorts, key=lambda r: r.start):
            self._add(run, self._meant(run))

    def _all(self) -> list[Entity]:
        return list({id(e): e for e in self._full.values()}.values())

    def _new(self, run: Run) -> Entity:
        name = " ".join(self._source[run.words[0][0] : run.words[-1][1]].split())  # "Dockers' Union" keeps its mark
        for ending in ("’s", "'s", "’", "'"):
            name = name.removesuffix(ending)
        entity = Entity(name, run.plain, run.kind)
        initials = "=" + "".join(w[0] for w in run.plain if w not in lex.JOIN)
        younger = run.plain[-2:-1] if run.plain[-1] in YOUNGER else ()
        parts = {p for i in range(1, len(run.plain)) for p in (run.plain[:i], run.plain[i:])}
        for key in {*parts, (initials,), younger} - {()}:
            self._by_part.setdefault(key, []).append(entity)
        return entity

    def _bearers(self, run: Run) -> list[Entity]:
        near = list(self._by_part.get(run.plain, ()))
        if len(run.words) == 1 and _acronym(run):
            near += self._by_part.get(("=" + run.plain[0].replace(".", ""),), ())
        return [e for e in {id(e): e for e in near}.values() if _may_mean(run.plain, run, e)]

    def _called_by_first(self, shorts: Sequence[Run]) -> set[int]:
        """Who is called by the first name alone: a last name shared with others then means the others."""
        words = {run.plain[0] for run in shorts}
        return {id(e) for e in self._all() if len(e.words) > 1 and e.words[0] in words and e.kind != "organization"}

    def _meant(self, run: Run) -> Entity:
        """Whom a single word means: a paper so called, else who bears it as last name, fits its title, and is most named
        (before it first)."""
        bearers = self._bearers(run)
        if run.plain[0] in lex.PAPERS:  # "the Times" is short for a longer name only after that
            bearers = [e for e in bearers if e.mentions[0][0] < run.start]
            if not bearers:
                if run.plain not in self._full:
                    self._full[run.plain] = self._new(run)
                return self._full[run.plain]
        gender = "f" if run.title in ("mrs", "ms", "miss") else "m" if run.title == "mr" else ""
        fitting = [e for e in bearers if gender and _first_gender(e) == gender]
        bearers = fitting or bearers
        bearers = [e for e in bearers if e.words[-1] == run.plain[0]] or bearers
        near = (
            self._named_beside(run, [e for e in bearers if id(e) not in self._by_first]) if len(bearers) > 1 else None
        )
        if near is not None:
            return near
        if not fitting:
            bearers = [e for e in bearers if id(e) not in self._by_first] or bearers
        return min(bearers, key=lambda e: (e.mentions[0][0] > run.start, e.mentions[0][0]))

    def _named_beside(self, run: Run, bearers: Sequence[Entity]) -> Entity | None:
        """Of several with one last name, the one whom the last sentence before it that begins with one of them, in full, begins
        with, in the same paragraph and not far off."""
        low = max(self._source.rfind("\n", 0, run.start) + 1, run.start - _FAR)
        last: tuple[int, Entity] | None = None
        for entity in bearers:
            at = bisect_left(entity.mentions, (run.start, -1))
            for start, end in reversed(entity.mentions[max(0, at - 20) : at]):
                if start < low or (last and start < last[0]):
                    break
                if " " in self._source[start:end] and self._opens(low, start):
                    last = start, entity
                    break
        return last[1] if last else None

    def _opens(self, low: int, start: int) -> bool:
        """Whether a sentence begins at `start`, but for what the name's bearer is called: "Harbour master Erik Berg"."""
        begun = re.split(r"[.!?”\"]\s", self._source[max(low, start - 60) : start])[-1].split()
        return len(begun) < 5 and all(plain(w) in _BEFORE_NAMES for w in begun)

    def _add(self, run: Run, entity: Entity) -> None:
        entity.mentions.append((run.start, run.end))
        whole = len(run.words) == len(entity.words)
        guess = run.kind or (
            guess_kind(run) if whole or run.title or _acronym(run) else ""
        )  # "Bloomberg" tells nothing of Ada Bloomberg
        if run.kind == "person":
            self._people.add(id(entity))
        if guess:
            weight = 5 if run.title in lex.PERSONAL and guess == "person" else 2 if run.kind else 1
            weight *= 4 if whole and run.kind else 1  # the full name tells more than what it is shortened to
            self._votes.setdefault(id(entity), Counter())[guess] += weight
        if run.title in _HEADS and guess != "location" and not any(w in lex.BODY_WORDS for w in entity.words):
            self._votes.setdefault(id(entity), Counter())["person"] += 12
        if run.title:
            self._titles.setdefault(id(entity), Counter())[run.title] += 1

    def entities(self) -> list[Entity]:
        """All entities with kind and gender, by first mention."""
        found = self._all()
        last_names = {e.words[-1] for e in found if len(e.words) > 1}
        for entity in found:
            entity.mentions = sorted(set(entity.mentions))
            ballot = self._votes.get(id(entity))
            entity.kind = ballot.most_common(1)[0][0] if ballot else ""
            if (
                entity.kind == "person"
                and len(entity.words) > 1
                and (entity.words[-1] in lex.BODY_WORDS or entity.words[-1] in _PRESS)
            ):
                entity.kind = "organization"
            seen = id(entity) in self._people or id(entity) in self._titles or entity.words[0] in lex.FIRST_NAMES
            if len(entity.words) == 2 and (entity.words[-1] in _LANDSCAPE or entity.words[0] == "mount") and not seen:
                entity.kind = "location"
            named_so = len(entity.words) == 1 and not entity.kind and not seen and entity.words[0] not in _HOLY
            if named_so and all(self._source[max(0, s - 4) : s].casefold() == "the " for s, _ in entity.mentions):
                entity.kind = "organization"  # "The Ledger"
            held = self._titles.get(id(entity), Counter())
            if entity.kind in ("person", "") and not held and self._publishes(entity):
                entity.kind = "organization"
            elif not held and self._several(entity, last_names):
                entity.kind = "group"
            for title in held:
                entity.roles[title] = set()
            if entity.kind == "person":
                male, female = (sum(held[title] for title in titles) for titles in (lex.MALE_TITLES, lex.FEMALE_TITLES))
                entity.gender = "m" if male > female else "f" if female else _first_gender(entity)
        return sorted(found, key=lambda e: e.mentions[0])

    def _publishes(self, entity: Entity) -> bool:
        """Whether one that nothing shows to be a person is an outlet or a body by its name: "Haaretz", "BuzzFeed"."""
        name = entity.words[0]
        if len(entity.words) == 1 and name not in _ALSO_PEOPLE and name in lex.KNOWN_OUTLETS:
            return True
        humped = _HUMPED.match(entity.name)
        return humped is not None and humped[1].casefold() not in lex.FIRST_NAMES

    def _several(self, entity: Entity, last_names: set[str]) -> bool:
        """Whether a name means several: "the Obamas", "many Birchers"."""
        name = entity.words[0]
        if len(entity.words) > 1 or not name.endswith("s") or name.endswith(("ss", "us", "is")):
            return False
        family = name.removesuffix("s") in last_names
        if entity.kind not in ("person", "") and not family:
            return False  # "the Ravens"
        before = (self._source[max(0, start - 12) : start].split() for start, _ in entity.mentions)
        many = [bool(words) and words[-1].casefold() in _BEFORE_MANY for words in before]
        return any(many) if family else all(many)


_BEFORE_MANY = lex.PLURAL_DETERMINERS | {"the"}
_HUMPED = re.compile(r"(?!Fitz)([A-Z][a-z]{3,})[A-Z]")  # "CrowdTangle", but "McCain", "DeMoro"


def _first_gender(entity: Entity) -> str:
    if len(entity.words) < 2:
        return ""
    first = entity.words[0]
    if first in lex.FEMALE_NAMES:
        return "f"
    return "m" if first in lex.MALE_NAMES else ""


def _acronym(run: Run) -> bool:
    word = re.sub(r"[’']s?$", "", run.words[0][2]).replace(".", "")
    return len(word) >= 2 and word.isupper()


def _may_mean(words: tuple[str, ...], run: Run, entity: Entity) -> bool:
    long = entity.words
    if len(words) >= len(long):
        return False
    if len(words) == 1 and _acronym(run):
        initials = "".join(w[0] for w in long if w not in lex.JOIN)
        if initials == words[0].replace(".", ""):
            return True
    person = run.kind == "person" or entity.kind == "person" or (not entity.kind and entity_person(entity))
    if person:
        bare = long[:-1] if long[-1] in YOUNGER and len(words) == 1 else long
        return bare[-len(words) :] == words or (
            len(words) == 1 and long[0] == words[0] and _first_name(words[0], run, entity)
        )
    if long[-len(words) :] == words and words[0] not in lex.NATIONS:
        return run.kind != "location"
    if long[: len(words)] != words or run.kind == "location" or _acronym(run):
        return False
    body = entity.kind == "organization" and run.kind in ("", "organization")
    return all(w in _CORPORATE for w in long[len(words) :]) or (
        body
        and len(words) == 1
        and not run.title
        and (long[-1] in lex.BODY_WORDS or long[-1] in _BUSINESS)
        and not (words[0] in lex.NATIONS or words[0] in lex.BODY_WORDS or words[0] in lex.KNOWN_OUTLETS)
        and entity.mentions[0][0] < run.start  # it is shortened after it was named
    )


def _first_name(word: str, run: Run, entity: Entity) -> bool:
    """Whether one word may be somebody's first name: known as one, or the encoder sees persons both times."""
    if _acronym(run) or entity.words[-1] in lex.BODY_WORDS:
        return False
    return (
        word in lex.FIRST_NAMES
        or run.title in ("mr", "mrs", "ms")
        or (run.kind == "person" and entity.kind == "person")
    )


def entity_person(entity: Entity) -> bool:
    """Whether a name looks like a person's by its form alone."""
    return (
        2 <= len(entity.words) <= 3 and entity.words[-1] not in lex.BODY_WORDS and not set(entity.words) & lex.SOFT_JOIN
    )
