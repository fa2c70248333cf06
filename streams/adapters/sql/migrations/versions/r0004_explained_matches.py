"""What explains that two photos are alike, and how much of what was altered in them is."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the columns; of matches that are stored already nobody knows."""
    op.add_column("photo_matches", sa.Column("explained_by", sa.String(length=512), nullable=True))
    op.add_column("photo_matches", sa.Column("shared_alteration", sa.Double(), nullable=True))
