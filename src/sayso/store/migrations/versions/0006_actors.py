"""Room for what the chain stage keeps: aliases, order, places in reference texts."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what this version needs."""


def downgrade() -> None:
    """Take it away again."""
