"""The brief seen from the page: short labels, groups, notes of evidence and shares, the same for every output form.

In: a `Brief`. Out: a `View`, which answers what the forms ask: "S12" for a statement, "I3" for an item, "E4" for the
note that lists what a number rests on, the statements of a period, the items that are held and those only mentioned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sayso.brief._format import clean, depth_text, first_sentence, last_sentence, number
from sayso.brief.contents import Brief, Comparison, Item, Quoted, Retest, Section
from sayso.records import Coding

TITLES: dict[Section, str] = {
    "findings": "Findings",
    "line": "The line in time",
    "shifts": "What carries each shift",
    "quotations": "In their own words",
    "comparison": "Quotations beside their originals",
    "items": "Items",
    "counts": "What was counted and what was left out",
    "coding": "People and machine",
    "method": "Method, versions and limits",
}


@dataclass(frozen=True, slots=True)
class Note:
    """What one number in the brief rests on: labels of statements ("S3") and of items ("I2"), each an anchor."""

    label: str
    statements: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass
class View:
    """Everything about a brief that more than one form needs. Notes are numbered in the order they are asked for."""

    brief: Brief
    known_notes: dict[tuple[tuple[str, ...], tuple[str, ...]], Note] = field(default_factory=dict)

    @cached_property
    def statements(self) -> list[Quoted]:
        """All statements in the order of their dates; undated ones last."""
        far = dt.date.max
        return sorted(self.brief.statements, key=lambda s: (s.date.start if s.date else far, s.item, s.start, s.id))

    @cached_property
    def statement_labels(self) -> dict[str, str]:
        return {statement.id: f"S{place}" for place, statement in enumerate(self.statements, 1)}

    @cached_property
    def by_id(self) -> dict[str, Quoted]:
        return {statement.id: statement for statement in self.brief.statements}

    @cached_property
    def items(self) -> list[Item]:
        """Originals in the order of their dates, each followed by its copies; items only mentioned come last."""
        far = dt.date.max
        ordered = sorted(self.brief.items, key=lambda i: (not i.held, i.date.start if i.date else far, i.title, i.id))
        known = {item.id for item in ordered}
        copies: dict[str, list[Item]] = {}
        for item in ordered:
            if item.copy_of in known and item.copy_of != item.id:
                copies.setdefault(item.copy_of or "", []).append(item)
        placed: list[Item] = []
        for item in ordered:
            if item.copy_of not in known or item.copy_of == item.id:
                placed += [item, *copies.get(item.id, ())]
        there = {item.id for item in placed}
        return placed + [item for item in ordered if item.id not in there]

    @cached_property
    def item_labels(self) -> dict[str, str]:
        return {item.id: f"I{place}" for place, item in enumerate(self.items, 1)}

    @cached_property
    def item_by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.brief.items}

    @cached_property
    def held(self) -> list[Item]:
        return [item for item in self.items if item.held]

    @cached_property
    def mentioned(self) -> list[Item]:
        return [item for item in self.items if not item.held]

    @cached_property
    def originals(self) -> list[Item]:
        """Held items without the copies: what counts once."""
        return [item for item in self.held if item.copy_of not in self.item_by_id]

    @cached_property
    def on_line(self) -> list[Item]:
        """The held items from which the line's statements come."""
        carrying = {statement.item for statement in self.brief.statements}
        return [item for item in self.held if item.id in carrying]

    @cached_property
    def first_hand(self) -> list[Quoted]:
        return [statement for statement in self.statements if statement.depth == 0]

    @cached_property
    def depths(self) -> list[tuple[int, list[str]]]:
        """Depth and the statements that have it, nearest first."""
        groups: dict[int, list[str]] = {}
        for statement in self.statements:
            groups.setdefault(statement.depth, []).append(statement.id)
        return sorted(groups.items())

    @cached_property
    def outlets(self) -> list[tuple[str, list[str]]]:
        """Outlet and its statements on the line, the one with most first."""
        groups: dict[str, list[str]] = {}
        for statement in self.statements:
            item = self.item_by_id.get(statement.item)
            if item is not None:
                groups.setdefault(item.outlet or "outlet not known", []).append(statement.id)
        return sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))

    @cached_property
    def quoted(self) -> list[tuple[str, list[Quoted]]]:
        """The quotations to be set, under a heading each: the chosen ones, else the typical ones of each shift."""
        if self.brief.quoted:
            return [("", [self.by_id[i] for i in self.brief.quoted if i in self.by_id])]
        groups: list[tuple[str, list[Quoted]]] = []
        seen: set[str] = set()
        for turn in self.brief.turns:
            for side, ids in (("Before", turn.typical_before), ("After", turn.typical_after)):
                fresh = [self.by_id[i] for i in ids if i in self.by_id and i not in seen]
                seen.update(statement.id for statement in fresh)
                if fresh:
                    groups.append((f"{side} {turn.shift.date.day} {turn.shift.date:%B %Y}", fresh))
        return groups

    @cached_property
    def members(self) -> list[tuple[str, ...]]:
        """The statements of each period as the desk gives them; without that no number of a period leads anywhere."""
        return list(self.brief.members) or [() for _ in self.brief.periods]

    @cached_property
    def codes(self) -> list[str]:
        """The codes that occur, in the order of their weight over all periods."""
        weight: dict[str, float] = {}
        for period in self.brief.periods:
            for code, share in period.codes.items():
                weight[code] = weight.get(code, 0.0) + share * period.statements
        for statement in self.brief.statements:
            winner = self.winning(statement)
            if winner is not None:
                weight.setdefault(winner.code, 0.0)
        return [code for code, _ in sorted(weight.items(), key=lambda pair: (-pair[1], pair[0]))]

    def winning(self, statement: Quoted) -> Coding | None:
        """The coding that counts: a person's before any machine's, then the surest."""
        codings = [coding for coding in statement.codes if coding.family == self.brief.family and not coding.unsure]
        return min(codings, key=lambda c: (c.coder.startswith("model:"), -c.probability, c.code), default=None)

    def coded(self, ids: Iterable[str], code: str) -> tuple[str, ...]:
        """Those of the statements whose winning code is `code`."""
        found = []
        for statement_id in ids:
            statement = self.by_id.get(statement_id)
            winner = self.winning(statement) if statement else None
            if winner is not None and winner.code == code:
                found.append(statement_id)
        return tuple(found)

    def note(self, statements: Sequence[str] = (), items: Sequence[str] = ()) -> Note | None:
        """The note for a number that rests on these statements and items (desk ids); the same evidence, the same note.

        None where nothing of it is in the brief: then the number has nothing to lead to.
        """
        s = tuple(sorted({self.statement_labels[i] for i in statements if i in self.statement_labels}, key=_place))
        i = tuple(sorted({self.item_labels[i] for i in items if i in self.item_labels}, key=_place))
        if not s and not i:
            return None
        if (s, i) not in self.known_notes:
            self.known_notes[s, i] = Note(f"E{len(self.known_notes) + 1}", s, i)
        return self.known_notes[s, i]

    @property
    def notes(self) -> list[Note]:
        """The notes asked for so far, in the order of their numbers."""
        return list(self.known_notes.values())

    def without(self, test: Retest) -> str:
        """What a re-test left out, by name: an item's title, a depth in words."""
        item = self.item_by_id.get(test.without) if test.kind == "item" else None
        if item is not None:
            return item.title or item.id
        if test.kind == "depth" and test.without.isdigit():
            depth = int(test.without)
            return f"{depth_text(depth)} statements" if depth == 0 else f"statements {depth_text(depth)}"
        return test.without

    def sentence(self, statement: Quoted) -> tuple[str, str]:
        """What stands before and after the statement's words in their sentence, so that a clause can be read."""
        return last_sentence(clean(statement.before)), first_sentence(clean(statement.after))

    def left_out(self, test: Retest) -> tuple[str, ...]:
        """The statements that a re-test left out: those it names, else those that bear its mark."""
        if test.statements:
            return test.statements
        return tuple(statement.id for statement in self.statements if test.without in self._marks(statement)[test.kind])

    def _marks(self, statement: Quoted) -> dict[str, tuple[str, ...]]:
        item = self.item_by_id.get(statement.item)
        return {
            "outlet": (item.outlet,) if item else (),
            "reporter": (statement.chain[-2].name,) if statement.depth > 1 and len(statement.chain) > 1 else (),
            "depth": (str(statement.depth),),
            "item": (statement.item,),
        }

    @cached_property
    def machine_coded(self) -> tuple[str, ...]:
        return tuple(s.id for s in self.statements if (w := self.winning(s)) and w.coder.startswith("model:"))

    @cached_property
    def human_coded(self) -> tuple[str, ...]:
        return tuple(s.id for s in self.statements if (w := self.winning(s)) and not w.coder.startswith("model:"))

    @cached_property
    def captures(self) -> list[Item]:
        """Held items whose bytes are named by a hash, in the order of the items' table."""
        return [item for item in self.held if item.sha256]

    @cached_property
    def compared(self) -> dict[str, Comparison]:
        return {comparison.statement: comparison for comparison in self.brief.comparisons}

    def sections(self) -> list[tuple[Section, str]]:
        """The sections that have something to say, in the brief's order, with their titles."""
        brief = self.brief
        filled: dict[Section, bool] = {
            "findings": True,
            "line": bool(brief.periods or brief.chart),
            "shifts": bool(brief.turns),
            "quotations": bool(self.quoted),
            "comparison": bool(brief.comparisons),
            "items": bool(brief.items),
            "counts": bool(brief.counts),
            "coding": bool(brief.statements),
            "method": True,
        }
        remarked = {remark.section for remark in brief.remarks}
        return [(name, TITLES[name]) for name in brief.sections if filled[name] or name in remarked]

    @property
    def title(self) -> str:
        return self.brief.title or f"{self.brief.actor.name} on {self.brief.topic}"

    def summary(self) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
        """The four key figures of the cover: figure, what it counts, its statements and its items."""
        everything = tuple(s.id for s in self.statements)
        first = tuple(s.id for s in self.first_hand)
        return [
            (f"{len(self.statements):,}", number(len(self.statements), "statement").split(" ", 1)[1], everything, ()),
            (f"{len(self.originals):,}", "items held, copies once", (), tuple(i.id for i in self.originals)),
            (f"{len(self.mentioned):,}", "items only mentioned", (), tuple(i.id for i in self.mentioned)),
            (f"{len(first):,}", "first-hand statements", first, ()),
        ]


def _place(label: str) -> int:
    return int(label[1:])
