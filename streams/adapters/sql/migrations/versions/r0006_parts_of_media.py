"""Photos that are a part of a medium have longer names."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Give the names more room, where a length is kept to: SQLite keeps to none."""
    if op.get_bind().dialect.name != "sqlite":
        for column in ("media_id", "earlier_media_id"):
            op.alter_column("photo_matches", column, type_=sa.String(length=144))
