"""Runs of capitalised words, and the names in them.

Where a run ends (over "of", "and", "for the" where a name goes on behind them), and what is left of it without what is no name:
titles before a name, letters behind one, possessives, "Monday", "House Speaker".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sayso.link import _lexicon as lex
from sayso.link._text import plain

Token = tuple[int, int, str]  # start, end, word
YOUNGER = ("jr", "sr", "ii", "iii", "iv")  # behind a last name
LETTERS = lex.words("KC QC MP MEP MSP MLA OBE CBE MBE KBE DBE PhD MD JD Esq")  # behind a person's name
_PARTY = re.compile(r"^(?:[DRI]-[\w.]+|R|D|I)\.?$")
INITIALS = re.compile(r"[^\W_](?:\.[^\W_])*\.?")  # "G.K. Moss"
_KINDS_OF_THING = frozenset(("pac", "pacs", "super pac", "super pacs", "super", "tv", "web"))
_DATES_AND_NATIONS = lex.DATE_WORDS | lex.NATIONS
HOLDERS = lex.TITLES | lex.PERSON_NOUNS
_OFFICE_TITLES = lex.TITLES | lex.OFFICES
_OFFICE_WORDS = lex.words("house senate state city county district federal") | {"pac"}
_DUTIES = lex.words("state defense defence staff justice health education energy labor labour commerce")
_MEMBERS = lex.words(
    "members leaders critics supporters opponents residents voters officials"
)  # "Members of Our Revolution"
_NO_NAMES = lex.BODY_WORDS | lex.words(
    "chamber guild academy conservatory symphony diocese archdiocese borough port museum library orchestra school faculty order"
)
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


def grammatical(word: str) -> bool:
    """Whether a word only begins sentences with a capital: "The", "I’m"."""
    return word.casefold().replace("’", "'") in lex.FUNCTION_WORDS


def capital(word: str) -> bool:
    return word[:1].isupper() or (word[:3].lower() in ("al-", "an-", "el-") and word[3:4].isupper())


def run_end(source: str, words: Sequence[Token], i: int) -> int:
    """Index of the last word of the run of capitalised words that begins at i."""
    last = i
    j = i + 1
    while j < len(words) and j - i < 12:
        gap = source[words[last][1] : words[j][0]]
        if words[last][2].endswith(("’s", "'s")) and not _office_of(words, last):
            break
        if capital(words[j][2]) and (
            gap in (" ", "\u00a0", " &", " & ")
            or (gap in ("’ ", "' ") and words[last][2].endswith("s") and plain(words[j][2]) in lex.BODY_WORDS)
            or (gap == ". " and len(words[last][2]) <= 4 and _abbreviated(words[last][2]))
        ):
            last = j
            j += 1
        elif _has_purpose(words, last, j) and j + 2 < len(words) and source[words[j][1] : words[j + 2][0]] == " the ":
            if not capital(words[j + 2][2]):
                break
            last = j + 2  # "the Ministry for the Sea"
            j += 3
        elif (
            (
                (
                    words[j][2] in lex.JOIN
                    and words[j][2] not in ("and", "at", "in", "on", "for")
                    and (last > i or plain(words[i][2]) not in _MEMBERS)
                )
                or _has_purpose(words, last, j)
            )
            and gap in (" ", "\u00a0")
            and j + 1 < len(words)
            and capital(words[j + 1][2])
            and source[words[j][1] : words[j + 1][0]] in (" ", "\u00a0")
        ):
            last = j + 1
            j += 2
        else:
            break
    return last


def _has_purpose(words: Sequence[Token], last: int, j: int) -> bool:
    """Whether the preposition at j goes on with the body's name that ends at `last`."""
    return (
        plain(words[last][2]) in _WITH_PURPOSE.get(words[j][2], ())
        and j + 1 < len(words)
        and plain(words[j + 1][2]) not in lex.DATE_WORDS
    )


def _abbreviated(word: str) -> bool:
    return (
        word.rstrip(".").casefold() in lex.TITLES
        or INITIALS.fullmatch(word) is not None
        or word.casefold() in {"st", "jr", "sr"}
    )


