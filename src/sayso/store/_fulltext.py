"""Full text on both engines: FTS5 on SQLite, tsvector under a GIN index on PostgreSQL.

In: what a person typed. Out: conditions and rows for the two indexes, `statements_search` (words, speaker, target) and
`documents_search` (title, text). Both find every word as it was written, accents and letter case aside, and phrases;
PostgreSQL also finds other forms of a single word in the language of the page ("threat" finds "threatened"), and never
fewer statements than SQLite. All fields weigh the same, as FTS5 has them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    String,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)

SEARCHED = {"statements": ("text", "speaker_name", "target_name"), "documents": ("title", "text")}
RANKED = 2000  # documents that are ranked at most; where more hold the words, the newest are shown
_WORD = re.compile(r'(-?)"([^"]+)"?|(-?)(\S+)')


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase that must stand there, or must not; `beginning`: any ending of its last word will do."""

    phrase: str
    beginning: bool = False
    wanted: bool = True


def terms(words: str) -> tuple[Term, ...]:
    """What a person typed: words and "phrases" that must all stand there, `-` before those that must not, `*` after a
    beginning. Empty where nothing is left to look for. A null byte parts words: neither engine takes one in a question."""
    found = []
    for match in _WORD.finditer(words.replace("\x00", " ")):
        minus, phrase = match.group(1) or match.group(3) or "", match.group(2) or match.group(4) or ""
        if any(c.isalnum() for c in phrase):
            found.append(Term(phrase.replace('"', " ").rstrip("*").strip(), phrase.endswith("*"), not minus))
    return tuple(found) if any(term.wanted for term in found) else ()


def matching(dialect: str, index: str, asked: tuple[Term, ...]) -> Select[Any]:
    """The keys of the rows that hold the words."""
    if dialect == "sqlite":
        return (
            select(literal_column("rowid", Integer))
            .select_from(table(index, column("rowid")))
            .where(text(f"{index} MATCH :words").bindparams(words=fts5(asked)))
        )
    condition, values = _tsquery(asked)
    found = text(f"SELECT key FROM sayso_{index.removesuffix('_search')}_with({condition}) AS key").bindparams(**values)
    return select(found.columns(column("key", BigInteger)).subquery("with_words").c.key)


def keys_of(connection: Connection, asked: tuple[Term, ...]) -> NDArray[np.int64]:
    """The keys of the statements that hold the words: handed over as one text, which is faster than row by row."""
    found = matching(connection.dialect.name, "statements_search", asked).subquery("found")
    key = cast(found.c[0], String)
    joined = func.group_concat(key) if connection.dialect.name == "sqlite" else func.string_agg(key, ",")
    listed = connection.execute(select(joined)).scalar()
    return np.fromstring(listed, np.int64, sep=",") if listed else np.empty(0, np.int64)


def passages(connection: Connection, asked: tuple[Term, ...], limit: int) -> list[dict[str, Any]]:
    """Documents that hold the words: id, title, path, `place` with the words between \x02 and \x03, the best first; or
    the newest first where more than `RANKED` hold them, as ranking must read them all."""
    sqlite = connection.dialect.name == "sqlite"
    found = matching(connection.dialect.name, "documents_search", asked).limit(RANKED + 1).subquery("found")
    many = len(connection.execute(select(found)).all()) > RANKED
    if sqlite:
        values: dict[str, Any] = {"words": fts5(asked)}
        query = text(
            "SELECT documents.id, documents.title, documents.path, "
            "snippet(documents_search, 1, char(2), char(3), ' … ', 24) AS place "
            "FROM documents_search JOIN documents ON documents.key = documents_search.rowid "
            "WHERE documents_search MATCH :words AND documents.current "
            f"ORDER BY {'documents_search.rowid DESC' if many else 'rank'} LIMIT :limit"
        )
    else:
        condition, values = _tsquery(asked)
        shape = "StartSel=\x02, StopSel=\x03, MaxWords=36, MinWords=24"
        rank = f"ts_rank('{{1,1,1,1}}', documents_search.words, {condition}) DESC, documents.id"
        order = "documents_search.key DESC" if many else rank
        query = text(
            f"SELECT id, title, path, ts_headline(sayso_config(language), text, {condition}, :shape) AS place FROM ("
            "SELECT documents.id, documents.title, documents.path, documents.language, left(documents.text, 200000) AS text "
            f"FROM sayso_documents_with({condition}) AS found JOIN documents_search ON documents_search.key = found "
            "JOIN documents ON documents.key = found "
            f"WHERE documents.current ORDER BY {order} LIMIT :limit) AS best"
        )
        values["shape"] = shape
    return [dict(row) for row in connection.execute(query, {**values, "limit": limit}).mappings()]


def fts5(asked: tuple[Term, ...]) -> str:
    """The words as an FTS5 expression."""

    def one(term: Term) -> str:
        return f'"{term.phrase}"' + ("*" if term.beginning else "")

    wanted = " AND ".join(one(term) for term in asked if term.wanted)
    return " NOT ".join([f"({wanted})", *(one(term) for term in asked if not term.wanted)])


def _tsquery(asked: tuple[Term, ...]) -> tuple[str, dict[str, Any]]:
    """The words as an SQL expression of type tsquery, with its values."""
    parts, values = [], {}
    for number, term in enumerate(asked):
        values[f"term_{number}"] = term.phrase
        sql = f"sayso_query(CAST(:term_{number} AS text), {'true' if term.beginning else 'false'})"
        parts.append(sql if term.wanted else f"!!{sql}")
    return " && ".join(parts), values
