"""Audit chains under seals: which seal covers an entry, the sealed heads, and stamps on them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make column, indexes and tables; entries from before are sealed with the first seal."""
    op.add_column("audit", sa.Column("seal_no", sa.BigInteger))
    unsealed, sealed = sa.text("seal_no IS NULL"), sa.text("seal_no IS NOT NULL")
    op.create_index("ix_audit_unsealed", "audit", ["case_id", "seq"], sqlite_where=unsealed, postgresql_where=unsealed)
    op.create_index("ix_audit_seal_no", "audit", ["seal_no"], sqlite_where=sealed, postgresql_where=sealed)
    op.create_table(
        "audit_seals",
        sa.Column("seal_no", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sealed_at_ms", sa.BigInteger, nullable=False),
        sa.Column("leaves", sa.Integer, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("seal_no", name="pk_audit_seals"),
    )
    op.create_table(
        "audit_stamps",
        sa.Column("seal_no", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("received_at_ms", sa.BigInteger, nullable=False),
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("response", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("seal_no", name="pk_audit_stamps"),
        sa.ForeignKeyConstraint(["seal_no"], ["audit_seals.seal_no"], name="fk_audit_stamps_seal_no_audit_seals"),
    )
