"""The tables of a desk: one for each record of the design, on SQLite and PostgreSQL alike.

What derives from a capture has an id made of its content (`ids.stable_id`), so the same input gives the same rows
whatever the order or the time. Columns that only tell when something happened are named in `MOMENTS`: they are no part
of a desk's content (`dump.fingerprint` leaves them out). Nothing refers to `key` columns but the full-text index.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigKey = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only in a column declared INTEGER


def _date_columns(prefix: str) -> list[Column[object]]:
    """The five columns of a `DateValue`: what was said, how finely, where it comes from, and the days it may mean."""
    return [
        Column(f"{prefix}_value", String(16)),
        Column(f"{prefix}_granularity", String(8)),
        Column(f"{prefix}_origin", String(8)),
        Column(f"{prefix}_start", Date),
        Column(f"{prefix}_end", Date),
    ]


def _of_document(*, key: bool = False) -> Column[object]:
    owner = ForeignKey("documents.id", ondelete="CASCADE")
    if key:
        return Column("document_id", String(24), owner, primary_key=True)
    return Column("document_id", String(24), owner, nullable=False, index=True)


# --- collect, archive -------------------------------------------------------------------------------------------

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

# --- read -------------------------------------------------------------------------------------------------------

items = Table(
    "items",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("held", Boolean, nullable=False),  # we have its bytes; else we only know it through another item
    Column("document_id", String(24), index=True),  # the document that mentions it; null for a held item
    Column("url", Text, nullable=False),  # of a held item; "" for a mentioned one
    Column("medium", String(20), nullable=False),
    Column("title", Text),
    Column("outlet", Text),
    Column("outlet_id", String(64)),
    *_date_columns("date"),
    Column("mentions", JSON, nullable=False),  # spans in `document_id`
    Column("joined", String(24), index=True),  # the item that this mention is a mention of
    Column("step", Integer),
    Index("ix_items_outlet", "outlet", "held", "date_start", "outlet_id"),
    Index("ix_items_date_start", "date_start"),
)

documents = Table(
    "documents",
    metadata,
    Column("key", BigKey, primary_key=True),
    Column("id", String(24), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("item_id", String(24), ForeignKey("items.id"), nullable=False, index=True),
    Column("path", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("language", String(8), nullable=False),
    *_date_columns("published"),
    *_date_columns("updated"),
    Column("author", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("canonical_url", Text, nullable=False),
    Column("medium", String(20), nullable=False),
    Column("format", String(12), nullable=False),
    Column("boilerplate", JSON, nullable=False),
    Column("quoted_blocks", JSON, nullable=False),
    Column("segments", JSON, nullable=False),
    Column("headings", JSON, nullable=False, server_default="[]"),
    Column("passages", JSON, nullable=False, server_default="[]"),  # paragraphs in another language
    Column("translator", Text, nullable=False, server_default=""),
    Column(
        "translation_of", Text, nullable=False, server_default="", index=True
    ),  # the original's address, as the item says
    Column("notes", JSON, nullable=False),
    Column("producer", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),  # MinHash, to find copies without reading all texts again
    Column("current", Boolean, nullable=False),  # the newest version of its item
    Index("ix_documents_current_published", "current", "published_start", "id"),
    Index("ix_documents_current_language", "current", "language", "published_start", "id", "item_id"),
)

pairs = Table(  # an original and its translation, as a person joined them; items, so that versions keep their pair
    "pairs",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("original", String(24), nullable=False, index=True),
    Column("translation", String(24), nullable=False, index=True),
    Column("translator", Text, nullable=False),
    Column("person", String(80), nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("undone_at", DateTime),
)

# --- attribute --------------------------------------------------------------------------------------------------

analyses = Table(
    "analyses",
    metadata,
    Column("document_id", String(24), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("sentences", JSON, nullable=False),
    Column("mentions", JSON, nullable=False),
    Column("coreference", JSON, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("producer", Text, nullable=False),
)

attributions = Table(
    "attributions",
    metadata,
    _of_document(key=True),
    Column("local", String(16), primary_key=True),  # its id within the document, a1, a2 …
    Column("parent", String(16)),
    Column("source", JSON, nullable=False),
    Column("cue", JSON, nullable=False),
    Column("content", JSON, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("confidence", Float, nullable=False),
)

embeddings = Table(
    "embeddings",
    metadata,
    _of_document(key=True),
    Column("owner", String(24), primary_key=True),  # an attribution, or a statement without one
    Column("vector", LargeBinary, nullable=False),  # float16, unit length
)

# --- link -------------------------------------------------------------------------------------------------------

statements = Table(
    "statements",
    metadata,
    Column("key", BigKey, primary_key=True),
    Column("id", String(24), nullable=False, unique=True),  # as `link` gives it: of bytes, content and cue
    _of_document(),
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
    *_date_columns("date"),
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

# --- code -------------------------------------------------------------------------------------------------------

machine_codings = Table(
    "machine_codings",
    metadata,
    Column("statement_id", String(24), ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True),
    Column("family", String(64), primary_key=True),
    Column("code", String(64), primary_key=True, index=True),
    Column("coder", String(80), primary_key=True),
    Column("probability", Float, nullable=False),
    Column("codebook_version", String(64), nullable=False),
    Column("unsure", Boolean, nullable=False),  # below the family's threshold
    Column("others", JSON, nullable=False),  # the probabilities of the family's other codes
    Column("reasons", JSON, nullable=False),  # the coded examples nearest to it
)

# A person's work has no foreign key to what a machine made: nothing that a machine replaces can take it along.
human_codings = Table(
    "human_codings",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("statement_id", String(24), nullable=False, index=True),
    Column("family", String(64), nullable=False),
    Column("code", String(64), nullable=False),
    Column("coder", String(80), nullable=False),
    Column("codebook_version", String(64), nullable=False),
    Column("coded_at", DateTime, nullable=False),
    Column("memo", Text, nullable=False),
    Column("undone_at", DateTime),
    Column("sha256", String(64), nullable=False),  # of the capture, and …
    Column("spans", JSON, nullable=False),  # … the spans and words that the coder saw
    Column("text", Text, nullable=False),
    Column("anchor", String(20), nullable=False),  # "exact", "needs confirmation", "not found"
    Column("proposal", String(24)),  # the statement that a newer producer offers instead
    Column("declined", String(24)),  # the newer version of the page for which a person declined the offer
    Column("moves", JSON),  # the places where it was before somebody confirmed another
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("statement_id", String(24), nullable=False, index=True),
    Column("field", String(16), nullable=False),
    Column("value", JSON, nullable=False),
    Column("person", String(80), nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("undone_at", DateTime),
    Column("sha256", String(64), nullable=False),
    Column("spans", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("anchor", String(20), nullable=False),
    Column("proposal", String(24)),
    Column("declined", String(24)),
    Column("moves", JSON),
    Column("seen", JSON),  # the whole statement as the person saw it, before the correction
)

hand_statements = Table(  # what a person attributed where no machine did
    "hand_statements",
    metadata,
    Column("id", String(24), primary_key=True),  # the statement's too
    Column("document_id", String(24), nullable=False, index=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("spans", JSON, nullable=False),  # the content's places and …
    Column("text", Text, nullable=False),  # … words
    Column("value", JSON, nullable=False),  # the statement's columns
    Column("person", String(80), nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("undone_at", DateTime),
    Column("anchor", String(20), nullable=False),
    Column("proposal", Integer),  # by how many characters its words lie further on in the newer text
    Column("declined", String(24)),
    Column("moves", JSON),
)

transcripts = Table(  # what a person read in bytes that no machine can read: a photograph, a poster
    "transcripts",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("about", JSON, nullable=False),  # title, language, outlet, author, published, as far as known
    Column("person", String(80), nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("undone_at", DateTime),
)

# --- track ------------------------------------------------------------------------------------------------------

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

# --- settings of which the store is the truth ---------------------------------------------------------------------

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

# --- who works at the desk, and what they set going ----------------------------------------------------------------

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

# --- briefs in the making and issued, and what each person has set ---------------------------------------------------

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

# --- work that several share ------------------------------------------------------------------------------------

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
    }
)
