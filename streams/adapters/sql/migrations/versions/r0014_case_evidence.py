"""The evidence that opened a case, kept with it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the table; cases from before have none."""
    op.create_table(
        "case_evidence",
        sa.Column("case_id", sa.String(length=128), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_evidence"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_case_evidence_case_id_cases"),
    )
