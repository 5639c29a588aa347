"""Where names stand in a text: runs of capitalised words, corrected by what the encoder saw.

In come the text and the encoder's mentions (which may be missing: then capitals alone decide); out go `Run` records. Capitals
decide where a name begins and ends, the encoder tells its kind, joins some and cuts others in two.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sayso.link import _lexicon as lex
from sayso.link._text import WORD, Text
from sayso.records import Mention, Span

Token = tuple[int, int, str]  # start, end, word

JOIN = lex.words("of the and for & de la le du von van der den bin ibn al el da di dos del at in on y")
SOFT_JOIN = lex.words("of the and for & at in on")
BODY_WORDS = lex.BODY_NOUNS | lex.words(
    "inc corp co ltd llc plc gmbh news times post tribune herald gazette journal university college institute "
    "council foundation committee commission department ministry agency bureau office party conference fund trust "
    "society affairs services systems international national holdings partners industries airlines motors bank "
    "reserve guard pictures television records studios campaign pac research center centre project initiative "
    "democrats republicans review magazine press media network radio tv monitor observatory front state states "
    "nations street"
)
_DATE_WORDS = lex.words(
    "january february march april may june july august september october november december jan feb mar apr aug sept "
    "sep oct nov dec monday tuesday wednesday thursday friday saturday sunday"
)
NATIONS = lex.words(
    "american british russian chinese german french iranian syrian iraqi israeli turkish ukrainian saudi mexican "
    "canadian indian japanese korean european scottish irish dutch swiss swedish norwegian danish palestinian lebanese afghan "
    "pakistani egyptian libyan cuban vietnamese burmese hispanic latino latina african-american asian-american islamist "
    "republican democratic democrat muslim christian jewish islamic sunni "
    "shiite kurdish arab western african asian black white english spanish italian polish internet"
)


@lru_cache(maxsize=1 << 15)
def plain(word: str) -> str:
    """A word without possessive and full stops, lower-case."""
    word = word.casefold()
    for ending in ("’s", "'s", "s’", "s'"):
        if word.endswith(ending):
            word = word[: -len(ending)] + ("s" if ending.startswith("s") else "")
            break
    return word.strip(".'’")


def bare(name: str) -> str:
    """A name without its article, lower-case: by what outlets are compared."""
    return name.casefold().removeprefix("the ").strip()


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


def _grammatical(word: str) -> bool:
    """Whether a word only begins sentences with a capital: "The", "I’m"."""
    return word.casefold().replace("’", "'") in lex.FUNCTION_WORDS


def _capital(word: str) -> bool:
    return word[:1].isupper() or (word[:3].lower() in ("al-", "an-", "el-") and word[3:4].isupper())


def find_runs(text: Text, mentions: Sequence[Mention]) -> list[Run]:
    """Runs of capitalised words, their bounds and kinds corrected by what the encoder saw."""
    source = text.text
    words = [(m.start(), m.end(), m[0]) for m in WORD.finditer(source)]
    starts = [w[0] for w in words]
    lower_seen = {w[2] for w in words if w[2].islower()}
    borne = _borne(text, words, starts, mentions)
    titles: set[int] = set()
    parts = list(_capitalised(text, words, lower_seen, borne, titles))
    seen: list[tuple[list[Token], str]] = []
    for mention in _joined(mentions, source):
        inside = words[bisect_left(starts, mention.span.start) : bisect_left(starts, mention.span.end)]
        seen.extend((part, mention.kind) for part in _pieces(inside, borne))
    sure = {plain(t[2]) for p, kind in seen if kind == "person" for t in p[-1 - (plain(p[-1][2]) in YOUNGER) :]}
    sure |= {plain(p[0][2]) for p, _ in seen if len(p) == 1}
    inner = [p[0] for p in parts if len(p) == 1 and not _initial(text, p[0])]
    sure |= {plain(token[2]) for token in inner if plain(token[2]) not in lower_seen}
    places = {plain(p[0][2]) for p, kind in seen if len(p) == 1 and kind == "location"}
    parts = _without_first_words(text, parts, lower_seen, places)
    sure |= {plain(p[-1][2]) for p in parts if 1 < len(p) < 4 and plain(p[0][2]) in lex.FIRST_NAMES} - lower_seen
    sure |= _OUTLETS
    runs = [
        _titled(Run(p[0][0], p[-1][1], tuple(p), kind), words, starts)
        for p, kind in _reconciled(text, parts, seen, sure, titles)
    ]
    if titles:
        runs += _in_titles([w for w in words if w[0] in titles], runs)
    return sorted(runs, key=lambda r: r.start)


def _in_titles(words: Sequence[Token], runs: Sequence[Run]) -> list[Run]:
    """People of the text whom the words of a title name: "Holt Just Closed The Old Quay In The Worst Way"."""
    people = {run.plain for run in runs if run.kind == "person" and len(run.words) == 2}
    people |= {(name,) for names in people for name in names if name not in _DOUBTFUL}
    taken = {token[0] for run in runs for token in run.words}
    free = [token for token in words if token[0] not in taken]
    found, i = [], 0
    while i < len(free):
        pair = tuple(free[i : i + 2])
        together = len(pair) == 2 and pair[1][0] - pair[0][1] == 1 and tuple(plain(t[2]) for t in pair) in people
        if together or (plain(free[i][2]),) in people:
            tokens = pair if together else pair[:1]
            found.append(Run(tokens[0][0], tokens[-1][1], tokens, "person"))
            i += len(tokens) - 1
        i += 1
    return found


_DOUBTFUL = lex.FUNCTION_WORDS | NATIONS | lex.TITLES | lex.PERSON_NOUNS
_OWN_WORDS = lex.words("our your my every no all one")  # "Our Revolution"
_CALLED = lex.words("mr mrs ms dr sen rep gov")
_TELLS = lex.words(
    "said says wrote writes told tells thinks thought believes claims argues notes describes calls acknowledges adds asks "
    "explains insists suggests warns concludes contends has had was is"
)


def _borne(text: Text, words: Sequence[Token], starts: Sequence[int], mentions: Sequence[Mention]) -> frozenset[int]:
    """Where words that seldom are names stand as names: "George Will", "Will wrote", "Mr. King", "from Our Principles PAC".

    A surname that is also a common word, a title or a nation counts only where the text has it in full.
    """
    source = text.text
    doubtful = [
        i
        for i, (start, _, word) in enumerate(words)
        if word[0].isupper() and len(word) > 2 and plain(word) in _DOUBTFUL and not text.headlines.holds(start)
    ]
    whole = {i for i in doubtful if i and _in_full(source, words, i)}
    for mention in mentions:
        last = bisect_left(starts, mention.span.end) - 1 if mention.kind == "person" else 0
        if last > 0 and words[last - 1][0] >= mention.span.start and plain(words[last - 1][2]) not in lex.TITLES:
            whole.add(last)
    whole &= set(doubtful)
    surnames = {plain(words[i][2]) for i in whole}
    return frozenset(
        words[i][0]
        for i in doubtful
        if i in whole
        or (plain(words[i][2]) in surnames and _alone(text, words, i))
        or (plain(words[i][2]) in _OWN_WORDS and _amid(text, words, i))
    )


def _in_full(source: str, words: Sequence[Token], i: int) -> bool:
    """Whether a first name or "Mr." stands before the word at i, and no other name behind it."""
    before = i - 1 if i < 2 or not _INITIALS.fullmatch(words[i - 1][2]) else i - 2
    first, gap = plain(words[before][2]), source[words[before][1] : words[i][0]]
    named = (first in lex.FIRST_NAMES and len(gap) <= 6 and "," not in gap) or (first in _CALLED and gap in (" ", ". "))
    return named and words[before][2][:1].isupper() and not _capital(_after(source, words, i))


def _after(source: str, words: Sequence[Token], i: int) -> str:
    """The word behind a word, with one space between."""
    return words[i + 1][2] if i + 1 < len(words) and source[words[i][1] : words[i + 1][0]] == " " else ""


def _begins(text: Text, token: Token) -> bool:
    """Whether a word begins a sentence or quoted words: its capital tells nothing."""
    return _initial(text, token) or text.text[token[0] - 1] in "“\"‘'" or text.text[token[0] - 2] in ":“"


def _alone(text: Text, words: Sequence[Token], i: int) -> bool:
    """Whether a word that is somebody's last name means him: no "the King", no "Cuban officials", no "Will taxes rise?"."""
    after, word = _after(text.text, words, i), plain(words[i][2])
    article = i and plain(words[i - 1][2]) in lex.ARTICLES and words[i][0] - words[i - 1][1] == 1
    if article or _capital(after) or plain(after) in lex.PERSON_NOUNS | lex.GROUP_NOUNS | lex.BODY_NOUNS:
        return False
    return word not in lex.FUNCTION_WORDS or not _begins(text, words[i]) or after in _TELLS or after.endswith("ed")


