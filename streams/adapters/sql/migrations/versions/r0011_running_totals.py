"""Running totals beside claims, the newest claim of each person, and what the judge saw of each request."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

COUNTED = ("claims_before", "refund_only_before", "shared_before", "sum_before_minor")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
SHARED = """
UPDATE claims SET shared_photo = 1 WHERE EXISTS (
    SELECT 1 FROM photo_matches AS m WHERE m.request_id = claims.request_id
    AND m.request_digest = claims.request_digest AND m.joins AND m.harmless_by IS NULL)
"""
TOTALS = """
UPDATE claims SET claims_before = t.n - 1, refund_only_before = t.refund_only, shared_before = t.shared,
    sum_before_minor = t.sum_minor
FROM (
    SELECT request_id, request_digest, row_number() OVER earlier AS n,
        sum(CASE kind WHEN 'refund_only' THEN 1 ELSE 0 END) OVER earlier
            - CASE kind WHEN 'refund_only' THEN 1 ELSE 0 END AS refund_only,
        sum(shared_photo) OVER earlier - shared_photo AS shared,
        sum(amount_minor) OVER alike - amount_minor AS sum_minor
    FROM claims
    WINDOW earlier AS (PARTITION BY person ORDER BY appended_at_ms, request_id, request_digest),
        alike AS (PARTITION BY person, currency ORDER BY appended_at_ms, request_id, request_digest)
) AS t
WHERE claims.request_id = t.request_id AND claims.request_digest = t.request_digest
"""
NEWEST = """
INSERT INTO newest_claims (person, what, name, at_ms)
SELECT person, 'merchant', merchant_id, max(appended_at_ms) FROM claims GROUP BY person, merchant_id
UNION ALL SELECT person, 'category', category, max(appended_at_ms) FROM claims GROUP BY person, category
"""


def upgrade() -> None:
    """Make columns and tables, and count the claims that are there."""
    op.add_column("claims", sa.Column("shared_photo", sa.SmallInteger(), nullable=False, server_default="0"))
    for name in COUNTED:
        op.add_column("claims", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "newest_claims",
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "what", "name", name=op.f("pk_newest_claims")),
    )
    for statement in (SHARED, TOTALS, NEWEST):
        op.execute(sa.text(statement))
    _make_indexes()
    _make_kept_evidence()


def _make_indexes() -> None:
    op.drop_index("ix_claims_person_appended_at_ms", "claims")
    earlier = ["person", "appended_at_ms", "claims_before"]
    op.create_index("ix_claims_person_appended_at_ms_claims_before", "claims", earlier)
    op.create_index("ix_claims_person_currency", "claims", ["person", "currency", "appended_at_ms", "claims_before"])
    op.create_index("ix_newest_claims_person_what_at_ms", "newest_claims", ["person", "what", "at_ms"])
    decided = sa.text("verdict IS NOT NULL")
    op.create_index(
        "ix_cases_verdicts_person",
        "cases",
        ["person", "decided_at_ms"],
        sqlite_where=decided,
        postgresql_where=decided,
    )


def _make_kept_evidence() -> None:
    op.create_table(
        "kept_evidence",
        sa.Column("kept_id", SERIAL, nullable=False),
        sa.Column("kept_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kept_id", name=op.f("pk_kept_evidence")),
    )
    op.add_column("decisions", sa.Column("kept_id", sa.BigInteger(), nullable=True))
