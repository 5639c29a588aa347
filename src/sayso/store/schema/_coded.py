"""Codings by models and people, and what people corrected, attributed or transcribed."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, Float, ForeignKey, Integer, String, Table, Text

from sayso.store.schema._base import metadata

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
