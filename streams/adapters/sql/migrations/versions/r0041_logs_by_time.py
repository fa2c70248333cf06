"""Kept evidence by its time, and a worker's events by its spell: old spells are deleted without reading all events."""

from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("ix_kept_evidence_kept_at_ms", "kept_evidence", ["kept_at_ms", "records"])
    op.create_index("ix_worker_events_spell_id", "worker_events", ["spell_id"])
