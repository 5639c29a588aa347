"""How the linking tests write attributions: by their words, found in the text in order."""

import datetime as dt
import re
from collections.abc import Callable, Sequence

import pytest

from sayso.link import ActorIndex, link
from sayso.records import Analysis, Attribution, DateValue, Document, Linked, Mention, Span, Statement

Row = tuple[str | None, str, str | Sequence[str]]


def span(text: str, words: str, after: int = 0) -> Span:
    edge = (r"(?<!\w)" if words[0].isalnum() else "", r"(?!\w)" if words[-1].isalnum() else "")
    found = re.compile(edge[0] + re.escape(words) + edge[1]).search(text, after)
    assert found, f"{words!r} is not in the text"
    start = found.start()
    return Span(start, start + len(words), words)


def attribution(text: str, key: str, row: Row, *, after: int = 0, parent: str | None = None) -> Attribution:
    source, cue, content = row
    contents = tuple(span(text, c, after) for c in ([content] if isinstance(content, str) else content))
    cue_span = span(text, cue, after)
    sources = (span(text, source, after),) if source is not None else ()
    quoted = all(c.text[:1] in '“"' for c in contents)
    return Attribution(key, (cue_span,), contents, "direct" if quoted else "indirect", 1.0, sources, parent)


def day(value: str) -> DateValue:
    date = dt.date.fromisoformat(value)
    return DateValue(value, "day", "metadata", date, date)


@pytest.fixture
def linked() -> Callable[..., Linked]:
    """Link a text whose attributions are given as (source, cue, content) words, each sought after the one before."""

    def run(
        text: str,
        *rows: Row,
        actors: ActorIndex | None = None,
        published: str = "",
        captured: str = "",
        parents: dict[int, int] | None = None,
        mentions: Sequence[tuple[str, str]] = (),
        **fields: object,
    ) -> Linked:
        made, at = [], 0
        for number, row in enumerate(rows):
            above = (parents or {}).get(number)
            found = attribution(text, f"a{number}", row, after=at, parent=None if above is None else f"a{above}")
            made.append(found)
            later = rows[number + 1] if number + 1 < len(rows) else None
            if later and (parents or {}).get(number + 1) is None:
                at = min(found.cue[0].start, found.content[0].start) + 1
        analysis = Analysis(tuple(made), mentions=tuple(Mention(span(text, w), k) for w, k in mentions))
        document = Document(
            path="page.txt", text=text, sha256="0" * 64, published=day(published) if published else None
        )
        for name, value in fields.items():
            object.__setattr__(document, name, value)
        return link(document, analysis, actors, captured=dt.date.fromisoformat(captured) if captured else None)

    return run


@pytest.fixture
def statements(linked: Callable[..., Linked]) -> Callable[..., list[Statement]]:
    """The statements of `linked`."""
    return lambda *args, **named: list(linked(*args, **named).statements)
