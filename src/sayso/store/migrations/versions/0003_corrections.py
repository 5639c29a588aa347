"""Corrections with what the person saw, statements by hand, transcripts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORK = ("human_codings", "corrections")


def upgrade() -> None:
    """Add what this version needs."""
    for table in WORK:
        op.add_column(table, sa.Column("declined", sa.String(24)))
        op.add_column(table, sa.Column("moves", sa.JSON()))
    op.add_column("corrections", sa.Column("seen", sa.JSON()))
    op.add_column(
        "statements", sa.Column("attributed_by", sa.String(9), nullable=False, server_default=sa.text("'machine'"))
    )
    op.create_table(
        "hand_statements",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("document_id", sa.String(24), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime()),
        sa.Column("anchor", sa.String(20), nullable=False),
        sa.Column("proposal", sa.Integer()),
        sa.Column("declined", sa.String(24)),
        sa.Column("moves", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_statements")),
    )
    op.create_index(op.f("ix_hand_statements_document_id"), "hand_statements", ["document_id"])
    op.create_index(op.f("ix_hand_statements_sha256"), "hand_statements", ["sha256"])
    op.create_table(
        "transcripts",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcripts")),
    )
    op.create_index(op.f("ix_transcripts_sha256"), "transcripts", ["sha256"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("transcripts")
    op.drop_table("hand_statements")
    op.drop_column("statements", "attributed_by")
    op.drop_column("corrections", "seen")
    for table in WORK:
        op.drop_column(table, "moves")
        op.drop_column(table, "declined")
