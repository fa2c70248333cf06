"""Decisions by their time: statistics and backtests ask for some days, and read all there ever were without it."""

from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_decisions_decided_at_ms", "decisions", ["decided_at_ms", "verdict"])
