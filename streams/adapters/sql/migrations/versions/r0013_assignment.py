"""Assignment: a queue of cases that wait for a reviewer, who has which case until when, conflicts, and drafts."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

IDENTIFIER = sa.String(128)
CODE = sa.String(64)


def upgrade() -> None:
    """Make the tables; whatever waits for a reviewer has its place from now on."""
    op.add_column("cases", sa.Column("assignee", IDENTIFIER))
    _queue()
    _people()
    _assignments()
    place = sa.text(
        "INSERT INTO review_queue (case_id, lane, ready_at_ms, start_at_ms, rank_at_ms, cluster_id, person, buyer_id,"
        " merchant_id, category, language, waiting)"
        " SELECT case_id, 'other', :now, :now, :now - score * 36000, request_id, person, buyer_id, merchant_id,"
        " category, '', true FROM cases"
        " WHERE state IN ('READY', 'AWAITING_SECOND_REVIEWER', 'APPEALED', 'MERCHANT_APPEALED')"
    )
    op.execute(place.bindparams(now=time.time_ns() // 1_000_000))


def _queue() -> None:
    op.create_table(
        "review_queue",
        sa.Column("case_id", IDENTIFIER, sa.ForeignKey("cases.case_id"), primary_key=True),
        sa.Column("lane", sa.String(16), nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("ready_at_ms", "start_at_ms", "rank_at_ms")),
        *(sa.Column(name, IDENTIFIER, nullable=False) for name in ("cluster_id", "person", "buyer_id", "merchant_id")),
        sa.Column("category", CODE, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("waiting", sa.Boolean, nullable=False),
    )
    waits = sa.text("waiting")
    op.create_index(
        "ix_review_queue_rank_at_ms",
        "review_queue",
        ["rank_at_ms", "case_id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index(
        "ix_review_queue_lane_rank_at_ms",
        "review_queue",
        ["lane", "rank_at_ms", "case_id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index("ix_review_queue_cluster_id", "review_queue", ["cluster_id", "start_at_ms"])
    op.create_index("ix_review_queue_person", "review_queue", ["person", "start_at_ms"])


def _people() -> None:
    op.create_table(
        "reviewers",
        sa.Column("name", IDENTIFIER, primary_key=True),
        sa.Column("categories", sa.Text, nullable=False, server_default=""),
        sa.Column("languages", sa.Text, nullable=False, server_default=""),
        sa.Column("capacity", sa.SmallInteger, nullable=False, server_default="1"),
        sa.Column("seen_at_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "conflicts",
        sa.Column("reviewer", IDENTIFIER, primary_key=True),
        sa.Column("scope", sa.String(16), primary_key=True),
        sa.Column("subject_id", IDENTIFIER, primary_key=True),
        sa.Column("until_ms", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("named_by", IDENTIFIER, nullable=False),
        sa.Column("named_at_ms", sa.BigInteger, nullable=False),
    )


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("assignment_id", IDENTIFIER, primary_key=True),
        sa.Column("case_id", IDENTIFIER, sa.ForeignKey("cases.case_id"), nullable=False),
        sa.Column("reviewer", IDENTIFIER, nullable=False),
        sa.Column("ready_at_ms", sa.BigInteger, nullable=False),
        sa.Column("assigned_at_ms", sa.BigInteger, nullable=False),
        sa.Column("lease_until_ms", sa.BigInteger, nullable=False),
        sa.Column("taken", sa.Boolean, nullable=False),
        sa.Column("held_since_ms", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger),
        sa.Column("outcome", CODE),
    )
    lasts = sa.text("ended_at_ms IS NULL")
    op.create_index(
        "uq_assignments_case_id", "assignments", ["case_id"], unique=True, sqlite_where=lasts, postgresql_where=lasts
    )
    op.create_index(
        "ix_assignments_reviewer",
        "assignments",
        ["reviewer", "assigned_at_ms"],
        sqlite_where=lasts,
        postgresql_where=lasts,
    )
    op.create_index(
        "ix_assignments_lease_until_ms", "assignments", ["lease_until_ms"], sqlite_where=lasts, postgresql_where=lasts
    )
    op.create_index("ix_assignments_ended_at_ms", "assignments", ["ended_at_ms"])
    op.create_table(
        "drafts",
        sa.Column("case_id", IDENTIFIER, sa.ForeignKey("cases.case_id"), primary_key=True),
        sa.Column("reviewer", IDENTIFIER, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("saved_at_ms", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
