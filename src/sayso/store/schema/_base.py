"""What all tables share: how constraints are named, and columns that several tables have."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigKey = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only in a column declared INTEGER


def date_columns(prefix: str) -> list[Column[object]]:
    """The five columns of a `DateValue`: what was said, how finely, where it comes from, and the days it may mean."""
    return [
        Column(f"{prefix}_value", String(16)),
        Column(f"{prefix}_granularity", String(8)),
        Column(f"{prefix}_origin", String(8)),
        Column(f"{prefix}_start", Date),
        Column(f"{prefix}_end", Date),
    ]


def of_document(*, key: bool = False) -> Column[object]:
    owner = ForeignKey("documents.id", ondelete="CASCADE")
    if key:
        return Column("document_id", String(24), owner, primary_key=True)
    return Column("document_id", String(24), owner, nullable=False, index=True)
