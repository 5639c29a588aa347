"""Originals and translations, as items say and as people join them; items that people merge and split; passages in other
languages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what this version needs."""
    op.add_column("documents", sa.Column("headings", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("documents", sa.Column("passages", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("documents", sa.Column("translator", sa.Text(), nullable=False, server_default=""))
    op.add_column("documents", sa.Column("translation_of", sa.Text(), nullable=False, server_default=""))
    op.create_index(op.f("ix_documents_translation_of"), "documents", ["translation_of"])
    op.create_table(
        "pairs",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("original", sa.String(24), nullable=False),
        sa.Column("translation", sa.String(24), nullable=False),
        sa.Column("translator", sa.Text(), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairs")),
    )
    op.create_index(op.f("ix_pairs_original"), "pairs", ["original"])
    op.create_index(op.f("ix_pairs_translation"), "pairs", ["translation"])
    op.create_table(
        "same_items",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("item", sa.String(24), nullable=False),
        sa.Column("other", sa.String(24), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_items")),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(op.f("ix_documents_translation_of"), "documents")
    op.drop_table("same_items")
    op.drop_table("pairs")
    with op.batch_alter_table("documents") as documents:
        for column in ("translation_of", "translator", "passages", "headings"):
            documents.drop_column(column)
