"""The tables of a desk: one for each record of the design, on SQLite and PostgreSQL alike.

What derives from a capture has an id made of its content (`ids.stable_id`), so the same input gives the same rows
whatever the order or the time. Columns that only tell when something happened are named in `MOMENTS`: they are no part
of a desk's content (`dump.fingerprint` leaves them out). Nothing refers to `key` columns but the full-text index.
"""

from __future__ import annotations

from sayso.store.schema._base import BigKey, metadata
from sayso.store.schema._coded import corrections, hand_statements, human_codings, machine_codings, transcripts
from sayso.store.schema._collected import captures, claims, done, failures, runs, state, touched
from sayso.store.schema._linked import alerts, copies, shifts, statement_topics, statements, tracked, witnesses
from sayso.store.schema._people import (
    accounts,
    attempts,
    audit,
    drafts,
    issued,
    issued_files,
    job_log,
    jobs,
    preferences,
    saved_searches,
    sessions,
)
from sayso.store.schema._read import analyses, attributions, documents, embeddings, items, pairs, same_items
from sayso.store.schema._settings import (
    actor_names,
    actors,
    aliases,
    codebooks,
    outlets,
    quoted_places,
    settings_files,
    topics,
)

__all__ = [
    "MOMENTS",
    "WORK",
    "BigKey",
    "accounts",
    "actor_names",
    "actors",
    "alerts",
    "aliases",
    "analyses",
    "attempts",
    "attributions",
    "audit",
    "captures",
    "claims",
    "codebooks",
    "copies",
    "corrections",
    "documents",
    "done",
    "drafts",
    "embeddings",
    "failures",
    "hand_statements",
    "human_codings",
    "issued",
    "issued_files",
    "items",
    "job_log",
    "jobs",
    "machine_codings",
    "metadata",
    "outlets",
    "pairs",
    "preferences",
    "quoted_places",
    "runs",
    "same_items",
    "saved_searches",
    "sessions",
    "settings_files",
    "shifts",
    "state",
    "statement_topics",
    "statements",
    "topics",
    "touched",
    "tracked",
    "transcripts",
    "witnesses",
]

# Columns that say when or where something happened to be written, not what the desk holds.
MOMENTS: dict[str, frozenset[str]] = {
    "captures": frozenset({"id", "fetched_at", "headers", "seq", "file", "offset"}),
    "failures": frozenset({"failed_at"}),
    "documents": frozenset({"key"}),
    "statements": frozenset({"key"}),
    "human_codings": frozenset({"id", "coded_at", "undone_at"}),
    "corrections": frozenset({"id", "made_at", "undone_at"}),
    "hand_statements": frozenset({"id", "made_at", "undone_at"}),
    "transcripts": frozenset({"id", "made_at", "undone_at"}),
    "alerts": frozenset({"raised_at"}),
    "pairs": frozenset({"id", "made_at", "undone_at"}),
    "same_items": frozenset({"id", "made_at", "undone_at"}),
    "codebooks": frozenset({"made_at"}),
}
# Tables that tell of the work, not of its result.
WORK = frozenset(
    {
        "runs",
        "state",
        "accounts",
        "sessions",
        "attempts",
        "audit",
        "jobs",
        "job_log",
        "saved_searches",
        "drafts",
        "issued",
        "issued_files",
        "preferences",
        "claims",
        "touched",
        "tracked",
    }
)
