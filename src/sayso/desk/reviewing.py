"""People coding in the workbench: what comes next, one statement at a time; coding, undoing, ruling; and who may see what
others said of it.

In: the desk, a family (of the codebook, or a topic's), a person. Out: ids of statements in an order, kept codings. The
order is that of `code.queue`; on large desks its candidates are the first ones of the random order, so that what was drawn
at random stays a random sample of everything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sayso.code import Family as Family  # pages name it, and reach the stages through the desk alone
from sayso.code.queue import random_order
from sayso.code.review import ADJUDICATOR, adjudicate, disputed, keys_of
from sayso.desk import coding
from sayso.errors import SaysoError, SettingsError, UsageError
from sayso.records import Coding
from sayso.store._codings import Codings

if TYPE_CHECKING:
    from sayso.desk.accounts import Person
    from sayso.desk.desk import Desk
    from sayso.store import Found

SIZE = 60  # statements in a queue
TOPIC = "topic:"
LONGEST_MEMO = 4000
QUEUES = ("next", "second")


class Conflict(SaysoError):
    """Somebody else was faster; the message says who and what."""


@dataclass(frozen=True, slots=True)
class Place:
    """A statement in a queue, and why it stands there."""

    statement: str
    why: str


def family_of(desk: Desk, name: str) -> Family:
    """The family of the codebook, or that of a topic ("topic:ID": in, out). Raises `SettingsError`, `UsageError`."""
    return coding.topic_family(desk, name.removeprefix(TOPIC)) if name.startswith(TOPIC) else desk.codebook.family(name)


def keys(family: Family) -> dict[str, str]:
    """Code -> key. Families with more codes than keys have keys for none: their codes are clicked."""
    try:
        return {code: key for key, code in keys_of(family).items()}
    except (ValueError, StopIteration):
        return {}


def waiting(desk: Desk, family: Family, coder: str, kind: str = "next") -> list[Place]:
    """What the coder should code next; with `kind` "second" what others have coded, in random order, for agreement."""
    if kind not in QUEUES:
        raise UsageError(f"queue={kind!r}: choose one of {', '.join(QUEUES)}")
    if kind == "second":
        mine = {statement for statement, _ in desk.store.reviews.coded_by(coder, family.name)}
        others = {
            each.statement
            for each in desk.store.codings.human()
            if each.family == family.name and not each.coder.startswith(ADJUDICATOR)
        }
        return [Place(key, "second") for key in random_order(others - mine)[:SIZE]]
    if family.name.startswith(TOPIC):
        queued = coding.topic_upcoming(desk, family.name.removeprefix(TOPIC), coder, SIZE)
    else:
        queued = coding.upcoming(desk, family, coder, SIZE)
    return [Place(each.id, each.why) for each in queued]


def keep(
    desk: Desk, family: Family, statement: str, codes: Sequence[str], person: Person, memo: str = ""
) -> list[Coding]:
    """Keep what a person says of a statement. What they said of it before in this family is undone, and stays on record.

    Call it in the transaction that notes it. Raises `UsageError` for codes that the family does not have.
    """
    chosen = list(dict.fromkeys(codes))
    unknown = [code for code in chosen if code not in family.names]
    if unknown or not chosen:
        raise UsageError(f"family {family.name!r} has no code {unknown[0]!r}" if unknown else "choose a code")
    if len(chosen) > 1 and not family.multiple:
        raise UsageError(f"family {family.name!r} allows one code a statement")
    for earlier in desk.store.reviews.of(family.name, statement, person.name):
        desk.store.people.undo(earlier.id)
    made = [
        Coding(
            statement=statement,
            family=family.name,
            code=code,
            coder=person.name,
            codebook_version=family.version,
            coded_at=dt.datetime.now(dt.UTC),
            memo=memo.strip(),
        )
        for code in chosen
    ]
    for each in made:
        desk.store.people.code(each)
    return made


def take_back(desk: Desk, family: Family, person: Person) -> str:
    """Undo the person's last coding in the family; gives its statement, "" where there is none."""
    last = desk.store.reviews.last(family.name, person.name)
    for each in last:
        desk.store.people.undo(each.id)
    return last[0].statement if last else ""


