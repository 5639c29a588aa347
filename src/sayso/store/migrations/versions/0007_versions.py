"""Room for versions of a page, originals and translations."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what this version needs."""


def downgrade() -> None:
    """Take it away again."""
