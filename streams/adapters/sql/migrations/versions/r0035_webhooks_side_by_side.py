"""What waits for each webhook: no address that does not answer holds up another's."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

_WAITS = sa.text("state = 'WAITING'")


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_webhook_deliveries_waiting_webhook_id",
        "webhook_deliveries",
        ["webhook_id", "next_at_ms"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