# --- where people differ ----------------------------------------------------------------------------------------


def differences(desk: Desk, family: Family) -> dict[str, dict[str, str]]:
    """Statement -> coder -> code, where people differ and nobody has ruled."""
    return disputed(desk.store.codings.human(), family)


def disputes(desk: Desk) -> dict[str, int]:
    """Of each family, topics' too, in which people differ: on how many statements nobody has ruled."""

    def read() -> dict[str, int]:
        codings = desk.store.codings.human()
        names = dict.fromkeys(each.family for each in codings)
        found = {name: len(disputed(codings, family)) for name in names if (family := _known(desk, name))}
        return {name: number for name, number in found.items() if number}

    return desk.store.kept.get(f"disputes {desk.codebook.version} {desk.topics_version}", read)


def _known(desk: Desk, name: str) -> Family | None:
    try:
        return family_of(desk, name)
    except (SettingsError, UsageError):  # a family that is no more
        return None


def rule(
    desk: Desk, family: Family, statement: str, code: str, person: Person, seen: Mapping[str, str], memo: str = ""
) -> Coding:
    """Decide where people differ; the ruling's memo records what each of them had said.

    `seen` is what the adjudicator was shown. Raises `Conflict` where it is no longer so: somebody ruled, or coded anew.
    """
    open_one = disputed(desk.store.codings.human([statement]), family).get(statement)
    if open_one is None:
        ruled = [e for e in desk.store.reviews.of(family.name, statement) if e.coder.startswith(ADJUDICATOR)]
        by = (
            f"{ruled[-1].coder.removeprefix(ADJUDICATOR)} ruled “{ruled[-1].code}”" if ruled else "its coders now agree"
        )
        raise Conflict(f"this statement is no longer disputed: {by}")
    if dict(seen) != open_one:
        raise Conflict("somebody has coded this statement anew since you opened the page; look again")
    if code not in family.names:
        raise UsageError(f"family {family.name!r} has no code {code!r}")
    made = adjudicate(family, statement, code, person.name, open_one, memo=memo, at=dt.datetime.now(dt.UTC))
    desk.store.people.code(made)
    return made


# --- who sees what ----------------------------------------------------------------------------------------------


def blind_desk(desk: Desk) -> bool:
    """Whether coders see what others said of a statement only after they have coded it themselves. So unless an editor
    opens it.
    """
    return desk.store.reviews.preference("", "coders see") != "all"


def is_blind(desk: Desk, person: Person) -> bool:
    """Whether this person codes blind: coders do. Editors rule where coders differ, so they see everything."""
    return person.role == "coder" and blind_desk(desk)


def sees_model(desk: Desk, person: Person) -> bool:
    """Whether this person wants the model's proposal before they decide; hidden unless they say so."""
    return desk.store.reviews.preference(person.name, "proposal") == "shown"


def nearest(desk: Desk, found: Found, family: Family, coder: str, size: int = 3) -> list[tuple[Found, str]]:
    """The coder's own earlier codings, and rulings, that are nearest to a statement: (statement, code), the nearest first.

    Of other people's codings none is shown, so that nobody's code depends on another's.
    """
    vector = desk.store.analyses.vectors([found.statement.id]).get(found.statement.id)
    if not vector:
        return []
    known: dict[str, str] = {}
    for each in _human(desk.store.codings, family):
        if each.coder == coder or each.coder.startswith(ADJUDICATOR):
            known[each.statement] = each.code
    known.pop(found.statement.id, None)
    latest = list(known)[-2000:]
    near: list[tuple[float, str]] = []
    for start in range(0, len(latest), 500):
        for key, other in desk.store.analyses.vectors(latest[start : start + 500]).items():
            if len(other) == len(vector):
                near.append((-sum(a * b for a, b in zip(vector, other, strict=True)), key))
    best = [key for _, key in sorted(near)[:size]]
    return [(other, known[other.statement.id]) for other in desk.store.statements.load(best)]


def _human(codings: Codings, family: Family) -> list[Coding]:
    return [each for each in codings.human() if each.family == family.name]
