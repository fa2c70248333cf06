"""The newest claims that resemble an earlier one are found by an index, however many there are."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Make the index, and drop the one that it takes the place of."""
    op.create_index("ix_photo_matches_earlier_request_id_position", "photo_matches", ["earlier_request_id", "position"])
    op.drop_index("ix_photo_matches_earlier_request_id", "photo_matches")
