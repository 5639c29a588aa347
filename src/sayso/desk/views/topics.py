"""Topics: what the desk watches, by which words, and what each finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sayso.desk import directory, topic_edits
from sayso.desk.topics import Topic
from sayso.desk.views._shared import Content, Missing, actor_name, statement_contents
from sayso.desk.views.directory import OTHERS
from sayso.desk.views.lines import lines
from sayso.store.browse import Browse

if TYPE_CHECKING:
    from sayso.desk.desk import Desk


def topics(desk: Desk) -> Content:
    """Every topic of the desk, with its lines counted."""
    actors: dict[str, set[str]] = {}
    for speaker, key in Browse(desk.store).lines():
        actors.setdefault(key, set()).update(desk.actors.wholes(speaker))
    statements = Browse(desk.store).on_topics()
    return {
        "topics": [
            {
                **_plain(desk, topic),
                "lines": len(actors.get(topic.id, ())),
                "statements": statements.get(topic.id, 0),
            }
            for topic in desk.topics
        ],
        "edits": directory.history(desk, "topics"),
    }


def topic(desk: Desk, key: str) -> Content:
    """One topic: its query, its lines, and what it finds in the newest documents as it stands now."""
    found = _found(desk, key)
    asked = ("trial", topic_edits.version(found), desk.actors_version)
    tried = desk.store.kept.get(asked, lambda: topic_edits.trial(desk, found))
    return {
        **_plain(desk, found),
        "lines": [each for each in lines(desk)["lines"] if each["topic"] == key],
        "trial": {
            "documents": tried.documents,
            "statements": tried.statements,
            "found": tried.found,
            "examples": statement_contents(desk, desk.store.statements.load(list(tried.examples))),
        },
    }


def topic_form(desk: Desk, key: str) -> Content:
    """A topic as a form; "" for a new one."""
    found = _found(desk, key) if key else None
    return {
        "new": found is None,
        "topic": _plain(desk, found) if found else blank(),
        "version": topic_edits.version(found) if found else "",
        "choices": _choices(desk, found),
    }


def blank() -> Content:
    """A topic with nothing in it, as a form shows it."""
    return {
        **{"id": "", "name": "", "description": "", "query": "", "within": "paragraph"},
        **{"words": [], "all": [], "none": [], "actors": []},
    }


def _found(desk: Desk, key: str) -> Topic:
    found = next((each for each in desk.topics if each.id == key), None)
    if found is None:
        raise Missing(f"there is no topic {key}")
    return found


def _choices(desk: Desk, topic: Topic | None) -> list[Content]:
    """The actors that a form offers: the topic's own, also those that the desk no longer has, and the first of all others."""
    own = dict.fromkeys(topic.actors if topic else ())
    others = [each.id for each in desk.actors.actors()[:OTHERS] if each.id not in own]
    return [{"id": each, "name": actor_name(desk, each)} for each in (*own, *others)]


def _plain(desk: Desk, topic: Topic) -> Content:
    plain: dict[str, Any] = topic.model_dump(mode="json")
    return plain | {"actors": [{"id": each, "name": actor_name(desk, each)} for each in topic.actors]}
