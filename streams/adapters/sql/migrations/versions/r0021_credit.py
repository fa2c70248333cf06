"""Credit signals between platforms, and the partners that send them."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "credit_partners",
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("added_by", sa.String(length=128), nullable=False),
        sa.Column("added_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", name=op.f("pk_credit_partners")),
    )
    op.create_table(
        "credit_signals",
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column("signal_id", sa.String(length=128), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.String(length=128), nullable=True),
        sa.Column("stored_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "signal_id", name=op.f("pk_credit_signals")),
    )
    op.create_index("ix_credit_signals_pseudonym", "credit_signals", ["pseudonym"])
    op.create_index("ix_credit_signals_issuer_stored_at_ms", "credit_signals", ["issuer", "stored_at_ms"])
