"""Policies that are proposed, held and rolled back, and what trials of them found."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make columns and the table."""
    op.add_column("policies", sa.Column("proposed_by", sa.String(length=128), nullable=True))
    activate = sa.Column("act", sa.String(length=64), nullable=False, server_default="activate")
    op.add_column("policy_activations", activate)
    op.add_column("policy_activations", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.add_column("policy_activations", sa.Column("effective_from_ms", sa.BigInteger(), nullable=True))
    op.create_table(
        "policy_trials",
        sa.Column("trial_id", SERIAL, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("policy_sha256", sa.String(length=64), nullable=False),
        sa.Column("begun_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("begun_by", sa.String(length=128), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("before_ms", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_sha256"], ["policies.sha256"], name=op.f("fk_policy_trials_policy_sha256_policies")
        ),
        sa.PrimaryKeyConstraint("trial_id", name=op.f("pk_policy_trials")),
    )
    op.create_index("ix_policy_trials_policy_sha256", "policy_trials", ["policy_sha256", "kind"])
