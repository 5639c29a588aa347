"""Topics: which statements a desk watches. A first version: a query of words, phrases and actors.

In: a statement with its document. Out: whether the topic's query finds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sayso.code.topics import Passage, Query
from sayso.errors import SettingsError
from sayso.link import ActorIndex
from sayso.records import Document, Producer, Statement

MATCHER = Producer("topics", "1")


class Topic(BaseModel):
    """One entry of topics.yaml. All parts that are given must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: str = Field(min_length=1, max_length=64, pattern=r"^[^\s/]+$")
    name: str = Field(min_length=1)
    description: str = ""
    words: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    query: str = ""
    within: Literal["statement", "paragraph", "document"] = "paragraph"

    @field_validator("words", "all", "none")
    @classmethod
    def _terms(cls, terms: tuple[str, ...]) -> tuple[str, ...]:
        for term in terms:
            if not re.search(r"\w", term):
                raise ValueError(f"{term!r} holds no word")
        return terms

    @field_validator("query")
    @classmethod
    def _parses(cls, query: str) -> str:
        if query:
            try:
                Query(query)
            except SettingsError as error:
                raise ValueError(str(error)) from None
        return query

    def matches(self, document: Document, statement: Statement, index: ActorIndex) -> bool:
        """Whether the statement belongs to the topic."""
        if self.actors and not self._names(statement, index):
            return False
        place = _around(document, statement, self.within)
        if self._query and not self._query.matches(_passage(place, statement, index)):
            return False
        return (
            (not self.words or any(term.search(place) for term in self._words))
            and all(term.search(place) for term in self._all)
            and not any(term.search(place) for term in self._none)
        )

    def _names(self, statement: Statement, index: ActorIndex) -> bool:
        sides = (statement.speaker.actor, statement.target.actor if statement.target else None)
        wanted = {part for actor in self.actors for part in (actor, *index.parts(actor))}
        return any(side in wanted for side in sides)

    @cached_property
    def _query(self) -> Query | None:
        return Query(self.query) if self.query else None

    @cached_property
    def _words(self) -> list[re.Pattern[str]]:
        return [pattern(term) for term in self.words]

    @cached_property
    def _all(self) -> list[re.Pattern[str]]:
        return [pattern(term) for term in self.all]

    @cached_property
    def _none(self) -> list[re.Pattern[str]]:
        return [pattern(term) for term in self.none]


def slip_in(topic: Topic) -> str:
    """What is wrong where a topic's query holds a word that was surely meant as an operator; "" for nothing."""
    slip = Query(topic.query).slip if topic.query else ""
    return f"{slip!r} is no operator: write it like NEAR/5" if slip else ""


def pattern(term: str) -> re.Pattern[str]:
    """A word or phrase as whole words, letter case aside, any white space between them; `*` is any ending."""
    words = [re.escape(word).replace(r"\*", r"\w*") for word in term.split()]
    body = r"[\s\W]+".join(words)
    before = r"(?<!\w)" if term[0].isalnum() else ""
    after = r"(?!\w)" if term[-1].isalnum() or term[-1] == "*" else ""
    return re.compile(before + body + after, re.IGNORECASE)


def topics_of(
    topics: Sequence[Topic], document: Document, statements: Iterable[Statement], index: ActorIndex
) -> list[tuple[str, str]]:
    """(statement, topic) for every statement of the document that belongs to a topic."""
    return [
        (statement.id, topic.id)
        for statement in statements
        for topic in topics
        if topic.matches(document, statement, index)
    ]


def _passage(text: str, statement: Statement, index: ActorIndex) -> Passage:
    """What the query sees: the words, and all names of the actors on both sides."""

    def names(name: str | None, actor: str | None) -> tuple[str, ...]:
        known = [a for key in (index.wholes(actor) if actor else ()) if (a := index.get(key))]
        every = (name or "", actor or "", *(n for a in known for n in (a.id, a.name, *a.aliases)))
        return tuple(dict.fromkeys(n for n in every if n))

    target = statement.target
    return Passage(
        text,
        names(statement.speaker.name, statement.speaker.actor),
        names(target.name, target.actor) if target else (),
    )


def _around(document: Document, statement: Statement, within: str) -> str:
    if within == "document":
        return f"{document.title}\n{document.text}"
    if within == "statement":
        return " ".join(span.text for span in statement.content)
    start = min(span.start for span in statement.content)
    end = max(span.end for span in statement.content)
    first = document.text.rfind("\n", 0, start) + 1
    last = document.text.find("\n", end)
    return document.text[first : last if last >= 0 else len(document.text)]
