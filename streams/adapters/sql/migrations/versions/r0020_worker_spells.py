"""When workers ran and what happened to them, and which evidence packages were made."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "worker_spells",
        sa.Column("spell_id", sa.String(length=128), nullable=False),
        sa.Column("worker", sa.String(length=128), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("configuration_sha256", sa.String(length=64), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger, nullable=False),
        sa.Column("seen_at_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("spell_id", name="pk_worker_spells"),
    )
    op.create_index("ix_worker_spells_started_at_ms", "worker_spells", ["started_at_ms"])
    op.create_table(
        "worker_events",
        sa.Column("event_id", SERIAL, nullable=False),
        sa.Column("spell_id", sa.String(length=128), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_worker_events"),
        sa.ForeignKeyConstraint(
            ["spell_id"], ["worker_spells.spell_id"], name="fk_worker_events_spell_id_worker_spells"
        ),
    )
    op.create_index("ix_worker_events_at_ms", "worker_events", ["at_ms"])
    op.create_table(
        "evidence_exports",
        sa.Column("export_id", SERIAL, nullable=False),
        sa.Column("case_id", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("seal_no", sa.BigInteger, nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("list_sha256", sa.String(length=64), nullable=False),
        sa.Column("exported_at_ms", sa.BigInteger, nullable=False),
        sa.Column("exported_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("export_id", name="pk_evidence_exports"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_evidence_exports_case_id_cases"),
    )
