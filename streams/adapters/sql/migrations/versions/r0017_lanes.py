"""Assignments name the lane that they took, so that a reserved share can be counted."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the column and what it is counted by."""
    op.add_column("assignments", sa.Column("lane", sa.String(length=16), nullable=False, server_default="other"))
    op.create_index("ix_assignments_assigned_at_ms", "assignments", ["assigned_at_ms", "lane"])
