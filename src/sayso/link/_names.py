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

from sayso.link import _lexicon as lex
from sayso.link._text import WORD, Text
from sayso.records import Mention, Span

_JOIN = lex.words("of the and for & de la le du von van der den bin ibn al el da di dos del at in on y")
_SOFT_JOIN = lex.words("of the and for & at in on")
_BODY_WORDS = lex.BODY_NOUNS | lex.words(
    "inc corp co ltd llc plc gmbh news times post tribune herald gazette journal university college institute "
    "council foundation committee commission department ministry agency bureau office party conference fund trust "
    "society affairs services systems international national holdings partners industries airlines motors bank "
    "reserve guard pictures television records studios campaign pac research center centre project initiative "
    "democrats republicans review magazine press media network radio tv monitor observatory front state states "
    "nations street"
)
_APPOSITIVE = re.compile(
    r"\s*(?:\([^)]{1,20}\))?,\s+(?:who (?:is|was)\s+)?((?:an?|the|his|her|their|its|whose)?\s?[^,.;:“\"]{2,70})"
)
_STOP_ROLE = lex.words("of for at who in from and with to on")
_DATE_WORDS = lex.words(
    "january february march april may june july august september october november december jan feb mar apr aug sept "
    "sep oct nov dec monday tuesday wednesday thursday friday saturday sunday"
)
_CORPORATE = lex.words(
    "inc corp co ltd llc plc gmbh group company corporation holdings foundation endowment trust fund partners newspaper "
    "magazine news radio tv television"
)
_NATIONS = lex.words(
    "american british russian chinese german french iranian syrian iraqi israeli turkish ukrainian saudi mexican "
    "canadian indian japanese korean european republican democratic democrat muslim christian jewish islamic sunni "
    "shiite kurdish arab western african asian black white english spanish italian polish internet"
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
    """Somebody or something with a name. `gender` is m, f or "" where nothing tells it.

    `roles` are nouns that the text puts beside the name ("attorney"), each with the words that stand with it (whose).
    """

    name: str
    words: tuple[str, ...]
    kind: str  # person, organization, location, "" where nothing tells it
    gender: str = ""
    roles: dict[str, set[str]] = field(default_factory=dict)
    mentions: list[tuple[int, int]] = field(default_factory=list)

    def count_before(self, offset: int) -> int:
        """How often it is named before an offset."""
        return bisect_left(self.mentions, (offset, -1))


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    words: tuple[tuple[int, int, str], ...]
    kind: str = ""  # from the encoder
    title: str = ""

    @property
    def plain(self) -> tuple[str, ...]:
        return tuple(plain(w[2]) for w in self.words)


class Names:
    """All entities of a document; `at(start, end)` gives those named in a stretch."""

    def __init__(self, text: Text, mentions: Sequence[Mention] = ()) -> None:
        self._text = text
        self.entities = _Register(_runs(text, mentions)).entities()
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
        for mention in self.mentions[low:]:
            if mention[0] >= end:
                break
            if mention[1] <= end:
                found.append(mention)
        return found

    def forget(self, start: int, end: int) -> None:
        """Take names out of a stretch that turned out to be a title."""
        kept = [m for m in self.mentions if not (start <= m[0] and m[1] <= end)]
        if len(kept) < len(self.mentions):
            for name_start, name_end, entity in self.at(start, end):
                entity.mentions.remove((name_start, name_end))
            self.mentions = kept
            self._starts = [m[0] for m in kept]
            self.entities = [e for e in self.entities if e.mentions]

    def before(self, offset: int, limit: int = 60) -> Iterable[tuple[int, int, Entity]]:
        """Mentions before an offset, nearest first."""
        high = bisect_left(self._starts, offset)
        return reversed(self.mentions[max(0, high - limit) : high])

    def _headlines(self) -> None:
        """In headlines everything has a capital: only names that the text has elsewhere are taken there."""
        known = {e.words: e for e in self.entities}
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
                        if place not in named.mentions:
                            named.mentions = sorted([*named.mentions, place])
                        i += size - 1
                        break
                i += 1

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
                    if word in lex.PERSON_NOUNS | lex.BODY_NOUNS | lex.OUTLET_NOUNS | lex.TITLES:
                        entity.roles.setdefault(word, set()).update(tokens)
            after = _APPOSITIVE.match(source, end, min(len(source), end + 120))
            if after:
                tokens = [plain(w) for w in after[1].split()]
                stop = next((i for i, w in enumerate(tokens) if w in _STOP_ROLE), len(tokens))
                if tokens and (tokens[0] in lex.DETERMINERS or any(w in lex.PERSON_NOUNS for w in tokens[:3])):
                    for word in tokens[:stop]:
                        if word in lex.PERSON_NOUNS or word in lex.BODY_NOUNS:
                            entity.roles.setdefault(word, set()).update(tokens)
        if entity.kind == "person" and not entity.gender:
            if lex.FEMALE_NOUNS & entity.roles.keys():
                entity.gender = "f"
            elif lex.MALE_NOUNS & entity.roles.keys():
                entity.gender = "m"


def _capital(word: str) -> bool:
    return word[:1].isupper() or (word[:3].lower() in ("al-", "an-", "el-") and word[3:4].isupper())


def _runs(text: Text, mentions: Sequence[Mention]) -> list[_Run]:
    """Runs of capitalised words, their bounds and kinds corrected by what the encoder saw."""
    source = text.text
    words = [(m.start(), m.end(), m[0]) for m in WORD.finditer(source)]
    starts = [w[0] for w in words]
    lower_seen = {w[2] for w in words if w[2].islower()}
    parts = list(_capitalised(text, words, lower_seen))
    seen: list[tuple[list[_Token], str]] = []
    for mention in _joined(mentions, source):
        inside = words[bisect_left(starts, mention.span.start) : bisect_left(starts, mention.span.end)]
        seen.extend((part, mention.kind) for part in _pieces(inside))
    runs = [
        _titled(_Run(p[0][0], p[-1][1], tuple(p), kind), words, starts) for p, kind in _reconciled(text, parts, seen)
    ]
    return sorted(runs, key=lambda r: r.start)


def _capitalised(text: Text, words: Sequence[_Token], lower_seen: set[str]) -> Iterable[list[_Token]]:
    """Names by their capitals alone."""
    i = 0
    while i < len(words):
        if not _capital(words[i][2]):
            i += 1
            continue
        last = _run_end(text.text, words, i)
        run = words[i : last + 1]
        i = last + 1
        if text.headlines.holds(run[0][0]):
            continue
        initial = _initial(text, run[0])
        while run and (
            run[0][2].casefold() in lex.FUNCTION_WORDS
            or (initial and len(run) == 1 and run[0][2].casefold() in lower_seen)
        ):
            run = run[1:]
        for part in _pieces(run):
            if all(w[2].isupper() for w in part) and len(part) > 3:
                continue  # words shouted
            if len(part) == 1 and plain(part[0][2]) in lex.GROUP_NOUNS | lex.TITLES | lex.PERSON_NOUNS:
                continue
            yield part


def _reconciled(
    text: Text, parts: list[list[_Token]], seen: list[tuple[list[_Token], str]]
) -> Iterable[tuple[list[_Token], str]]:
    """Capitals decide where a name begins and ends; the encoder tells its kind, joins names and cuts some in two."""
    at = {token[0]: number for number, part in enumerate(parts) for token in part}
    kinds: dict[int, str] = {}
    cut: dict[int, list[tuple[list[_Token], str]]] = {}
    dropped: set[int] = set()
    for part, kind in seen:
        touched = sorted({at[token[0]] for token in part if token[0] in at})
        if text.headlines.holds(part[0][0]) and len(part) > 3:
            continue
        if not touched:
            yield part, kind
        elif len(touched) > 1:
            if kind != "person" and not any(i in dropped for i in touched):
                dropped.update(touched)
                yield part, kind
        else:
            held = parts[touched[0]]
            if len(part) > len(held) and kind == "organization":
                dropped.add(touched[0])
                yield part, kind
            elif part[-1][0] == held[-1][0] and (len(part) == len(held) or kind != "person"):
                kinds.setdefault(touched[0], kind)
            elif len(part) < len(held):
                cut.setdefault(touched[0], []).append((part, kind))
    for number, part in enumerate(parts):
        if number in dropped:
            continue
        pieces = cut.get(number, [])
        if number not in kinds and pieces and pieces[-1][1] == "person" and pieces[-1][0][-1][0] == part[-1][0]:
            yield from pieces  # "White House Press Secretary Mary Hill"
        elif number in kinds or not (seen and len(part) == 1 and _initial(text, part[0])):
            yield part, kinds.get(number, "")


_Token = tuple[int, int, str]
_PARTY = re.compile(r"^(?:[DRI]-[\w.]+|R|D|I)\.?$")


def _pieces(run: Sequence[_Token]) -> Iterable[list[_Token]]:
    """A run of capitalised words cut after possessives, without what is no name at its ends."""
    piece: list[_Token] = []
    tokens = [*run, (0, 0, "")]
    for i, token in enumerate(tokens):
        if piece and _names_somebody(tokens, i):
            piece = []  # "Supreme Court Justice Mary Hill": what stands before the title is no part of the name
        if token[2]:
            piece.append(token)
        if not token[2] or token[2].endswith(("’s", "'s")):
            while piece and (
                piece[0][2].casefold() in lex.FUNCTION_WORDS or piece[0][2] in _JOIN or _PARTY.match(piece[0][2])
            ):
                piece = piece[1:]
            while piece and (
                piece[-1][2] in _JOIN
                or _PARTY.match(piece[-1][2])
                or (len(piece) > 1 and plain(piece[-1][2]) in _TRAILING | lex.GROUP_NOUNS)
            ):
                piece = piece[:-1]
            bare = [plain(t[2]) for t in piece]
            if (
                piece
                and any(_capital(t[2]) for t in piece)
                and not all(w in _DATE_WORDS | _NATIONS or w.removesuffix("s") in _NATIONS for w in bare)
            ) and not all(w in lex.TITLES | lex.GROUP_NOUNS or len(w) < 2 for w in bare):
                yield piece
            piece = []


def _names_somebody(tokens: Sequence[_Token], i: int) -> bool:
    """Whether the title at i is followed by a person's name and nothing else."""
    if plain(tokens[i][2]) not in lex.TITLES:
        return False
    rest = [plain(t[2]) for t in tokens[i + 1 :] if t[2]]
    return 1 < len(rest) <= 3 and not any(w in _BODY_WORDS or w in _SOFT_JOIN for w in rest)


_TRAILING = lex.words(
    "director executive president chairman chairwoman spokesman spokeswoman secretary chief officer minister "
    "correspondent host anchor reporter editor columnist judge justice professor senator governor"
)


def _run_end(source: str, words: Sequence[_Token], i: int) -> int:
    """Index of the last word of the run of capitalised words that begins at i."""
    last = i
    j = i + 1
    while j < len(words) and j - i < 12:
        gap = source[words[last][1] : words[j][0]]
        if words[last][2].endswith(("’s", "'s")):
            break
        if _capital(words[j][2]) and (
            gap in (" ", "\u00a0", " &", " & ")
            or (gap == ". " and len(words[last][2]) <= 4 and _abbreviated(words[last][2]))
        ):
            last = j
            j += 1
        elif (
            words[j][2] in _JOIN
            and words[j][2] not in ("and", "at", "in", "on", "for")
            and gap in (" ", "\u00a0")
            and j + 1 < len(words)
            and _capital(words[j + 1][2])
            and source[words[j][1] : words[j + 1][0]] in (" ", "\u00a0")
        ):
            last = j + 1
            j += 2
        else:
            break
    return last


def _joined(mentions: Sequence[Mention], source: str) -> Iterable[Mention]:
    """The encoder's names, with "Securities" and "Exchange Commission" put together again."""
    held: Mention | None = None
    for mention in sorted(mentions, key=lambda m: (m.span.start, m.span.end)):
        if mention.kind not in ("person", "organization", "location"):
            continue
        if held is not None:
            gap = source[held.span.end : mention.span.start]
            left = plain(source[held.span.start : held.span.end].split()[-1])
            right = plain(source[mention.span.start : mention.span.end].split()[-1])
            if (
                gap in (" and ", " & ", " of ", " for ")
                and mention.kind != "person"
                and held.kind != "person"
                and (left not in _BODY_WORDS or gap == " of ")
                and not (gap == " and " and (right not in _BODY_WORDS or held.kind == "location" or left.isupper()))
                and not source[held.span.start : held.span.end].isupper()
                and (gap != " of " or left in _BODY_WORDS)
            ):
                held = Mention(Span(held.span.start, mention.span.end), "organization")
                continue
            yield held
        held = mention
    if held is not None:
        yield held


def _initial(text: Text, token: _Token) -> bool:
    """Whether a word begins its sentence, after a quotation mark at most."""
    return token[0] - text.sentence_span(token[0])[0] <= 2


def _abbreviated(word: str) -> bool:
    return (
        word.rstrip(".").casefold() in lex.TITLES or len(word.rstrip(".")) == 1 or word.casefold() in {"st", "jr", "sr"}
    )


def _titled(run: _Run, words: list[tuple[int, int, str]], starts: list[int]) -> _Run:
    """Take titles off the front of a name, remembering the last one; look at the word before it too."""
    inside = list(run.words)
    title = ""
    while len(inside) > 1 and plain(inside[0][2]) in lex.TITLES:
        title = plain(inside[0][2])
        inside = inside[1:]
    if not title:
        at = bisect_left(starts, run.start) - 1
        if at >= 0 and run.start - words[at][1] <= 2:
            before = plain(words[at][2])
            title = before if before in lex.TITLES else ""
            if not run.kind and before in _NAMED_BODIES and len(inside) <= 3:
                return _Run(inside[0][0], inside[-1][1], tuple(inside), "organization", title)
    kind = "person" if title in _PERSONAL and not _body(inside) else run.kind
    return _Run(inside[0][0], inside[-1][1], tuple(inside), kind, title)


_NAMED_BODIES = (lex.OUTLET_NOUNS | lex.BODY_NOUNS) - lex.words("state city county village town team house army")


def _body(inside: Sequence[_Token]) -> bool:
    return any(plain(t[2]) in _BODY_WORDS or t[2] in _SOFT_JOIN for t in inside)


_PERSONAL = lex.words(
    "mr mrs ms miss dr prof professor sir lady dame sen senator rep gov governor justice judge mayor gen sgt capt col lt "
    "sheikh imam pope cardinal bishop rev rabbi congressman congresswoman spokesman spokeswoman"
)


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
    person = len(words) in (2, 3) and all(w[2][:1].isupper() and not w[2].isupper() for w in run.words)
    return "person" if person and not any(w in lex.FUNCTION_WORDS for w in words) else ""


class _Register:
    """Puts runs that name the same one together, the longest first."""

    def __init__(self, runs: Sequence[_Run]) -> None:
        self._full: dict[tuple[str, ...], Entity] = {}
        self._by_word: dict[str, list[Entity]] = {}
        self._votes: dict[int, Counter[str]] = {}
        self._titles: dict[int, Counter[str]] = {}
        shorts: list[_Run] = []
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
        for run in sorted(shorts, key=lambda r: r.start):
            self._add(run, self._meant(run))

    def _all(self) -> list[Entity]:
        return list({id(e): e for e in self._full.values()}.values())

    def _new(self, run: _Run) -> Entity:
        name = " ".join(w[2] for w in run.words)
        for ending in ("’s", "'s", "’", "'"):
            name = name.removesuffix(ending)
        entity = Entity(name, run.plain, run.kind)
        initials = "=" + "".join(w[0] for w in run.plain if w not in _JOIN)
        for key in {run.plain[0], run.plain[-1], initials}:
            self._by_word.setdefault(key, []).append(entity)
        return entity

    def _bearers(self, run: _Run) -> list[Entity]:
        first, last = run.plain[0], run.plain[-1]
        near = [*self._by_word.get(last, ()), *self._by_word.get(first, ())]
        if len(run.words) == 1 and _acronym(run):
            near += self._by_word.get("=" + first.replace(".", ""), ())
        return [
            e
            for e in dict.fromkeys(map(id, near))
            for e in [next(x for x in near if id(x) == e)]
            if _may_mean(run.plain, run, e)
        ]

    def _meant(self, run: _Run) -> Entity:
        """Whom a single word means: who bears it as last name, fits its title, and is most named (before it first)."""
        bearers = self._bearers(run)
        gender = "f" if run.title in ("mrs", "ms", "miss") else "m" if run.title == "mr" else ""
        bearers = [e for e in bearers if gender and _first_gender(e) == gender] or bearers
        bearers = [e for e in bearers if e.words[-1] == run.plain[0]] or bearers
        return max(
            bearers, key=lambda e: (len(e.mentions) * (1.0 if e.mentions[0][0] < run.start else 0.5), -e.mentions[0][0])
        )

    def _add(self, run: _Run, entity: Entity) -> None:
        entity.mentions.append((run.start, run.end))
        guess = run.kind or _guess(run)
        if guess:
            weight = 5 if run.title in _PERSONAL and guess == "person" else 2 if run.kind else 1
            self._votes.setdefault(id(entity), Counter())[guess] += weight
        if run.title:
            self._titles.setdefault(id(entity), Counter())[run.title] += 1

    def entities(self) -> list[Entity]:
        """All entities with kind and gender, by first mention."""
        found = self._all()
        for entity in found:
            entity.mentions = sorted(set(entity.mentions))
            ballot = self._votes.get(id(entity))
            entity.kind = ballot.most_common(1)[0][0] if ballot else ""
            if entity.words[-1] in _BODY_WORDS and len(entity.words) > 1 and entity.kind == "person":
                entity.kind = "organization"
            held = self._titles.get(id(entity), Counter())
            for title in held:
                entity.roles[title] = set()
            if entity.kind == "person":
                male, female = (
                    held["mr"] + held["sir"] + held["lord"],
                    held["mrs"] + held["ms"] + held["miss"] + held["dame"],
                )
                entity.gender = "m" if male > female else "f" if female else _first_gender(entity)
        return sorted(found, key=lambda e: e.mentions[0])


def _first_gender(entity: Entity) -> str:
    if len(entity.words) < 2:
        return ""
    first = entity.words[0]
    if first in lex.FEMALE_NAMES:
        return "f"
    return "m" if first in lex.MALE_NAMES else ""


def _acronym(run: _Run) -> bool:
    word = re.sub(r"[’']s?$", "", run.words[0][2]).replace(".", "")
    return len(word) >= 2 and word.isupper()


def _may_mean(words: tuple[str, ...], run: _Run, entity: Entity) -> bool:
    long = entity.words
    if len(words) >= len(long):
        return False
    if len(words) == 1 and _acronym(run):
        initials = "".join(w[0] for w in long if w not in _JOIN)
        if initials == words[0].replace(".", ""):
            return True
    person = run.kind == "person" or entity.kind == "person" or (not entity.kind and entity_person(entity))
    if person:
        return long[-len(words) :] == words or (
            len(words) == 1 and long[0] == words[0] and _first_name(words[0], run, entity)
        )
    if long[-len(words) :] == words and words[0] not in _NATIONS:
        return run.kind != "location"
    return (
        long[: len(words)] == words
        and run.kind != "location"
        and all(w in _CORPORATE for w in long[len(words) :])
        and not _acronym(run)
    )


def _first_name(word: str, run: _Run, entity: Entity) -> bool:
    """Whether one word may be somebody's first name: known as one, or the encoder sees persons both times."""
    if _acronym(run) or entity.words[-1] in _BODY_WORDS:
        return False
    return (
        word in lex.FEMALE_NAMES | lex.MALE_NAMES
        or run.title in ("mr", "mrs", "ms")
        or (run.kind == "person" and entity.kind == "person")
    )


def entity_person(entity: Entity) -> bool:
    """Whether a name looks like a person's by its form alone."""
    return 2 <= len(entity.words) <= 3 and entity.words[-1] not in _BODY_WORDS and not set(entity.words) & _SOFT_JOIN
