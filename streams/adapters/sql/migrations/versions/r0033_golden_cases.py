"""Closed cases are handed out again, to see how reviewers judge."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_LASTS = sa.text("ended_at_ms IS NULL AND NOT golden")
_DUE = sa.text("due_at_ms IS NOT NULL")


def upgrade() -> None:
    """Make both tables, and let a case be in several hands where all but one have it as a golden one."""
    op.add_column("assignments", sa.Column("golden", sa.Boolean, nullable=False, server_default=sa.false()))
    op.drop_index("uq_assignments_case_id", "assignments")
    op.create_index(
        "uq_assignments_case_id", "assignments", ["case_id"], unique=True, sqlite_where=_LASTS, postgresql_where=_LASTS
    )
    op.create_table(
        "golden_cases",
        sa.Column("case_id", sa.String(128), sa.ForeignKey("cases.case_id"), primary_key=True),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("until_seq", sa.Integer, nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
        sa.Column("marked_by", sa.String(128), nullable=False),
        sa.Column("marked_at_ms", sa.BigInteger, nullable=False),
        sa.Column("removed_at_ms", sa.BigInteger),
    )
    op.create_table(
        "golden_assignments",
        sa.Column("assignment_id", sa.String(128), sa.ForeignKey("assignments.assignment_id"), primary_key=True),
        sa.Column("case_id", sa.String(128), sa.ForeignKey("cases.case_id"), nullable=False),
        sa.Column("reviewer", sa.String(128), nullable=False),
        sa.Column("moved_ms", sa.BigInteger, nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
        sa.Column("until_seq", sa.Integer, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("due_at_ms", sa.BigInteger),
        sa.Column("shown", sa.Text),
        sa.Column("entries", sa.Text, nullable=False),
        sa.Column("given", sa.Text, nullable=False),
        sa.Column("right_verdict", sa.String(32), nullable=False),
        sa.Column("right_rule", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(32)),
        sa.Column("decided_at_ms", sa.BigInteger),
    )
    _index("uq_golden_assignments_case_id_reviewer", ["case_id", "reviewer"], unique=True)
    _index("ix_golden_assignments_reviewer", ["reviewer"])
    _index("ix_golden_assignments_decided_at_ms", ["decided_at_ms"])
    op.create_index(
        "ix_golden_assignments_due_at_ms",
        "golden_assignments",
        ["due_at_ms"],
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )


def _index(name: str, columns: list[str], *, unique: bool = False) -> None:
    op.create_index(name, "golden_assignments", columns, unique=unique)
