"""Keys of persons to what audit entries say, and legal holds, under which nothing of a person is erased."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables; what entries from before say stays in clear until their person is erased."""
    op.drop_index("ix_audit_unsealed", "audit")  # by case it cost each decision more than by time
    waiting = sa.text("seal_no IS NULL")
    op.create_index("ix_audit_unsealed", "audit", ["at_ms"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "person_keys",
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("key_id", sa.LargeBinary, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("made_at_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_person_keys"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "legal_holds",
        sa.Column("hold_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("placed_at_ms", sa.BigInteger, nullable=False),
        sa.Column("placed_by", sa.String(length=128), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("lifted_at_ms", sa.BigInteger),
        sa.Column("lifted_by", sa.String(length=128)),
        sa.PrimaryKeyConstraint("hold_id", name="pk_legal_holds"),
    )
    op.create_index("ix_legal_holds_person", "legal_holds", ["person"])
