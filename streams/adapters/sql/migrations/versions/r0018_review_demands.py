"""Demands that a person looks, which come before a request is decided."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "review_demands",
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.Column("party", sa.String(length=16), nullable=False),
        sa.Column("demanded_by", sa.String(length=128), nullable=False),
        sa.Column("demanded_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_review_demands")),
    )
