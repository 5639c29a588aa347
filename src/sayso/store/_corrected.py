"""What a document's statements are when people's corrections are put on what machines made of it.

In: the statements of one document as machines (or people, by hand) made them, and the corrections that hold, oldest first.
Out: the columns that come of it. What follows from a correction follows here too: the words of a content, the statement
that holds another one, the chain and the number of retellings of whatever is nested inside. Pure: no store.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Values = dict[str, Any]
Link = list[Any]  # name, role, actor

CORRECTABLE: Mapping[str, tuple[str, ...]] = {
    "source": ("source",),
    "cue": ("cue",),
    "content": ("content",),
    "kind": ("kind",),
    "speaker": ("speaker_name", "speaker_kind", "speaker_actor"),
    "target": ("target_name", "target_actor"),
    "via": ("via", "item_id"),
    "date": ("date_value", "date_granularity", "date_origin", "date_start", "date_end", "date_of"),
    "depth": ("depth",),
    "rejected": ("rejected",),
}
SPANS = ("source", "cue", "content")
DERIVED = ("text", "start", "end", "parent", "chain", "depth")
ALL = tuple(dict.fromkeys([*(name for columns in CORRECTABLE.values() for name in columns), *DERIVED]))
# Media in which the speaker is heard or read without anybody who retells; see `link`.
OWN_VOICE = frozenset(
    {
        "interview", "broadcast", "video", "audio", "song", "social-post", "statement", "speech", "testimony", "letter",
        "press-conference", "court-filing", "editorial", "book", "magazine", "other",
    }
)  # fmt: skip


def base_of(row: Row) -> Values:
    """A row of the table with the values from before people's corrections."""
    return {**row, **{name: typed(name, value) for name, value in row["machine"].items()}}


def corrected(
    bases: Mapping[str, Row], changes: Mapping[str, Sequence[tuple[str, Row]]], text: str, by_hand: Iterable[str] = ()
) -> dict[str, Values]:
    """The columns in `ALL` (and `machine`, `attributed_by`) of every statement of a document.

    `bases`: id -> values before corrections; `changes`: id -> (field, its columns' values), oldest first; `text`: the
    document's; `by_hand`: the ids of what people attributed.
    """
    hand = frozenset(by_hand)
    found = {key: _own(base, changes.get(key, ()), text) for key, base in bases.items()}
    for key in found:
        found[key]["parent"] = _parent(key, bases, found, key in hand)
    for key in _outer_first(found):
        _chain(key, bases, found)
        depths = [value["depth"] for field, value in changes.get(key, ()) if field == "depth"]
        if depths:
            found[key]["depth"] = depths[-1]
    for key, values in found.items():
        touched = {name for field, _ in changes.get(key, ()) for name in CORRECTABLE[field]}
        touched |= {name for name in ALL if values[name] != bases[key][name]}
        values["machine"] = {name: plain(bases[key][name]) for name in ALL if name in touched}
        values["attributed_by"] = "person" if key in hand else "corrected" if changes.get(key) else "machine"
    return found


def places(value: Iterable[Sequence[Any]]) -> list[list[int]]:
    """[[start, end], …] of spans that may carry their words."""
    return [[each[0], each[1]] for each in value]


def words_of(spans: Iterable[Sequence[int]], text: str) -> str:
    """The words of a content, as `statements.text` keeps them."""
    return " … ".join(text[start:end] for start, end, *_ in spans)


def typed(column: str, value: Any) -> Any:
    """A value as the column holds it: JSON has no dates."""
    return dt.date.fromisoformat(value) if value and column in ("date_start", "date_end") else value


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return value.isoformat() if isinstance(value, dt.date) else value


def _own(base: Row, changes: Sequence[tuple[str, Row]], text: str) -> Values:
    values = {name: base[name] for name in ALL}
    for field, value in changes:
        if field in SPANS:
            values[field] = places(value[field])
        else:
            values |= {name: typed(name, each) for name, each in value.items()}
    if values["content"] != base["content"]:
        values["text"] = words_of(values["content"], text)
        values["start"] = min(start for start, _ in values["content"])
        values["end"] = max(end for _, end in values["content"])
    return values


def _inside(inner: Row, outer: Row) -> bool:
    return all(any(a <= start and end <= b for a, b in outer["content"]) for start, end in inner["content"])


