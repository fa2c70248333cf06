"""Names that no account has are locked like accounts, so that nobody finds out which there are."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "unknown_names",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_unknown_names_locked_until_ms", "unknown_names", ["locked_until_ms"])
