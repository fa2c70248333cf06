"""Second looks: whose turn a case is, what its parties are asked for, and every verdict that was given."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make columns and table; a case that was appealed stays for somebody who did not decide it."""
    op.add_column("cases", sa.Column("look", sa.String(length=16), nullable=False, server_default="FIRST"))
    op.add_column("cases", sa.Column("asked", sa.Text(), nullable=False, server_default="[]"))
    op.execute(sa.text("UPDATE cases SET look = 'APPEAL' WHERE state IN ('APPEALED', 'MERCHANT_APPEALED')"))
    op.create_table(
        "verdicts",
        sa.Column("case_id", sa.String(length=128), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reviewer", sa.String(length=128), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("look", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_verdicts_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_verdicts")),
    )
