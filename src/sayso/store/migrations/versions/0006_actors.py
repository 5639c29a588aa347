"""What the chain stage keeps: order without dates, places in reference texts, and names as they are looked up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Columns for the order that a text tells, tables for quoted places and for the actors' folded names."""
    for table in ("statements", "items"):
        op.add_column(table, sa.Column("step", sa.Integer()))
    op.create_table(
        "quoted_places",
        sa.Column("statement_id", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(24), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(12), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", "number", name=op.f("pk_quoted_places")),
    )
    op.create_index("ix_quoted_places_document_id", "quoted_places", ["document_id"])
    op.create_table(
        "actor_names",
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("exact", sa.String(200), nullable=False),
        sa.Column("loose", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_actor_names_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("actor_id", "position", name=op.f("pk_actor_names")),
    )
    op.create_index("ix_actor_names_exact", "actor_names", ["exact"])
    op.create_index("ix_actor_names_loose", "actor_names", ["loose"])
    op.create_index("ix_actors_part_of", "actors", ["part_of"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_actors_part_of", "actors")
    op.drop_table("actor_names")
    op.drop_table("quoted_places")
    for table in ("statements", "items"):
        op.drop_column(table, "step")
