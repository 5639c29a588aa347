"""The JSON of topics."""

from __future__ import annotations

from typing_extensions import TypedDict

from sayso.web._shapes._common import Named, Statement
from sayso.web._shapes._lines import LineRow


class TopicRecord(TypedDict):
    """A topic as it is kept; all that is given must hold."""

    id: str
    name: str
    description: str
    words: list[str]
    all: list[str]
    none: list[str]
    actors: list[Named]
    query: str
    within: str


class TopicRow(TopicRecord):
    """A topic in the list; `statements` and `lines` as the last run found them."""

    statements: int
    lines: int


class TopicsPage(TypedDict):
    """What the desk watches."""

    topics: list[TopicRow]
    edits: list[str]


class Trial(TypedDict):
    """What a topic finds in the newest documents as it stands now."""

    documents: int
    statements: int
    found: int
    examples: list[Statement]


class TopicPage(TopicRecord):
    """One topic."""

    lines: list[LineRow]
    trial: Trial


class TopicForm(TypedDict):
    """A topic as a form; `version` goes back as `seen`."""

    new: bool
    topic: TopicRecord
    version: str
    choices: list[Named]
