"""What was collected, and the progress of the work on it: captures, refusals, marks, runs."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, DateTime, Index, Integer, String, Table, Text

from sayso.store.schema._base import BigKey, metadata

# --- collect, archive --------------------------------------------------------------------------------------------------

captures = Table(
    "captures",
    metadata,
    Column("id", String(24), primary_key=True),  # of url, sha256 and time: one row a fetch
    Column("sha256", String(64), nullable=False, index=True),
    Column("url", Text, nullable=False, index=True),
    Column("fetched_at", DateTime, nullable=False),  # UTC
    Column("size", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("status", Integer, nullable=False),
    Column("final_url", Text, nullable=False),  # where redirects led, if elsewhere
    Column("role", String(8), nullable=False),  # "item"; "feed": evidence of what it listed, not read
    Column("feed", Text, nullable=False),
    Column("hints", JSON, nullable=False),  # what the place of finding knows of the item
    Column("origin", JSON, nullable=False),  # the container that it was taken out of
    Column("seq", BigInteger, nullable=False),  # its entry in the archive's chain; file and offset are found by it
    Column("file", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Index("ix_captures_fetched_at", "fetched_at"),
    Index("ix_captures_role_sha256", "role", "sha256"),
    Index("ix_captures_url_role", "url", "role", "sha256"),  # addresses that gave several things
)

failures = Table(
    "failures",
    metadata,
    Column("path", Text, primary_key=True),
    Column("stage", String(16), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("failed_at", DateTime, nullable=False),
)

done = Table(
    "done",
    metadata,
    Column("stage", String(16), primary_key=True),
    Column("subject", String(64), primary_key=True),  # a capture's sha256, a document's id, or "desk"
    Column("producer", Text, nullable=False),  # and the settings it worked with; another one means: do it again
)

runs = Table(
    "runs",
    metadata,
    Column("id", BigKey, primary_key=True),
    Column("started_at", DateTime, nullable=False),
    Column("finished_at", DateTime),
    Column("summary", JSON),
)

state = Table(
    "state",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

# --- work that several share -------------------------------------------------------------------------------------------

claims = Table(  # on PostgreSQL, what waits for a stage; who works on it holds its row's lock
    "claims",
    metadata,
    Column("stage", String(16), primary_key=True),
    Column("subject", String(64), primary_key=True),
)

touched = Table(  # triggers keep it: the documents whose statements, topics or codings changed, the newest last
    "touched",
    metadata,
    Column("document_id", String(24), primary_key=True),  # "*": all of them
    Column("at", BigInteger, nullable=False, index=True),
)
