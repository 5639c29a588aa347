"""Who works at the desk and what they set going and write: accounts, jobs, searches, briefs."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, ForeignKey, Integer, LargeBinary, String, Table, Text

from sayso.store.schema._base import BigKey, metadata

# --- who works at the desk, and what they set going --------------------------------------------------------------------

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(8), nullable=False),  # reader, coder, editor, admin
    Column("password", Text, nullable=False),  # argon2id, with its parameters and salt
    Column("made_at", DateTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),  # SHA-256 of what the browser holds
    Column("account", String(64), ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Column("ends_at", DateTime, nullable=False),
)

attempts = Table(  # failed logins, for as long as they count
    "attempts",
    metadata,
    Column("id", BigKey, primary_key=True),
    Column("account", String(64), nullable=False, index=True),
    Column("address", Text, nullable=False, index=True),
    Column("at", DateTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigKey, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("person", String(64), nullable=False, index=True),
    Column("action", String(40), nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("details", JSON, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", BigKey, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("asked", JSON, nullable=False),  # what the job was given
    Column("person", String(64), nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("made_at", DateTime, nullable=False),
    Column("started_at", DateTime),
    Column("finished_at", DateTime),
    Column("stage", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer),  # null: unknown
    Column("outcome", Text, nullable=False),  # one line: what came of it, or why it failed
    Column("file", Text, nullable=False),  # what it wrote, below DESK/jobs/; "" for nothing
    Column("cancel", Boolean, nullable=False),  # somebody asked it to stop
    Column("retry_of", BigKey),
)

job_log = Table(
    "job_log",
    metadata,
    Column("id", BigKey, primary_key=True),
    Column("job", BigKey, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("text", Text, nullable=False),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", BigKey, primary_key=True),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),  # as in the address of the search page
    Column("person", String(64), nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("statements", Integer, nullable=False),  # that it found when it was saved or last marked as seen
)

# --- briefs in the making and issued, and what each person has set -----------------------------------------------------

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("actor", String(64), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("family", String(64), nullable=False),
    Column("content", JSON, nullable=False),
    Column("revision", Integer, nullable=False),  # counts the saves: who saves an older one is told
    Column("made_by", String(64), nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("changed_at", DateTime, nullable=False),
)

issued = Table(  # written once
    "issued",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("draft", String(24), nullable=False),
    Column("title", Text, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("family", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("issued_at", DateTime, nullable=False),
    Column("data", LargeBinary, nullable=False),  # the brief as `brief.dump` writes it
    Column("data_sha256", String(64), nullable=False),
    Column("previous", String(64), nullable=False),  # the seal of the brief before
    Column("seal", String(64), nullable=False),  # hash of all the above and of the files' hashes
)

issued_files = Table(
    "issued_files",
    metadata,
    Column("issued", String(24), ForeignKey("issued.id"), primary_key=True),
    Column("form", String(8), primary_key=True),  # html, pdf, docx, md
    Column("data", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
)

preferences = Table(
    "preferences",
    metadata,
    Column("person", String(64), primary_key=True),  # "": the whole desk
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)
