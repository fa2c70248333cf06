"""Further photos of the parties of a case, and the references of each claim that they are compared with."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make column and table; of claims that were decided before, the references are not known."""
    op.add_column("claims", sa.Column("reference_media", sa.Text(), nullable=True))
    op.create_table(
        "follow_ups",
        sa.Column("case_id", sa.String(length=128), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party", sa.String(length=16), nullable=False),
        sa.Column("sent_by", sa.String(length=128), nullable=False),
        sa.Column("sent_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("photos", sa.Text(), nullable=True),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.Column("gathered_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_follow_ups_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_follow_ups")),
    )