def _amid(text: Text, words: Sequence[Token], i: int) -> bool:
    """Whether a word has its capital amid a sentence, before another."""
    before = words[i - 1] if i else (0, 0, "")
    joined = text.text[before[1] : words[i][0]] == " " and before[2].islower() and not _begins(text, words[i])
    return joined and _capital(_after(text.text, words, i))


def _capitalised(
    text: Text, words: Sequence[Token], lower_seen: set[str], borne: frozenset[int], titles: set[int]
) -> Iterable[list[Token]]:
    """Names by their capitals alone; where the words of titles begin goes into `titles`."""
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
        while (
            run
            and run[0][0] not in borne
            and (_grammatical(run[0][2]) or (initial and len(run) == 1 and run[0][2].casefold() in lower_seen))
        ):
            run = run[1:]
        ahead = words[i - len(run) - 1][2].casefold() if 0 < len(run) < i else ""
        if len(run) > 1 and ahead == "on" and plain(run[0][2]).endswith("day") and plain(run[0][2]) in _DATE_WORDS:
            run = run[1:]  # "On Monday Nina Holt left"
        for piece in _pieces(run, borne):
            part = _spoken(piece)
            titles.update(t[0] for t in piece if not part or t[0] < part[0][0])
            if not part or (all(w[2].isupper() for w in part) and len(part) > 3):
                continue  # words shouted
            common = len(part) == 1 and plain(part[0][2]) in _SINGLE
            if common and part[0][0] not in borne:
                continue
            yield part


