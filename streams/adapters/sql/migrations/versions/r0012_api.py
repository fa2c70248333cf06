"""The API's keys, and the answers that it gave to idempotency keys."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(length=128), primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("made_at_ms", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(length=128), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger),
        sa.Column("revoked_at_ms", sa.BigInteger),
    )
    op.create_table(
        "answers",
        sa.Column("account", sa.String(length=256), primary_key=True),
        sa.Column("key", sa.String(length=128), primary_key=True),
        sa.Column("digest", sa.LargeBinary),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("made_at_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_answers_made_at_ms", "answers", ["made_at_ms"])
