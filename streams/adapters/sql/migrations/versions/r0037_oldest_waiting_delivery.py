"""The oldest delivery that waits for each webhook: a metric tells how long an address has taken nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

_WAITS = sa.text("state = 'WAITING'")


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_webhook_deliveries_waiting_webhook_id_created_at_ms",
        "webhook_deliveries",
        ["webhook_id", "created_at_ms"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
