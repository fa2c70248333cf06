"""Cases of a merchant in the order they were opened in: what they did lately is counted without reading all of them."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make the index in place of the shorter one."""
    op.create_index("ix_cases_merchant_id_opened_at_ms", "cases", ["merchant_id", "opened_at_ms", "case_id"])
    op.drop_index("ix_cases_merchant_id", table_name="cases")
