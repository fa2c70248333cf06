"""Hearings that end: the category of each case, a deadline on every open one, and a state's new name."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

HOUR_MS = 3_600_000
HOURS = {"AWAITING_MERCHANT": 48, "AWAITING_BUYER_EVIDENCE": 72, "DECIDED": 168}
"""How long each wait lasts from the upgrade on, where it had no end."""


def upgrade() -> None:
    """Make the column, filled from the claims; rename the state; let waits without an end begin now."""
    op.add_column("cases", sa.Column("category", sa.String(length=64), nullable=False, server_default=""))
    op.execute(
        sa.text(
            "UPDATE cases SET category = COALESCE((SELECT claims.category FROM claims"
            " WHERE claims.request_id = cases.request_id"
            " AND claims.request_digest = cases.request_digest), '')"
        )
    )
    op.execute(sa.text("UPDATE cases SET state = 'AWAITING_BUYER_EVIDENCE' WHERE state = 'NEEDS_BUYER_EVIDENCE'"))
    now_ms = time.time_ns() // 1_000_000
    for state, hours in HOURS.items():
        waits = sa.text("UPDATE cases SET due_at_ms = :due_at_ms WHERE state = :state AND due_at_ms IS NULL")
        op.execute(waits.bindparams(due_at_ms=now_ms + hours * HOUR_MS, state=state))
    op.create_index(
        "ix_cases_due_at_ms",
        "cases",
        ["due_at_ms", "case_id"],
        sqlite_where=sa.text("due_at_ms IS NOT NULL"),
        postgresql_where=sa.text("due_at_ms IS NOT NULL"),
    )