_NOUN = re.compile(r"\s[a-z]{3,}")


def _without_first_words(
    text: Text, parts: Sequence[list[Token]], lower_seen: set[str], places: set[str]
) -> list[list[Token]]:
    """Names without what stands before them, where the text has both apart: the word that begins their sentence ("Unlike
    Marsh", "Rival Nina Holt"), and once a place ("outside a Kelda Holt rally")."""
    named = [tuple(plain(t[2]) for t in part) for part in parts]
    known = Counter(names for names, part in zip(named, parts, strict=True) if not _initial(text, part[0]))
    kept = []
    for part, names in zip(parts, named, strict=True):
        if len(part) > 1 and names[1:] in known:
            first = part[0][2].casefold()
            apart = known[names] == 0 and (first in lower_seen or first in lex.PERSON_NOUNS) and _initial(text, part[0])
            place = known[names] == 1 and names[0] in places and not _initial(text, part[0])
            if apart or (place and names[-1] not in BODY_WORDS and _NOUN.match(text.text, part[-1][1])):
                part = part[1:]
        kept.append(part)
    return kept


# that a name seldom has within: "The" begins one, the others stand in titles
_AMID_TITLES = lex.words(
    "the a an in on at to by from is are was were his her their its this that these has have if when why will would can could "
    "should may must does did not how what who where"
)
# outlets of one word that is no other
_OUTLETS = {name for name in lex.KNOWN_OUTLETS if " " not in name} - lex.words(
    "fox hill forbes slate economist people guardian time fortune quartz variety telegram"
)


def _spoken(part: list[Token]) -> list[Token]:
    """A name without the line of capitals before it ("TALKS FAIL AGAIN The Port Authority"); nothing of a title's words ("Mayor
    Just Closed The Old Quay In The Worst Way")."""
    if len(part) <= 4:
        return part
    stops = [i for i, t in enumerate(part) if i and t[2][:1].isupper() and t[2].casefold() in _AMID_TITLES]
    while len(part) > 1 and _grammatical(part[-1][2]):
        part = part[:-1]  # "QUAY CLOSED After"
    if not stops:
        return part
    shouted = all(t[2].isupper() for t in part[: stops[0]])
    return part[stops[-1] + 1 :] if shouted and not part[-1][2].isupper() else []


