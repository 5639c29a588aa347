"""Topics: what the desk watches, and editing it; a topic's page shows at once what its words find."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field

from sayso.desk import Desk, topic_edits, views
from sayso.errors import SaysoError
from sayso.web import _address
from sayso.web._forms import Again, Asked, Done, action
from sayso.web._people import TheUser
from sayso.web._render import Content, page
from sayso.web.pages._desk import TheDesk

router = APIRouter()
Id = Annotated[str, Field(max_length=64)]
Terms = Annotated[str, Field(max_length=20_000)]


class TopicForm(Asked):
    """A topic; `words`, `all` and `none` one a line."""

    id: Id = ""
    name: Annotated[str, Field(max_length=200)]
    description: Annotated[str, Field(max_length=4000)] = ""
    words: Terms = ""
    all: Terms = ""
    none: Terms = ""
    actors: Annotated[list[Id], Field(max_length=200, default_factory=list)]
    query: Annotated[str, Field(max_length=4000)] = ""
    within: Literal["statement", "paragraph", "document"] = "paragraph"
    seen: Annotated[str, Field(max_length=24)] = ""

    def fields(self, key: str) -> dict[str, Any]:
        """The topic's fields as they are kept."""
        plain = self.model_dump(exclude={"seen"})
        terms = {name: topic_edits.terms_of(plain[name]) for name in ("words", "all", "none")}
        return {**plain, **terms, "id": key, "actors": [each for each in self.actors if each]}


class Nothing(Asked):
    """Nothing is asked beside the address."""


def _kept(desk: Desk, user: TheUser, key: str, asked: TopicForm) -> Done | Again:
    """The topic's page where it could be kept, else the form once more with what was typed."""
    fields = asked.fields(key or asked.id)
    try:
        topic = topic_edits.put_topic(desk, user, fields, seen=asked.seen, new=not key)
    except SaysoError as error:
        typed = {**fields, "actors": [{"id": each, "name": each} for each in fields["actors"]]}
        return Again("topic_edit.html", views.topic_form(desk, key) | {"topic": typed}, {"": str(error)})
    return Done(_address.to("topics", topic.id), {"topic": topic.id})


@page(router, "/topics", "topics.html")
def topics(desk: TheDesk) -> Content:
    """What the desk watches: each topic with its words, lines and statements."""
    return views.topics(desk)


@page(router, "/topics/{key}", "topic.html")
def topic(desk: TheDesk, key: str) -> Content:
    """One topic: its query, its lines, and what it finds in the newest documents as it stands now."""
    return views.topic(desk, key)


@page(router, "/new/topic", "topic_edit.html", role="editor")
def new_topic(desk: TheDesk) -> Content:
    """An empty form for a topic."""
    return views.topic_form(desk, "") | {"errors": {}}


@action(router, "/new/topic", role="editor")
def add_topic(desk: TheDesk, user: TheUser, asked: TopicForm) -> Done | Again:
    """Add a topic."""
    return _kept(desk, user, "", asked)


@page(router, "/topics/{key}/edit", "topic_edit.html", role="editor")
def edit_topic_page(desk: TheDesk, key: str) -> Content:
    """A topic as a form."""
    return views.topic_form(desk, key) | {"errors": {}}


@action(router, "/topics/{key}/edit", role="editor")
def edit_topic(desk: TheDesk, user: TheUser, key: str, asked: TopicForm) -> Done | Again:
    """Change a topic; statements follow at the next run."""
    views.topic_form(desk, key)
    return _kept(desk, user, key, asked)


@action(router, "/topics/{key}/remove", role="editor")
def remove_topic(desk: TheDesk, user: TheUser, key: str, asked: Nothing) -> Done | Again:
    """Watch a topic no longer; what people judged of it stays."""
    views.topic_form(desk, key)
    topic_edits.remove_topic(desk, user, key)
    return Done("/topics", {"removed": key})


@action(router, "/topics-undo", role="editor")
def undo_topics(desk: TheDesk, user: TheUser, asked: Nothing) -> Done | Again:
    """Take the last edit of the topics back."""
    return Done("/topics", {"undone": topic_edits.undo_topic(desk, user)})
