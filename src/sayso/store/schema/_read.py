"""What was read and what was found in it: items, documents, attributions, pairs of originals and translations."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
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

# --- read --------------------------------------------------------------------------------------------------------------

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
    *date_columns("date"),
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
    *date_columns("published"),
    *date_columns("updated"),
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

same_items = Table(  # which mentions people said to be of one item, or of one of their own
    "same_items",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("item", String(24), nullable=False),
    Column("other", String(24)),  # the item that it is a mention of; null: it stands for itself
    Column("before", JSON, nullable=False),  # items.joined of what it changed, …
    Column("after", JSON, nullable=False),  # … and what it became
    Column("seen", JSON, nullable=False),  # medium and title of both, as the person saw them
    Column("person", String(80), nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("undone_at", DateTime),
)

# --- attribute ---------------------------------------------------------------------------------------------------------

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
    of_document(key=True),
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
    of_document(key=True),
    Column("owner", String(24), primary_key=True),  # an attribution, or a statement without one
    Column("vector", LargeBinary, nullable=False),  # float16, unit length
)
