"""Views of photos by their time: old ones are deleted a few hundred at a time."""

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_photo_views_at_ms", "photo_views", ["at_ms"])
