"""A claim is found by its person and currency alone, and a person's newest claims by their key: fewer pages a claim."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

_COPY = sa.text(
    "INSERT INTO newest_claims_by_key (person, what, name, at_ms)"
    " SELECT person, what, name, at_ms FROM newest_claims ORDER BY person, what, name"
)


def upgrade() -> None:
    """Drop an index of each; on SQLite rows lie in the order of their key from now on."""
    op.drop_index("ix_claims_person_appended_at_ms_claims_before", "claims")
    op.drop_index("ix_newest_claims_person_what_at_ms", "newest_claims")
    if op.get_bind().dialect.name != "sqlite":
        return
    op.create_table(
        "newest_claims_by_key",
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("person", "what", "name", name="pk_newest_claims"),
        sqlite_with_rowid=False,
    )
    op.execute(_COPY)
    op.drop_table("newest_claims")
    op.rename_table("newest_claims_by_key", "newest_claims")
