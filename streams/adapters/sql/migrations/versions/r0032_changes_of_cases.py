"""Cases count all that changes them beside their version, which counts what everybody may know of."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the count."""
    op.add_column("cases", sa.Column("changes", sa.Integer, nullable=False, server_default="1"))
    op.execute("UPDATE cases SET changes = version")
