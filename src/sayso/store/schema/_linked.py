"""Statements and what joins them: copies, witnesses, topics; and the lines that are tracked from them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from sayso.store.schema._base import BigKey, date_columns, metadata, of_document

# --- link --------------------------------------------------------------------------------------------------------------

statements = Table(
    "statements",
    metadata,
    Column("key", BigKey, primary_key=True),
    Column("id", String(24), nullable=False, unique=True),  # as `link` gives it: of bytes, content and cue
    of_document(),
    Column("parent", String(24)),  # the statement whose content holds this one
    Column("attribution", String(16)),  # its id within the document; null: an actor's own words
    Column("source", JSON, nullable=False),
    Column("cue", JSON, nullable=False),
    Column("content", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("speaker_name", Text),
    Column("speaker_kind", String(16), nullable=False),
    Column("speaker_actor", String(64)),
    Column("speaker_alias", Text, nullable=False),
    Column("target_name", Text),
    Column("target_actor", String(64)),
    Column("via", JSON),
    Column("chain", JSON, nullable=False),
    Column("depth", Integer, nullable=False),
    *date_columns("date"),
    Column("date_of", String(12)),  # "utterance" where the text dates it, else "item"
    Column(
        "item_id", String(24), nullable=False, index=True
    ),  # the item it was spoken in: mentioned, else the held one
    Column("rejected", Boolean, nullable=False),  # a person said that this is no statement
    Column("machine", JSON, nullable=False),  # the machine's values of the fields that a person corrected
    Column("attributed_by", String(9), nullable=False, server_default="machine"),  # machine, corrected, person
    Column("witness_of", String(24), index=True),  # the statement that stands for all its copies; null: itself
    Column("step", Integer),  # 1, 2, … where the text tells an order without dates
    Index("ix_statements_speaker_actor_date", "speaker_actor", "date_start"),
    Index("ix_statements_target_actor", "target_actor"),
    Index("ix_statements_date_start", "date_start"),
    Index("ix_statements_parent", "parent"),
)

copies = Table(
    "copies",
    metadata,
    Column("document_id", String(24), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("dispatch", String(24), nullable=False, index=True),  # the document that stands for all its copies
    Column("shared", Float, nullable=False),  # part of this document's words that the dispatch has too
)

witnesses = Table(
    "witnesses",
    metadata,
    Column("statement_id", String(24), ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True),
    Column("of", String(24), nullable=False, index=True),
    Column("differences", JSON, nullable=False),
)

statement_topics = Table(
    "statement_topics",
    metadata,
    Column("statement_id", String(24), ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", String(64), primary_key=True, index=True),
)

# --- track -------------------------------------------------------------------------------------------------------------

shifts = Table(
    "shifts",
    metadata,
    Column("actor_id", String(64), primary_key=True),
    Column("topic_id", String(64), primary_key=True),
    Column("family", String(64), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("interval_from", Date, nullable=False),
    Column("interval_to", Date, nullable=False),
    Column("probability", Float, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Index("ix_shifts_date", "date"),
)

tracked = Table(  # what was computed of a line's points, so that nobody waits for it again
    "tracked",
    metadata,
    Column("actor_id", String(64), primary_key=True),
    Column("topic_id", String(64), primary_key=True),
    Column("family", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),  # of the points, and of the method: of others it tells nothing
    Column("content", LargeBinary, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("actor_id", String(64), primary_key=True),
    Column("topic_id", String(64), primary_key=True),
    Column("family", String(64), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("probability", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("raised_at", DateTime, nullable=False),
)