def _reconciled(
    text: Text, parts: list[list[Token]], seen: list[tuple[list[Token], str]], sure: set[str], titles: set[int]
) -> Iterable[tuple[list[Token], str]]:
    """Capitals decide where a name begins and ends; the encoder tells its kind, joins names and cuts some in two.

    One capital at the beginning of a sentence is a name only where the encoder says so, there or elsewhere (`sure`).
    """
    at = {token[0]: number for number, part in enumerate(parts) for token in part}
    kinds: dict[int, str] = {}
    cut: dict[int, list[tuple[list[Token], str]]] = {}
    dropped: set[int] = set()
    for part, kind in seen:
        touched = sorted({at[token[0]] for token in part if token[0] in at})
        if len(part) > 3 and text.headlines.holds(part[0][0]):
            continue
        if part[0][0] in titles and len(part) > 2:
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
        if plain(part[0][2]) in _AIRED and len(part) == 2:
            yield part, "organization"  # "Radio Tamar": the encoder knows the name alone
            continue
        if number not in kinds and pieces and pieces[-1][1] == "person" and pieces[-1][0][-1][0] == part[-1][0]:
            last = pieces[-1][0]
            before = part[: len(part) - len(last)]
            if len(last) == 1 and _first_of(before):  # the encoder lost the first name
                yield from pieces[:-1]
                yield [before[-1], *last], "person"
            else:
                yield from pieces  # "White House Press Secretary Mary Hill"
        elif number in kinds or not (seen and len(part) == 1 and _initial(text, part[0])) or plain(part[0][2]) in sure:
            yield part, kinds.get(number, "")


def _first_of(before: Sequence[Token]) -> bool:
    """Whether words before a last name end with a first name: "Nina", "City Attorney Nina", "Director Raj", "Rep. G.K."."""
    first = plain(before[-1][2])
    called = len(before) == 1 or plain(before[-2][2]) in _HOLDERS
    return first in lex.FIRST_NAMES or (
        called and (_given(before[-1]) or _INITIALS.fullmatch(before[-1][2]) is not None)
    )


_NOT_GIVEN = lex.TITLES | lex.PERSON_NOUNS | BODY_WORDS | NATIONS


def _given(token: Token) -> bool:
    """Whether a word may be a first name: neither a title nor a word for a body or a nation."""
    return plain(token[2]) not in _NOT_GIVEN and not token[2].isupper()


_PARTY = re.compile(r"^(?:[DRI]-[\w.]+|R|D|I)\.?$")


def _pieces(run: Sequence[Token], borne: frozenset[int] = frozenset()) -> Iterable[list[Token]]:
    """A run of capitalised words cut after possessives, without what is no name at its ends."""
    if (cut := _person_of(run)) is not None:
        yield from _pieces(run[:cut], borne)
        yield from _pieces(run[cut + 1 :], borne)
        return
    while len(run) > 2 and run[-1][2] in LETTERS:
        run = run[:-1]
    piece: list[Token] = []
    tokens = [*run, (0, 0, "")]
    for i, token in enumerate(tokens):
        if piece and _names_somebody(tokens, i):
            piece = []  # "Supreme Court Justice Mary Hill": what stands before the title is no part of the name
        if token[2]:
            piece.append(token)
        if not token[2] or (token[2].endswith(("’s", "'s")) and not _office_of(tokens, i)):
            while (
                piece
                and piece[0][0] not in borne
                and (
                    _grammatical(piece[0][2])
                    or piece[0][2] in JOIN
                    or _PARTY.match(piece[0][2])
                    or (
                        plain(piece[0][2]) in _DATE_WORDS and piece[1:] and piece[1][2] == "the"
                    )  # "On Monday the Army"
                )
            ):
                piece = piece[1:]
            while (
                piece
                and piece[-1][0] not in borne
                and (
                    piece[-1][2] in JOIN
                    or _PARTY.match(piece[-1][2])
                    or (
                        len(piece) > 1
                        and plain(piece[-1][2]) in _TRAILING
                        and not any(t[2] in SOFT_JOIN | _WITH_PURPOSE.keys() for t in piece)  # "Ministry of Justice"
                    )
                )
            ):
                piece = piece[:-1]
            if piece and any(_capital(t[2]) for t in piece) and (piece[-1][0] in borne or not _common(piece)):
                yield piece
            piece = []


_DUTIES = lex.words("state defense defence staff justice health education energy labor labour commerce")


def _office(bare: list[str]) -> bool:
    """Whether words name an office: "Secretary of State"."""
    at = bare.index("of") if "of" in bare else 0
    return at > 0 and bare[-1] in _DUTIES and all(word in lex.TITLES for word in bare[:at])


def _common(piece: Sequence[Token]) -> bool:
    """Whether words are no name in spite of their capitals: "Monday", "Americans", "Prime Minister", "House Speaker"."""
    bare = [plain(t[2]) for t in piece]
    if all(w in _DATES_AND_NATIONS or w.removesuffix("s") in NATIONS for w in bare):
        return True
    if " ".join(bare) in _KINDS_OF_THING or _office(bare):  # "Secretary of State"
        return True
    if len(bare) > 1 and bare[-1] in _HOLDERS and not _OFFICE_WORDS.isdisjoint(bare):
        return all(w in _OFFICE_WORDS or w in _HOLDERS or w in NATIONS for w in bare)
    return all(
        w in lex.TITLES or w in lex.GROUP_NOUNS or len(w) < 2 or t[2] in LETTERS
        for t, w in zip(piece, bare, strict=True)
    )


