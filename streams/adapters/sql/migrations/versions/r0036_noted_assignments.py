"""Assignments with a note, by case: an erasure clears notes, and holds clusters up while it looks for them."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

_NOTED = sa.text("note != ''")


def upgrade() -> None:
    """Make the index; most assignments have no note, and are not in it."""
    op.create_index(
        "ix_assignments_noted_case_id", "assignments", ["case_id"], sqlite_where=_NOTED, postgresql_where=_NOTED
    )
