"""Editing what the desk watches: adding, changing and removing topics, each edit undone from the list; and trying a topic out.

In: a topic as people type it. Out: the store's topics, and what a topic finds in the newest documents. Statements follow at
the next run; what people judged of a topic stays, also of one that is removed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sayso.desk.accounts import Person, audit
from sayso.desk.directory import Changed, check_id, forget_last, free_id, history_lines, remember
from sayso.desk.topics import Topic, slip_in, topics_of
from sayso.errors import UsageError
from sayso.store.browse import Browse
from sayso.store.ids import stable_id
from sayso.yaml_lines import explain

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

NEWEST = 60  # documents that a topic is tried on …
CHARACTERS = 1_500_000  # … as long as they hold no more than this together
EXAMPLES = 8
STARS = 2  # in one word of a term that is typed in a browser


@dataclass(frozen=True, slots=True)
class Trial:
    """What a topic finds in the newest documents."""

    documents: int
    statements: int
    found: int
    examples: tuple[str, ...]  # statements' ids


def topic_of(fields: Mapping[str, Any]) -> Topic:
    """A topic of what was typed. Raises `UsageError` with what is wrong, in words."""
    if not str(fields.get("name", "")).strip():
        raise UsageError("a topic needs a name")
    try:
        topic = Topic.model_validate(dict(fields))
    except ValidationError as error:
        place = next(iter(error.errors()[0]["loc"]), "topic")
        raise UsageError(f"{place}: {explain(error)}") from None
    if wrong := slip_in(topic):
        raise UsageError(f"query: {wrong}")
    for term in (*topic.words, *topic.all, *topic.none):
        if any(word.count("*") > STARS for word in term.split()):  # each more multiplies what a search may take
            raise UsageError(f"{term!r}: a word takes at most {STARS} '*', each for any letters")
    if not (topic.words or topic.all or topic.query or topic.actors):
        raise UsageError("a topic needs something to find statements by: words, a query, or actors")
    return topic


def put_topic(desk: Desk, person: Person, fields: Mapping[str, Any], *, seen: str = "", new: bool = False) -> Topic:
    """Add a topic (`new`; without an id it gets one made of its name), or change one."""
    with desk.store.transaction():
        there = _topics(desk)
        typed = dict(fields)
        if new:
            typed["id"] = typed.get("id") or free_id(str(typed.get("name", "")), set(there))
            check_id(typed["id"])
        topic = topic_of(typed)
        old = there.get(topic.id)
        if new and old is not None:
            raise UsageError(f"there is a topic {topic.id!r} already; choose another id")
        if not new and old is None:
            raise UsageError(f"no topic has the id {topic.id!r}")
        if old is not None and seen and seen != version(old):
            raise Changed(f"{old.name} was changed by somebody else meanwhile; look again and send yours once more")
        if any(each.name.casefold() == topic.name.casefold() for each in there.values() if each.id != topic.id):
            raise UsageError(f"another topic is named {topic.name!r} already")
        unknown = [each for each in topic.actors if desk.actors.get(each) is None]
        if unknown:
            raise UsageError(f"no actor has the id {unknown[0]!r}")
        if old != topic:
            _keep(desk, person, f"{'edit' if old else 'add'} {topic.id}", old, topic)
    _forget(desk)
    return topic


def remove_topic(desk: Desk, person: Person, key: str) -> None:
    """Watch a topic no longer: its lines go at the next run."""
    with desk.store.transaction():
        old = _topics(desk).get(key)
        if old is None:
            raise UsageError(f"no topic has the id {key!r}")
        _keep(desk, person, f"remove {key}", old, None)
    _forget(desk)


def undo_topic(desk: Desk, person: Person) -> str:
    """Take the last edit back; gives what it was. Raises `UsageError` where there is none or the topic changed since."""
    with desk.store.transaction():
        lines = history_lines(desk, "topics")
        if not lines:
            raise UsageError("there is no edit to undo")
        last = json.loads(lines[-1])
        there = _topics(desk)
        now = there.get(last["id"])
        if (now.model_dump(mode="json") if now else None) != last["after"]:
            raise UsageError(f"{last['id']} changed since '{last['what']}'; it can no longer be undone")
        before = Topic.model_validate(last["before"]) if last["before"] else None
        _put(desk, there, last["id"], before, last.get("place"))
        audit(desk, person, "undo topics", last["what"])
    forget_last(desk, "topics", lines[-1])
    _forget(desk)
    return str(last["what"])


def trial(desk: Desk, topic: Topic) -> Trial:
    """What the topic finds in the newest documents, as it stands now, whatever the last run made of it."""
    documents = statements = characters = 0
    found: list[str] = []
    for row in Browse(desk.store).documents(limit=NEWEST)[1]:
        characters += row["characters"]
        if documents and characters > CHARACTERS:
            break
        document = desk.store.documents.get(row["id"])
        linked = desk.store.statements.linked(row["id"], document).statements
        documents, statements = documents + 1, statements + len(linked)
        found += [statement for statement, _ in topics_of([topic], document, linked, desk.actors)]
    return Trial(documents, statements, len(found), tuple(found[:EXAMPLES]))


def version(topic: Topic) -> str:
    """Another value whenever the topic has changed."""
    return stable_id("seen", topic.model_dump(mode="json"))


def terms_of(typed: str) -> tuple[str, ...]:
    """Words and phrases as people type them, one a line: a phrase may hold a comma."""
    return tuple(dict.fromkeys(" ".join(each.split()) for each in typed.splitlines() if each.strip()))


def _topics(desk: Desk) -> dict[str, Topic]:
    return {key: Topic.model_validate(each) for key, each in desk.store.settings.topics().items()}


def _keep(desk: Desk, person: Person, what: str, old: Topic | None, new: Topic | None) -> None:
    before, after = (each.model_dump(mode="json") if each else None for each in (old, new))
    key = (new or old).id  # type: ignore[union-attr]
    # The history first: an edit that is listed but not made can only be refused by undo, never lost.
    there = _topics(desk)
    place = list(there).index(key) if key in there else None
    remember(desk, "topics", {"what": what, "id": key, "before": before, "after": after, "place": place})
    _put(desk, there, key, new)
    audit(desk, person, f"{what.split()[0]} topic", key, {"before": before, "after": after})


def _put(desk: Desk, there: dict[str, Topic], key: str, topic: Topic | None, place: int | None = None) -> None:
    """The topics with this one in its place (a new one at `place`, by default the end), or without it."""
    kept = [topic if each.id == key else each for each in there.values()]
    if key not in there:
        kept.insert(len(kept) if place is None else place, topic)
    desk.store.settings.put_topics(
        {each.id: each.model_dump(mode="json", exclude_defaults=True) for each in kept if each}
    )


def _forget(desk: Desk) -> None:
    desk.__dict__.pop("topics", None)
