"""Golden cases are known under ids of these days, and a verdict on one that needs another person's is answered."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

_COLUMNS = ("request_known_as", "order_known_as", "in_place_of")
_HOUR_MS = 3_600_000


def upgrade() -> None:
    """Add the columns, and let verdicts that wait for a second person's, who never comes, be answered."""
    for name in _COLUMNS:
        op.add_column("golden_assignments", sa.Column(name, sa.String(128)))
    golden = sa.table("golden_assignments", *map(sa.column, ("due_at_ms", "decided_at_ms", "shown")))
    waits = golden.c.shown.contains('"AWAITING_SECOND_REVIEWER"') & golden.c.due_at_ms.is_(None)
    op.execute(golden.update().where(waits).values(due_at_ms=golden.c.decided_at_ms + _HOUR_MS))
