"""Open cases by deadline and by score, and those of one state by age: lists are read from the index, not sorted."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make the indexes."""
    still_open = sa.text("state != 'CLOSED'")
    keys = {
        "ix_cases_open_by_deadline": sa.text("coalesce(due_at_ms, 4611686018427387904)"),
        "ix_cases_open_by_score": sa.text("(-score)"),
    }
    for name, key in keys.items():
        op.create_index(
            name, "cases", [key, "opened_at_ms", "case_id"], sqlite_where=still_open, postgresql_where=still_open
        )
    op.create_index("ix_cases_state_opened_at_ms", "cases", ["state", "opened_at_ms", "case_id"])
