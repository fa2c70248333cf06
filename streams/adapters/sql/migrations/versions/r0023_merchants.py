"""Claims against each merchant by day, with running totals, and an index of merchants' objections."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

OBJECTION = sa.text("reason_codes = 'MERCHANT_OBJECTION'")
SQLITE_YOUNGER = """
UPDATE claims SET younger_reference = 1 WHERE EXISTS (
    SELECT 1 FROM json_each(claims.reference_media) AS one
    WHERE json_extract(one.value, '$.registered_at_ms') >= claims.appended_at_ms)
"""
POSTGRESQL_YOUNGER = """
UPDATE claims SET younger_reference = 1 WHERE EXISTS (
    SELECT 1 FROM json_array_elements(CAST(claims.reference_media AS json)) AS one
    WHERE CAST(one ->> 'registered_at_ms' AS bigint) >= claims.appended_at_ms)
"""
DAYS = """
INSERT INTO merchant_days (merchant_id, day, claims, younger, claims_before, younger_before)
SELECT merchant_id, day, claims, younger,
    sum(claims) OVER earlier - claims, sum(younger) OVER earlier - younger
FROM (
    SELECT merchant_id, appended_at_ms / 86400000 AS day, count(*) AS claims, sum(younger_reference) AS younger
    FROM claims GROUP BY merchant_id, appended_at_ms / 86400000
) AS days
WINDOW earlier AS (PARTITION BY merchant_id ORDER BY day)
"""


def upgrade() -> None:
    """Make the column, the table and the index, and count the claims that are there."""
    op.add_column("claims", sa.Column("younger_reference", sa.SmallInteger(), nullable=False, server_default="0"))
    op.create_table(
        "merchant_days",
        sa.Column("merchant_id", sa.String(length=128), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("claims", sa.BigInteger(), nullable=False),
        sa.Column("younger", sa.BigInteger(), nullable=False),
        sa.Column("claims_before", sa.BigInteger(), nullable=False),
        sa.Column("younger_before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "day", name=op.f("pk_merchant_days")),
    )
    op.create_index(
        "ix_cases_objections_merchant_id",
        "cases",
        ["merchant_id", "opened_at_ms"],
        sqlite_where=OBJECTION,
        postgresql_where=OBJECTION,
    )
    younger = POSTGRESQL_YOUNGER if op.get_bind().dialect.name == "postgresql" else SQLITE_YOUNGER
    op.execute(sa.text(younger))
    op.execute(sa.text(DAYS))
