"""Settings of which the store is the truth: actors, outlets, topics, codebooks."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, ForeignKey, Integer, String, Table, Text

from sayso.store.schema._base import metadata

actors = Table(
    "actors",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("part_of", String(64), index=True),
    Column("valid_from", String(10)),
    Column("valid_until", String(10)),
    Column("notes", Text, nullable=False),
    Column("position", Integer, nullable=False),
)

aliases = Table(
    "aliases",
    metadata,
    Column("actor_id", String(64), ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("alias", Text, nullable=False),
)

actor_names = Table(  # names and aliases folded as they are looked up; made from the two tables above when needed
    "actor_names",
    metadata,
    Column("actor_id", String(64), ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),  # of the alias; -1: the actor's own name
    Column("exact", String(200), nullable=False, index=True),
    Column("loose", String(200), nullable=False, index=True),
)

quoted_places = Table(  # where a statement's quoted words stand in the desk's reference texts
    "quoted_places",
    metadata,
    Column("statement_id", String(24), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document_id", String(24), nullable=False, index=True),
    Column("work", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("verdict", String(12), nullable=False),
    Column("start", Integer, nullable=False),  # code points of the reference text
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),  # the words that stand there
)

outlets = Table(
    "outlets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("aliases", JSON, nullable=False),
    Column("domains", JSON, nullable=False),
    Column("actor", String(64)),
    Column("medium", String(20), nullable=False),
    Column("notes", Text, nullable=False),
    Column("position", Integer, nullable=False),
)

topics = Table(
    "topics",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("definition", JSON, nullable=False),  # as in topics.yaml
    Column("position", Integer, nullable=False),
)

codebooks = Table(
    "codebooks",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("content", Text, nullable=False),  # as in codebook.yaml; codings keep the version that they were made under
    Column("current", Boolean, nullable=False),
    Column("made_at", DateTime, nullable=False),
)

settings_files = Table(
    "settings_files",
    metadata,
    Column("name", String(16), primary_key=True),  # actors, outlets, topics, codebook
    Column("version", String(24), nullable=False),  # of what the store holds; records made with another are made anew
    Column("file_sha256", String(64)),  # of the file when store and file last agreed
    Column("edited", Boolean, nullable=False),  # the store was edited since
)
