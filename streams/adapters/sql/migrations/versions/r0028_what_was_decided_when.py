"""Cases by when they were decided, and later looks by when they were: statistics read those of their days."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Make the indexes."""
    decided, later = sa.text("verdict IS NOT NULL"), sa.text("look != 'FIRST'")
    op.create_index(
        "ix_cases_decided_at_ms", "cases", ["decided_at_ms"], sqlite_where=decided, postgresql_where=decided
    )
    op.create_index(
        "ix_verdicts_later_looks", "verdicts", ["at_ms", "case_id"], sqlite_where=later, postgresql_where=later
    )
