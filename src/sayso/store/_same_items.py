"""What people say of items: two mentions are of one item, or one that was joined stands for itself.

Kept with what the person saw, and put on again whenever the desk's joins are made anew; all can be undone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update

from sayso.store._part import Part
from sayso.store._progress import JOIN, TRACK, now
from sayso.store.schema import items, same_items


@dataclass(frozen=True, slots=True)
class Decision:
    """`item` is a mention of `other`; without `other` it stands for itself. `seen`: their titles and
    media as they were, and from which item a mention was split off."""

    item: str
    other: str | None
    person: str = ""
    seen: Mapping[str, str] = field(default_factory=dict, hash=False)
    id: str = ""
    made_at: Any = None
    undone_at: Any = None


class SameItems(Part):
    """The table `same_items`, and its effect on `items.joined`."""

    def decide(self, decision: Decision) -> str:
        """Keep a decision and put it on; gives its id."""
        key = uuid.uuid4().hex[:24]
        with self.store.transaction() as connection:
            before, held = self.joined()
            after = decided(before, held, [decision])
            changed = {each: before.get(each) for each in {*before, *after} if before.get(each) != after.get(each)}
            connection.execute(
                insert(same_items).values(
                    id=key,
                    item=decision.item,
                    other=decision.other,
                    before=changed,
                    after={each: after.get(each) for each in changed},
                    seen=dict(decision.seen),
                    person=decision.person,
                    made_at=now(),
                )
            )
            self._put({each: after.get(each) for each in changed})
        return key

    def take_back(self, key: str) -> Decision | None:
        """Undo a decision; None where nobody made it or it is undone already. What has changed since stays."""
        with self.store.transaction() as connection:
            query = select(same_items).where(same_items.c.id == key, same_items.c.undone_at.is_(None))
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            connection.execute(update(same_items).where(same_items.c.id == key).values(undone_at=now()))
            there, _ = self.joined()
            back = {each: old for each, old in row["before"].items() if there.get(each) == row["after"][each]}
            self._put(back)
        return _decision(row)

    def decisions(self, *, undone: bool = False) -> list[Decision]:
        """Those that hold, or all, oldest first."""
        query = select(same_items).order_by(same_items.c.made_at, same_items.c.id)
        if not undone:
            query = query.where(same_items.c.undone_at.is_(None))
        with self.store.reading() as connection:
            return [_decision(row) for row in connection.execute(query).mappings()]

    def joined(self) -> tuple[dict[str, str], dict[str, bool]]:
        """Item -> the item that it is a mention of; and of every item whether it is held."""
        with self.store.reading() as connection:
            rows = connection.execute(select(items.c.id, items.c.joined, items.c.held)).all()
        return {row.id: row.joined for row in rows if row.joined}, {row.id: bool(row.held) for row in rows}

    def _put(self, joined: Mapping[str, str | None]) -> None:
        with self.store.transaction() as connection:
            for item, other in joined.items():
                connection.execute(update(items).where(items.c.id == item).values(joined=other))
        self.store.progress.changed(JOIN)
        self.store.progress.changed(TRACK)


def decided(joined: Mapping[str, str], held: Mapping[str, bool], decisions: Iterable[Decision]) -> dict[str, str]:
    """Joins with people's decisions put on, in their order. What names an item that is no more has no effect.

    `held` has every item there is. A held item always heads its group; two held ones are never one.
    """
    out = dict(joined)
    for each in decisions:
        if each.item not in held or (each.other is not None and each.other not in held):
            continue
        if each.other is None:
            _part(out, each.item)
        else:
            _join(out, held, each.item, each.other)
    return out


def _join(out: dict[str, str], held: Mapping[str, bool], item: str, other: str) -> None:
    head, mine = out.get(other, other), out.get(item, item)
    if held.get(mine):
        head, mine = mine, head
    if head == mine or held.get(mine):
        return
    for each in [mine, *(key for key, of in out.items() if of == mine)]:
        out[each] = head


def _part(out: dict[str, str], item: str) -> None:
    if out.pop(item, None) is not None:
        return
    rest = sorted(key for key, of in out.items() if of == item)
    for each in rest:
        out[each] = rest[0]
    if rest:
        del out[rest[0]]


def _decision(row: Mapping[Any, Any]) -> Decision:
    return Decision(row["item"], row["other"], row["person"], row["seen"], row["id"], row["made_at"], row["undone_at"])
