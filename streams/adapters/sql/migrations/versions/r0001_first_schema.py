"""The first schema: claims and decisions, cases and their audit, policies, the outbox, leases and secrets."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, those that others refer to first."""
    _claims()
    _decisions()
    _leases()
    _outbox()
    _outcomes()
    _photo_matches()
    _policies()
    _request_origins()
    _secrets()
    _cases()
    _policy_activations()
    _audit()


def _claims() -> None:
    op.create_table(
        "claims",
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.Column("request_digest", sa.String(length=71), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("buyer_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("merchant_id", sa.String(length=128), nullable=False),
        sa.Column("product_id", sa.String(length=128), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("freight_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("requested_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("appended_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "request_digest", name=op.f("pk_claims")),
    )
    op.create_index("ix_claims_person_appended_at_ms", "claims", ["person", "appended_at_ms"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.Column("request_digest", sa.String(length=71), nullable=False),
        sa.Column("decision_id", sa.String(length=128), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("content_changed", sa.Boolean(), nullable=False),
        sa.Column("policy_sha256", sa.String(length=64), nullable=False),
        sa.Column("decided_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "request_digest", name=op.f("pk_decisions")),
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("outbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic", sa.String(length=249), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("sent_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["outbox_id"],
        sqlite_where=sa.text("sent_at_ms IS NULL"),
        postgresql_where=sa.text("sent_at_ms IS NULL"),
    )


def _outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("outcome_id", sa.String(length=128), nullable=False),
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.Column("buyer_id", sa.String(length=128), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("occurred_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("outcome_id", name=op.f("pk_outcomes")),
    )
    op.create_index("ix_outcomes_request_id", "outcomes", ["request_id"])


def _photo_matches() -> None:
    op.create_table(
        "photo_matches",
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.Column("request_digest", sa.String(length=71), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("media_id", sa.String(length=128), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("earlier_sighting_id", sa.String(length=512), nullable=False),
        sa.Column("earlier_position", sa.BigInteger(), nullable=False),
        sa.Column("earlier_source", sa.String(length=16), nullable=False),
        sa.Column("earlier_request_id", sa.String(length=128), nullable=True),
        sa.Column("earlier_media_id", sa.String(length=128), nullable=True),
        sa.Column("distance_bits", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "request_digest", "ordinal", name=op.f("pk_photo_matches")),
    )
    op.create_index("ix_photo_matches_earlier_request_id", "photo_matches", ["earlier_request_id"])
    op.create_index("ix_photo_matches_earlier_sighting_id", "photo_matches", ["earlier_sighting_id"])


def _policies() -> None:
    op.create_table(
        "policies",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stored_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_policies")),
    )


def _request_origins() -> None:
    op.create_table(
        "request_origins",
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.Column("request_digest", sa.String(length=71), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_request_origins")),
    )


def _secrets() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("made_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(length=128), nullable=False),
        sa.Column("cluster_id", sa.String(length=128), nullable=False),
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.Column("request_digest", sa.String(length=71), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("buyer_id", sa.String(length=128), nullable=False),
        sa.Column("merchant_id", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("reason_codes", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("decided_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id", "request_digest"],
            ["decisions.request_id", "decisions.request_digest"],
            name=op.f("fk_cases_request_id_request_digest_decisions"),
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_cluster_id", "cases", ["cluster_id"])
    op.create_index(
        "ix_cases_forgeries_person",
        "cases",
        ["person", "decided_at_ms"],
        sqlite_where=sa.text("verdict = 'FORGERY_CONFIRMED'"),
        postgresql_where=sa.text("verdict = 'FORGERY_CONFIRMED'"),
    )
    op.create_index("ix_cases_opened_at_ms_case_id", "cases", ["opened_at_ms", "case_id"])
    op.create_index("ix_cases_state_due_at_ms", "cases", ["state", "due_at_ms"])
    op.create_index("uq_cases_request_id_request_digest", "cases", ["request_id", "request_digest"], unique=True)


def _policy_activations() -> None:
    op.create_table(
        "policy_activations",
        sa.Column("activation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("policy_sha256", sa.String(length=64), nullable=False),
        sa.Column("activated_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("activated_by", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_sha256"], ["policies.sha256"], name=op.f("fk_policy_activations_policy_sha256_policies")
        ),
        sa.PrimaryKeyConstraint("activation_id", name=op.f("pk_policy_activations")),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("case_id", sa.String(length=128), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_audit_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_audit")),
    )