def _parent(key: str, bases: Mapping[str, Row], found: Mapping[str, Values], by_hand: bool) -> str | None:
    """The statement whose content holds this one: the machine's as far as it still does; by hand the narrowest one."""
    mine = found[key]
    if by_hand:
        size = mine["end"] - mine["start"]
        holders = [
            (each["end"] - each["start"], other)
            for other, each in found.items()
            if other != key and not each["rejected"] and each["end"] - each["start"] > size and _inside(mine, each)
        ]
        return min(holders)[1] if holders else None
    parent, steps = bases[key]["parent"], 0
    while parent in found and steps < 50:
        if not found[parent]["rejected"] and (
            # What nobody corrected stays as the machine saw it.
            (found[parent]["content"] == bases[parent]["content"] and mine["content"] == bases[key]["content"])
            or _inside(mine, found[parent])
        ):
            return str(parent)
        parent, steps = bases[parent]["parent"], steps + 1
    return None if parent in found or bases[key]["parent"] in found else bases[key]["parent"]


def _outer_first(found: Mapping[str, Values]) -> list[str]:
    depth: dict[str, int] = {}
    for key in found:
        at, steps = found[key]["parent"], 0
        while at in found and steps < 50:
            at, steps = found[at]["parent"], steps + 1
        depth[key] = steps
    return sorted(found, key=lambda key: (depth[key], key))


def _chain(key: str, bases: Mapping[str, Row], found: Mapping[str, Values]) -> None:
    """Sets the chain and depth that follow from the statement's own values and from whoever it stands in."""
    base, mine = bases[key], found[key]
    old_parent, parent = bases.get(base["parent"] or ""), found.get(mine["parent"] or "")
    own_changed = any(mine[name] != base[name] for name in (*CORRECTABLE["speaker"], "via"))
    parent_changed = base["parent"] != mine["parent"] or (
        parent is not None
        and old_parent is not None
        and (parent["chain"] != old_parent["chain"] or parent["depth"] != old_parent["depth"])
    )
    if not own_changed and not parent_changed:
        return
    prefix, own = _split(base, old_parent)
    if parent_changed:
        between = prefix[len(old_parent["chain"]) :] if old_parent and _starts(prefix, old_parent["chain"]) else []
        prefix = [*parent["chain"], *(between if base["parent"] == mine["parent"] else [])] if parent else prefix[:1]
    if own_changed:
        own = _links(mine, prefix[0][0] if prefix else "")
    if own and prefix and own[0][:2] == prefix[-1][:2]:
        own = own[1:]
    mine["chain"] = [*prefix, *own]
    depth = base["depth"] - _entry(base, old_parent) + _entry(mine, parent)
    if own_changed:
        depth += _carrier(mine) - _carrier(base)
    mine["depth"] = max(0, depth)


def _split(base: Row, parent: Row | None) -> tuple[list[Link], list[Link]]:
    """The chain up to the statement's own links, and these: outlet, item, speaker."""
    chain = [list(link) for link in base["chain"]]
    least = len(parent["chain"]) if parent and _starts(chain, parent["chain"]) else 1
    cut = len(chain)
    if cut > least and base["speaker_name"] is not None and chain[cut - 1][0] == base["speaker_name"]:
        cut -= 1
    if base["via"]:
        if cut > least and chain[cut - 1][1] == "item":
            cut -= 1
        if cut > least and chain[cut - 1][1] == "outlet" and chain[cut - 1][0] == base["via"]["outlet"]:
            cut -= 1
    return chain[:cut], chain[cut:]


def _starts(chain: Sequence[Link], with_: Sequence[Link]) -> bool:
    return [list(link) for link in chain[: len(with_)]] == [list(link) for link in with_]


def _links(row: Row, page: str) -> list[Link]:
    via, name = row["via"], row["speaker_name"]
    found: list[Link] = []
    if via:
        if via["outlet"] and via["outlet"] not in (name, page):
            found.append([via["outlet"], "outlet", None])
        if via["item"] and via["item"] not in (name, via["outlet"]):
            found.append([via["item"], "item", None])
    if name is not None:
        found.append([name, "speaker", row["speaker_actor"]])
    return found


def _entry(row: Row, parent: Row | None) -> int:
    """The retellings before the statement's own carrier: those up to whoever holds it, or one for the page."""
    if parent is not None:
        return int(parent["depth"]) + (parent["speaker_name"] is not None)
    page = row["chain"][0][2] if row["chain"] else None
    own = row["speaker_kind"] == "author" or (page is not None and row["speaker_actor"] == page)
    return 0 if own else 1


def _carrier(row: Row) -> int:
    """One retelling where the statement came through an item of somebody else that is no recording."""
    via = row["via"]
    return int(bool(via and via["outlet"] and via["outlet"] != row["speaker_name"] and via["medium"] not in OWN_VOICE))
