"""Where names stand in a text: runs of capitalised words, corrected by what the encoder saw.

In come the text and the encoder's mentions (which may be missing: then capitals alone decide); out go `Run` records. Capitals
decide where a name begins and ends, the encoder tells its kind, joins some and cuts others in two.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence

from sayso.link import _lexicon as lex
from sayso.link._capitals import HOLDERS, INITIALS, YOUNGER, Token, capital, grammatical, names_in, run_end
from sayso.link._kinds import OWN_WORDS, Run, titled
from sayso.link._text import WORD, Text, plain
from sayso.records import Mention, Span


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
        seen.extend((part, mention.kind) for part in names_in(inside, borne))
    sure = {plain(t[2]) for p, kind in seen if kind == "person" for t in p[-1 - (plain(p[-1][2]) in YOUNGER) :]}
    sure |= {plain(p[0][2]) for p, _ in seen if len(p) == 1}
    inner = [p[0] for p in parts if len(p) == 1 and not _initial(text, p[0])]
    sure |= {plain(token[2]) for token in inner if plain(token[2]) not in lower_seen}
    places = {plain(p[0][2]) for p, kind in seen if len(p) == 1 and kind == "location"}
    parts = _without_first_words(text, parts, lower_seen, places)
    sure |= {plain(p[-1][2]) for p in parts if 1 < len(p) < 4 and plain(p[0][2]) in lex.FIRST_NAMES} - lower_seen
    sure |= _OUTLETS
    runs = [
        titled(Run(p[0][0], p[-1][1], tuple(p), kind), words, starts)
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


_DOUBTFUL = lex.FUNCTION_WORDS | lex.NATIONS | lex.TITLES | lex.PERSON_NOUNS
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
        or (plain(words[i][2]) in OWN_WORDS and _amid(text, words, i))
    )


def _in_full(source: str, words: Sequence[Token], i: int) -> bool:
    """Whether a first name or "Mr." stands before the word at i, and no other name behind it."""
    before = i - 1 if i < 2 or not INITIALS.fullmatch(words[i - 1][2]) else i - 2
    first, gap = plain(words[before][2]), source[words[before][1] : words[i][0]]
    named = (first in lex.FIRST_NAMES and len(gap) <= 6 and "," not in gap) or (first in _CALLED and gap in (" ", ". "))
    return named and words[before][2][:1].isupper() and not capital(_after(source, words, i))


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
    if article or capital(after) or plain(after) in lex.PERSON_NOUNS | lex.GROUP_NOUNS | lex.BODY_NOUNS:
        return False
    return word not in lex.FUNCTION_WORDS or not _begins(text, words[i]) or after in _TELLS or after.endswith("ed")


def _amid(text: Text, words: Sequence[Token], i: int) -> bool:
    """Whether a word has its capital amid a sentence, before another."""
    before = words[i - 1] if i else (0, 0, "")
    joined = text.text[before[1] : words[i][0]] == " " and before[2].islower() and not _begins(text, words[i])
    return joined and capital(_after(text.text, words, i))


def _capitalised(
    text: Text, words: Sequence[Token], lower_seen: set[str], borne: frozenset[int], titles: set[int]
) -> Iterable[list[Token]]:
    """Names by their capitals alone; where the words of titles begin goes into `titles`."""
    i = 0
    while i < len(words):
        if not capital(words[i][2]):
            i += 1
            continue
        last = run_end(text.text, words, i)
        run = words[i : last + 1]
        i = last + 1
        if text.headlines.holds(run[0][0]):
            continue
        initial = _initial(text, run[0])
        while (
            run
            and run[0][0] not in borne
            and (grammatical(run[0][2]) or (initial and len(run) == 1 and run[0][2].casefold() in lower_seen))
        ):
            run = run[1:]
        ahead = words[i - len(run) - 1][2].casefold() if 0 < len(run) < i else ""
        if len(run) > 1 and ahead == "on" and plain(run[0][2]).endswith("day") and plain(run[0][2]) in lex.DATE_WORDS:
            run = run[1:]  # "On Monday Nina Holt left"
        for piece in names_in(run, borne):
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
            if apart or (place and names[-1] not in lex.BODY_WORDS and _NOUN.match(text.text, part[-1][1])):
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
    while len(part) > 1 and grammatical(part[-1][2]):
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
    called = len(before) == 1 or plain(before[-2][2]) in HOLDERS
    return first in lex.FIRST_NAMES or (
        called and (_given(before[-1]) or INITIALS.fullmatch(before[-1][2]) is not None)
    )


_NOT_GIVEN = lex.TITLES | lex.PERSON_NOUNS | lex.BODY_WORDS | lex.NATIONS


def _given(token: Token) -> bool:
    """Whether a word may be a first name: neither a title nor a word for a body or a nation."""
    return plain(token[2]) not in _NOT_GIVEN and not token[2].isupper()


_SINGLE = HOLDERS | lex.GROUP_NOUNS


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
                and (left not in lex.BODY_WORDS or gap == " of ")
                and not (gap == " and " and (right not in lex.BODY_WORDS or held.kind == "location" or left.isupper()))
                and not source[held.span.start : held.span.end].isupper()
                and (gap != " of " or left in lex.BODY_WORDS)
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


_AIRED = lex.words("radio tv television")
