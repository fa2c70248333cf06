"""Cases by order, buyer and merchant: what people look for."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the column, filled from the claims, and the indexes."""
    op.add_column("cases", sa.Column("order_id", sa.String(length=128), nullable=False, server_default=""))
    op.execute(
        sa.text(
            "UPDATE cases SET order_id = COALESCE((SELECT claims.order_id FROM claims"
            " WHERE claims.request_id = cases.request_id"
            " AND claims.request_digest = cases.request_digest), '')"
        )
    )
    for column in ("order_id", "buyer_id", "merchant_id"):
        op.create_index(f"ix_cases_{column}", "cases", [column])
