"""How people like the pages: language, colours, shortcuts."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "preferences",
        sa.Column("name", sa.String(64), sa.ForeignKey("accounts.name"), primary_key=True),
        sa.Column("language", sa.String(8)),
        sa.Column("theme", sa.String(8)),
        sa.Column("shortcuts", sa.String(8)),
    )
