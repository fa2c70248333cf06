"""Who looked at which photo is on record."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "photo_views",
        sa.Column("subject_id", sa.String(128), primary_key=True),
        sa.Column("at_ms", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("viewer", sa.String(128), primary_key=True),
        sa.Column("places", sa.String(16), primary_key=True),
        sa.Column("view", sa.String(16), primary_key=True),
    )
