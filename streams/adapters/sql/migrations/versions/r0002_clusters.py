"""Clusters as a forest, confirmed forgeries as a bank, harmless resemblances.

What was in one cluster stays in one; resemblances that an earlier version stored but did not join by are joined now.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

A_BATCH = 1_000


def upgrade() -> None:
    """Make and change the tables, and carry the clusters over."""
    _clusters()
    _photo_matches()
    _carry_clusters_over()
    _cases()
    op.add_column("claims", sa.Column("photos", sa.Text(), nullable=True))
    _forged_photos()
    _harmless_photos()


def _clusters() -> None:
    op.create_table(
        "clusters",
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.Column("joined_into", sa.String(length=128), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_clusters")),
    )
    op.create_index("ix_clusters_joined_into", "clusters", ["joined_into"])


def _photo_matches() -> None:
    op.add_column("photo_matches", sa.Column("method", sa.String(length=64), nullable=True))
    op.add_column("photo_matches", sa.Column("confirmed", sa.Boolean(), nullable=True))
    op.add_column("photo_matches", sa.Column("sha256", sa.String(length=64), nullable=True))
    op.add_column("photo_matches", sa.Column("earlier_sha256", sa.String(length=64), nullable=True))
    op.add_column("photo_matches", sa.Column("joins", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("photo_matches", sa.Column("harmless_by", sa.String(length=128), nullable=True))
    op.create_index(
        "ix_photo_matches_harmless_by",
        "photo_matches",
        ["harmless_by"],
        sqlite_where=sa.text("harmless_by IS NOT NULL"),
        postgresql_where=sa.text("harmless_by IS NOT NULL"),
    )
    op.execute(
        sa.text(
            "UPDATE photo_matches SET joins = true WHERE earlier_source = 'claim' AND earlier_request_id IS NOT NULL"
            " AND distance_bits <= 31"
        )
    )


def _carry_clusters_over() -> None:
    root_of: dict[str, str] = {}

    def root(node: str) -> str:
        while (above := root_of.get(node, node)) != node:
            root_of[node] = root_of.get(above, above)
            node = above
        return node

    for one, other in _pairs():
        root_of[max(root(one), root(other))] = min(root(one), root(other))
    names = {node: root(node) for node in list(root_of)}
    joined = [{"node": node, "into": name, "rank": 0} for node, name in names.items() if name != node]
    roots = [{"node": name, "into": None, "rank": 1} for name in {row["into"] for row in joined}]
    statement = sa.text("INSERT INTO clusters (request_id, joined_into, rank) VALUES (:node, :into, :rank)")
    rows = [*roots, *joined]
    for start in range(0, len(rows), A_BATCH):
        op.get_bind().execute(statement, rows[start : start + A_BATCH])


def _pairs() -> Iterator[tuple[str, str]]:
    """Give requests that belong together: their cases shared a cluster, or their photos resemble each other."""
    connection = op.get_bind()
    first: dict[str, str] = {}
    for request_id, cluster_id in connection.execute(sa.text("SELECT request_id, cluster_id FROM cases")):
        yield first.setdefault(cluster_id, request_id), request_id
    yield from connection.execute(sa.text("SELECT earlier_request_id, request_id FROM photo_matches WHERE joins"))


def _cases() -> None:
    op.drop_index("ix_cases_cluster_id", "cases")
    op.drop_column("cases", "cluster_id")
    op.add_column("cases", sa.Column("opened_for", sa.String(length=128), nullable=True))
    op.create_index(
        "ix_cases_opened_for",
        "cases",
        ["opened_for"],
        sqlite_where=sa.text("opened_for IS NOT NULL"),
        postgresql_where=sa.text("opened_for IS NOT NULL"),
    )


def _forged_photos() -> None:
    op.create_table(
        "forged_photos",
        sa.Column("case_id", sa.String(length=128), nullable=False),
        sa.Column("sighting_id", sa.String(length=512), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("fingerprint_version", sa.String(length=64), nullable=True),
        sa.Column("fingerprint_bits", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_forged_photos_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "sighting_id", name=op.f("pk_forged_photos")),
    )
    op.create_index("ix_forged_photos_sighting_id", "forged_photos", ["sighting_id"])
    op.create_index("ix_forged_photos_sha256", "forged_photos", ["sha256"])


def _harmless_photos() -> None:
    op.create_table(
        "harmless_photos",
        sa.Column("mark_id", sa.String(length=128), nullable=False),
        sa.Column("photo", sa.String(length=512), nullable=False),
        sa.Column("other", sa.String(length=512), nullable=False),
        sa.Column("case_id", sa.String(length=128), nullable=False),
        sa.Column("marked_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("marked_by", sa.String(length=128), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_harmless_photos_case_id_cases")),
        sa.PrimaryKeyConstraint("mark_id", name=op.f("pk_harmless_photos")),
    )
    op.create_index("uq_harmless_photos_photo_other", "harmless_photos", ["photo", "other"], unique=True)
