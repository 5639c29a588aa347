"""Room for composed and issued briefs."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what this version needs."""


def downgrade() -> None:
    """Take it away again."""