_KINDS_OF_THING = frozenset(("pac", "pacs", "super pac", "super pacs", "super", "tv", "web"))
_DATES_AND_NATIONS = _DATE_WORDS | NATIONS
_HOLDERS = lex.TITLES | lex.PERSON_NOUNS
_SINGLE = _HOLDERS | lex.GROUP_NOUNS
_OFFICE_TITLES = lex.TITLES | lex.OFFICES
_OFFICE_WORDS = lex.words("house senate state city county district federal") | {"pac"}
YOUNGER = ("jr", "sr", "ii", "iii", "iv")  # behind a last name
LETTERS = lex.words("KC QC MP MEP MSP MLA OBE CBE MBE KBE DBE PhD MD JD Esq")  # behind a person's name
_NO_NAMES = BODY_WORDS | lex.words(
    "chamber guild academy conservatory symphony diocese archdiocese borough port museum library orchestra school faculty order"
)


def _person_of(run: Sequence[Token]) -> int | None:
    """Where "of" stands behind a person's name: "Nina Holt of Credit Tarn" is no body's."""
    at = next((i for i, token in enumerate(run) if token[2] == "of"), 0)
    name = [plain(t[2]) for t in run[:at]]
    bare = next((i for i, word in enumerate(name) if word not in lex.TITLES), len(name))
    titled = bare < len(name) and bool(PERSONAL & set(name[:bare]))
    named = 1 < len(name) - bare <= 4 and name[bare] in lex.FIRST_NAMES
    return at if (titled or named) and not _NO_NAMES & set(name) else None


def _office_of(tokens: Sequence[Token], i: int) -> bool:
    """Whether the possessive at i is part of a body's name: "Prime Minister's Office", "King's College"."""
    after = tokens[i + 1][2] if i + 1 < len(tokens) else ""
    return _capital(after) and plain(after) in BODY_WORDS and plain(tokens[i][2]) in _OFFICE_TITLES


def _names_somebody(tokens: Sequence[Token], i: int) -> bool:
    """Whether the title at i is followed by a person's name and nothing else."""
    if plain(tokens[i][2]) not in lex.TITLES:
        return False
    rest = [plain(t[2]) for t in tokens[i + 1 :] if t[2]]
    return 1 < len(rest) <= 3 and not any(w in BODY_WORDS or w in SOFT_JOIN for w in rest)


_TRAILING = lex.words(
    "director executive president chairman chairwoman spokesman spokeswoman secretary chief officer minister "
    "correspondent host anchor reporter editor columnist judge justice professor senator governor republican democrat "
    "poll"
) | (lex.GROUP_NOUNS - {"states"})  # the United States


# what a body is for stands in its name ("Council on Foreign Relations"), but "the Army to Kyiv" is where it went
_CAUSES = lex.words("committee campaign coalition alliance movement society fund club")
_WITH_PURPOSE = {
    "of": lex.words("ministry department office"),  # "of the"
    "to": _CAUSES,
    "against": _CAUSES,
    "on": lex.words("committee commission council center centre institute forum conference panel"),
    "for": _CAUSES | lex.words(
        "department ministry office agency institute center centre foundation council commission association federation front "
        "party union organization organisation group network bureau initiative project"
    ),
}  # fmt: skip


def _has_purpose(words: Sequence[Token], last: int, j: int) -> bool:
    """Whether the preposition at j goes on with the body's name that ends at `last`."""
    return (
        plain(words[last][2]) in _WITH_PURPOSE.get(words[j][2], ())
        and j + 1 < len(words)
        and plain(words[j + 1][2]) not in _DATE_WORDS
    )


_MEMBERS = lex.words(
    "members leaders critics supporters opponents residents voters officials"
)  # "Members of Our Revolution"