def names_in(run: Sequence[Token], borne: frozenset[int] = frozenset()) -> Iterable[list[Token]]:
    """A run of capitalised words cut after possessives, without what is no name at its ends."""
    if (cut := _person_of(run)) is not None:
        yield from names_in(run[:cut], borne)
        yield from names_in(run[cut + 1 :], borne)
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
                    grammatical(piece[0][2])
                    or piece[0][2] in lex.JOIN
                    or _PARTY.match(piece[0][2])
                    or (
                        plain(piece[0][2]) in lex.DATE_WORDS and piece[1:] and piece[1][2] == "the"
                    )  # "On Monday the Army"
                )
            ):
                piece = piece[1:]
            while (
                piece
                and piece[-1][0] not in borne
                and (
                    piece[-1][2] in lex.JOIN
                    or _PARTY.match(piece[-1][2])
                    or (
                        len(piece) > 1
                        and plain(piece[-1][2]) in _TRAILING
                        and not any(
                            t[2] in lex.SOFT_JOIN | _WITH_PURPOSE.keys() for t in piece
                        )  # "Ministry of Justice"
                    )
                )
            ):
                piece = piece[:-1]
            if piece and any(capital(t[2]) for t in piece) and (piece[-1][0] in borne or not _common(piece)):
                yield piece
            piece = []


def _person_of(run: Sequence[Token]) -> int | None:
    """Where "of" stands behind a person's name: "Nina Holt of Credit Tarn" is no body's."""
    at = next((i for i, token in enumerate(run) if token[2] == "of"), 0)
    name = [plain(t[2]) for t in run[:at]]
    bare = next((i for i, word in enumerate(name) if word not in lex.TITLES), len(name))
    titled = bare < len(name) and bool(lex.PERSONAL & set(name[:bare]))
    named = 1 < len(name) - bare <= 4 and name[bare] in lex.FIRST_NAMES
    return at if (titled or named) and not _NO_NAMES & set(name) else None


def _office_of(tokens: Sequence[Token], i: int) -> bool:
    """Whether the possessive at i is part of a body's name: "Prime Minister's Office", "King's College"."""
    after = tokens[i + 1][2] if i + 1 < len(tokens) else ""
    return capital(after) and plain(after) in lex.BODY_WORDS and plain(tokens[i][2]) in _OFFICE_TITLES


def _names_somebody(tokens: Sequence[Token], i: int) -> bool:
    """Whether the title at i is followed by a person's name and nothing else."""
    if plain(tokens[i][2]) not in lex.TITLES:
        return False
    rest = [plain(t[2]) for t in tokens[i + 1 :] if t[2]]
    return 1 < len(rest) <= 3 and not any(w in lex.BODY_WORDS or w in lex.SOFT_JOIN for w in rest)


def _common(piece: Sequence[Token]) -> bool:
    """Whether words are no name in spite of their capitals: "Monday", "Americans", "Prime Minister", "House Speaker"."""
    bare = [plain(t[2]) for t in piece]
    if all(w in _DATES_AND_NATIONS or w.removesuffix("s") in lex.NATIONS for w in bare):
        return True
    if " ".join(bare) in _KINDS_OF_THING or _office(bare):  # "Secretary of State"
        return True
    if len(bare) > 1 and bare[-1] in HOLDERS and not _OFFICE_WORDS.isdisjoint(bare):
        return all(w in _OFFICE_WORDS or w in HOLDERS or w in lex.NATIONS for w in bare)
    return all(
        w in lex.TITLES or w in lex.GROUP_NOUNS or len(w) < 2 or t[2] in LETTERS
        for t, w in zip(piece, bare, strict=True)
    )


def _office(bare: list[str]) -> bool:
    """Whether words name an office: "Secretary of State"."""
    at = bare.index("of") if "of" in bare else 0
    return at > 0 and bare[-1] in _DUTIES and all(word in lex.TITLES for word in bare[:at])
