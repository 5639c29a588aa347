"""People at work: one statement after the other, one key a code. What to code comes in, codings go out as they are
made.

Knows nothing of screens: the terminal and the web page both drive a `Review`. A second coder sees neither the first
one's codes nor the model's. Where people differ, an adjudicator decides, and the coding says who and over whom.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from sayso.code.codebook import Family
from sayso.code.queue import Why
from sayso.records import Coding

KEYS = "abcdefghijklmnopqrstuvwxyz1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ADJUDICATOR = "adjudicator:"


@dataclass(frozen=True, slots=True)
class Card:
    """What a coder is shown. `others` (people's codes) and `model` are empty for a blind coder."""

    statement: str
    text: str
    speaker: str = ""
    target: str = ""
    context: str = ""
    where: str = ""  # page and date
    why: Why | str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    model: Mapping[str, float] = field(default_factory=dict)

    def blind(self) -> Card:
        """Without what others and the model say, nor that it was chosen because they differ or are unsure."""
        telling = self.why in ("uncertain", "disagreement")
        return replace(self, others={}, model={}, why="" if telling else self.why)


@dataclass
class _Step:
    card: Card
    codings: tuple[Coding, ...]  # empty: skipped
    keys: tuple[str, ...]  # what `save` gave for them
    memo: str = ""


class Review:
    """A sitting of one coder over `cards` of one family.

    `save` keeps a coding and gives a key for it, `undo_saved` takes it back by that key; both are called at once, so
    that nothing is lost when the sitting ends in whatever way. In a family of multiple codes `choose` takes several.
    """

    def __init__(
        self,
        family: Family,
        cards: Iterable[Card],
        coder: str,
        *,
        save: Callable[[Coding], str],
        undo_saved: Callable[[str], None],
        blind: bool = True,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self.family, self.coder = family, coder
        self._waiting = [card.blind() if blind else card for card in cards]
        self._save, self._undo_saved, self._clock = save, undo_saved, clock
        self._done: list[_Step] = []
        self._memo = ""

    @property
    def current(self) -> Card | None:
        """The statement to code now; None at the end."""
        return self._waiting[0] if self._waiting else None

    @property
    def coded(self) -> int:
        return sum(bool(step.codings) for step in self._done)

    @property
    def left(self) -> int:
        return len(self._waiting)

    @property
    def memo(self) -> str:
        """The note that goes with the next coding."""
        return self._memo

    def note(self, text: str) -> None:
        self._memo = text.strip()

    def choose(self, *codes: str) -> list[Coding]:
        """Code the current statement and go on; a ruling's memo records what each coder had said.

        Raises `ValueError` for a code that the family does not have, for several codes in an exclusive family, and at the
        end of the queue.
        """
        card = self.current
        if card is None:
            raise ValueError("nothing is left to code")
        unknown = [code for code in codes if code not in self.family.names]
        if unknown or not codes:
            raise ValueError(f"family {self.family.name!r} has no code {unknown[0]!r}" if unknown else "no code chosen")
        if len(codes) > 1 and not self.family.multiple:
            raise ValueError(f"family {self.family.name!r} allows one code a statement")
        record = _said(card.others) if self.coder.startswith(ADJUDICATOR) else ""
        made = [
            Coding(
                statement=card.statement,
                family=self.family.name,
                code=code,
                coder=self.coder,
                codebook_version=self.family.version,
                coded_at=self._clock(),
                memo=self._memo if not record else f"[{record}] {self._memo}".strip(),
            )
            for code in dict.fromkeys(codes)
        ]
        keys = tuple(self._save(coding) for coding in made)
        self._done.append(_Step(self._waiting.pop(0), tuple(made), keys, self._memo))
        self._memo = ""
        return made

    def skip(self) -> None:
        """Leave the current statement uncoded."""
        if self._waiting:
            self._done.append(_Step(self._waiting.pop(0), (), ()))
            self._memo = ""

    def undo(self) -> Card | None:
        """Take back the last coding or skip and stand before that statement again; None if there is none."""
        if not self._done:
            return None
        step = self._done.pop()
        for key in step.keys:
            self._undo_saved(key)
        self._waiting.insert(0, step.card)
        self._memo = step.memo
        return step.card


def keys_of(family: Family) -> dict[str, str]:
    """One key a code: its first letter where it is free, else another of its letters, else any.

    Raises `ValueError` for a family with more codes than there are keys.
    """
    if len(family.codes) > len(KEYS):
        raise ValueError(f"family {family.name!r} has {len(family.codes)} codes; review has keys for {len(KEYS)}")
    keys: dict[str, str] = {}
    late: list[str] = []
    for name in family.names:  # first letters first, so that a code late in the list can have its own
        key = name[0].lower()
        if key in KEYS and key not in keys:
            keys[key] = name
        else:
            late.append(name)
    for name in late:
        key = next(k for k in (*name.lower(), *KEYS) if k in KEYS and k not in keys)
        keys[key] = name
    return {key: code for code in family.names for key, c in keys.items() if c == code}


def typed_of(family: Family) -> dict[str, str]:
    """What is typed for a code: its key, or in families with more codes than keys as many letters as it takes for each
    ("aa", "ab" … in the order of the codebook), none of which begins another.
    """
    if len(family.codes) <= len(KEYS):
        return keys_of(family)
    letters, length = KEYS[:26], 2
    while len(letters) ** length < len(family.codes):
        length += 1
    return dict(zip(map("".join, product(letters, repeat=length)), family.names, strict=False))


def disputed(codings: Iterable[Coding], family: Family) -> dict[str, dict[str, str]]:
    """Statements on which people differ and nobody has adjudicated: their codes by coder."""
    by: dict[str, dict[str, list[str]]] = {}
    ruled = set()
    for coding in codings:
        if coding.family != family.name or is_model(coding.coder):
            continue
        if coding.coder.startswith(ADJUDICATOR):
            ruled.add(coding.statement)
        by.setdefault(coding.statement, {}).setdefault(coding.coder, []).append(coding.code)
    joined = {s: {c: " + ".join(sorted(v)) for c, v in given.items()} for s, given in by.items() if s not in ruled}
    return {s: given for s, given in joined.items() if len(set(given.values())) > 1}


def adjudicate(
    family: Family, statement: str, code: str, by: str, over: Mapping[str, str], *, memo: str = "", at: dt.datetime
) -> Coding:
    """The coding that settles a dispute. Its memo records what each coder had said."""
    if code not in family.names:
        raise ValueError(f"family {family.name!r} has no code {code!r}")
    record = _said(over)
    return Coding(
        statement=statement,
        family=family.name,
        code=code,
        coder=f"{ADJUDICATOR}{by}",
        codebook_version=family.version,
        coded_at=at,
        memo=f"[{record}] {memo}".strip(),
    )


def _said(over: Mapping[str, str]) -> str:
    return "; ".join(f"{coder}: {said}" for coder, said in sorted(over.items()))


def settled(codings: Sequence[Coding]) -> dict[str, Coding]:
    """The coding that counts for each statement of one exclusive family.

    An adjudicator's before other people's, the code that most people gave (the latest where they are even), and a
    model's only where no person coded.
    """
    by: dict[str, list[Coding]] = {}
    for coding in codings:
        by.setdefault(coding.statement, []).append(coding)
    return {statement: _settle(given) for statement, given in by.items()}


def settled_codes(codings: Iterable[Coding], family: Family) -> dict[str, frozenset[str]]:
    """The codes that count for each statement, by the same rules; of several codes those that half of the coders gave."""
    by: dict[str, list[Coding]] = {}
    for coding in codings:
        if coding.family == family.name:
            by.setdefault(coding.statement, []).append(coding)
    if not family.multiple:
        return {statement: frozenset((_settle(given).code,)) for statement, given in by.items()}
    out = {}
    for statement, given in by.items():
        people = [c for c in given if not is_model(c.coder)]
        counted = [c for c in people if c.coder.startswith(ADJUDICATOR)] or people or given
        coders = {c.coder for c in counted}
        votes = Counter(code for code, _ in {(c.code, c.coder) for c in counted})
        out[statement] = frozenset(code for code, number in votes.items() if 2 * number >= len(coders))
    return out


def is_model(coder: str) -> bool:
    return coder.startswith("model:")


def _settle(given: Sequence[Coding]) -> Coding:
    def moment(coding: Coding) -> float:
        return coding.coded_at.timestamp() if coding.coded_at else 0.0

    ruled = [c for c in given if c.coder.startswith(ADJUDICATOR)]
    people = ruled or [c for c in given if not is_model(c.coder)]
    if not people:
        return max(given, key=lambda c: c.probability)
    latest = {c.coder: c for c in sorted(people, key=moment)}
    votes = Counter(c.code for c in latest.values())
    return max(latest.values(), key=lambda c: (votes[c.code], moment(c)))