def _run_end(source: str, words: Sequence[Token], i: int) -> int:
    """Index of the last word of the run of capitalised words that begins at i."""
    last = i
    j = i + 1
    while j < len(words) and j - i < 12:
        gap = source[words[last][1] : words[j][0]]
        if words[last][2].endswith(("’s", "'s")) and not _office_of(words, last):
            break
        if _capital(words[j][2]) and (
            gap in (" ", "\u00a0", " &", " & ")
            or (gap in ("’ ", "' ") and words[last][2].endswith("s") and plain(words[j][2]) in BODY_WORDS)
            or (gap == ". " and len(words[last][2]) <= 4 and _abbreviated(words[last][2]))
        ):
            last = j
            j += 1
        elif _has_purpose(words, last, j) and j + 2 < len(words) and source[words[j][1] : words[j + 2][0]] == " the ":
            if not _capital(words[j + 2][2]):
                break
            last = j + 2  # "the Ministry for the Sea"
            j += 3
        elif (
            (
                (
                    words[j][2] in JOIN
                    and words[j][2] not in ("and", "at", "in", "on", "for")
                    and (last > i or plain(words[i][2]) not in _MEMBERS)
                )
                or _has_purpose(words, last, j)
            )
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
                and (left not in BODY_WORDS or gap == " of ")
                and not (gap == " and " and (right not in BODY_WORDS or held.kind == "location" or left.isupper()))
                and not source[held.span.start : held.span.end].isupper()
                and (gap != " of " or left in BODY_WORDS)
            ):
                held = Mention(Span(held.span.start, mention.span.end), "organization")
                continue
            yield held
        held = mention
    if held is not None:
        yield held


def _initial(text: Text, token: Token) -> bool:
    """Whether a word begins its sentence, after a quotation mark at most."""
    return token[0] - text.sentence_span(token[0])[0] <= 2


_INITIALS = re.compile(r"[^\W_](?:\.[^\W_])*\.?")  # "G.K. Moss"


def _abbreviated(word: str) -> bool:
    return (
        word.rstrip(".").casefold() in lex.TITLES
        or _INITIALS.fullmatch(word) is not None
        or word.casefold() in {"st", "jr", "sr"}
    )


def _titled(run: Run, words: list[tuple[int, int, str]], starts: list[int]) -> Run:
    """Take titles off the front of a name, remembering the last one; look at the word before it too. A body's name keeps
    them ("Justice Department", "General Motors")."""
    inside = list(run.words)
    title = ""
    titles = lex.TITLES
    if run.kind != "person" and plain(inside[-1][2]) in BODY_WORDS:
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
    kind = "person" if title in PERSONAL and not _body(inside) else run.kind
    return Run(inside[0][0], inside[-1][1], tuple(inside), kind, title)


_AIRED = lex.words("radio tv television")
_GENDERED = lex.MALE_TITLES | lex.FEMALE_TITLES
_FORMER = lex.words("former")
_IN_NAMES = lex.words("general first foreign prime king queen prince captain special high")  # "General Electric"
_NAMED_BODIES = (lex.OUTLET_NOUNS | lex.BODY_NOUNS) - lex.words("state city county village town team house army")


def _body(inside: Sequence[Token]) -> bool:
    return any(plain(t[2]) in BODY_WORDS or t[2] in SOFT_JOIN for t in inside)


PERSONAL = lex.words(
    "mr mrs ms miss dr prof professor sir lady dame sen sens senator rep reps gov governor justice judge mayor gen sgt capt "
    "col lt sheikh imam pope cardinal bishop rev rabbi congressman congresswoman spokesman spokeswoman"
)


_HAPPENINGS = lex.words("day war act amendment plan deal treaty accord summit award prize")  # "Labor Day"


def guess_kind(run: Run) -> str:
    words = [plain(w[2]) for w in run.words]
    if run.title in {"mr", "mrs", "ms", "miss", "dr", "sen", "senator", "rep", "gov", "prof", "sir", "judge"}:
        return "person"
    if words[-1] in BODY_WORDS or any(w in BODY_WORDS for w in words[:-1] if len(words) > 2):
        return "organization"
    text = " ".join(w[2] for w in run.words)
    if " ".join(words) in lex.KNOWN_OUTLETS:
        return "organization"
    if len(words) == 1 and text.isupper() and len(text) > 1:
        return "organization"
    if any(w[2] in SOFT_JOIN for w in run.words) or words[0] in _OWN_WORDS:
        return "organization"
    if words[0] in lex.FIRST_NAMES:
        return "person"
    person = (
        len(words) in (2, 3)
        and words[0] not in NATIONS
        and words[-1] not in _HAPPENINGS
        and all(w[2][:1].isupper() and not w[2].isupper() for w in run.words)
    )
    return "person" if person and not any(w in lex.FUNCTION_WORDS for w in words) else ""
