"""Room for indexes and figures for large desks."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what this version needs."""


def downgrade() -> None:
    """Take it away again."""
