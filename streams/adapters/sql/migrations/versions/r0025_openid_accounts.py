"""Accounts that a sign-in provider vouches for, by its name and its own id of the person."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the column and its index."""
    op.add_column("accounts", sa.Column("subject", sa.String(length=512), nullable=True))
    op.create_index("uq_accounts_subject", "accounts", ["subject"], unique=True)
