"""Clusters (streams/cases/photos/clusters.py) as rows: found upwards from requests or down from a root, and changed.

Who changes it holds the clusters' lock, taken last and kept until the commit; what was read before may be out of date.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Dialect, TextClause, text

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.bulk_insert import BulkInsert
from streams.adapters.sql.round_trip import Later, RoundTrip, answered
from streams.adapters.sql.tables import clusters
from streams.cases.photos.clusters import Node, UnionFind

LOCK = 0x5265_6675_6E64_436C  # "RefundCl"


class ClusterRows:
    """The statements on clusters, in the SQL of one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = ArrayParameters(dialect.name)
        self._write = BulkInsert(dialect, clusters, [column.name for column in clusters.c], replacing=True)
        self._up = _up(self._lists)
        self._down = _down(self._lists)

    def lock(self, trip: RoundTrip) -> bool:
        """Wait until nobody else changes clusters or marks photos; return whether anybody may have since the BEGIN."""
        if self._lists.postgresql:
            trip.tell(_LOCK, {"key": LOCK})
        return self._lists.postgresql

    def around(self, connection: Connection, requests: Iterable[str]) -> UnionFind:
        """Return the clusters that these requests are in."""
        return answered(connection, lambda trip: self.up(trip, requests))

    def up(self, trip: RoundTrip, requests: Iterable[str]) -> Later[UnionFind]:
        """Return the clusters that these requests are in, once the trip was sent."""
        asked = sorted(set(requests))
        if not asked:
            return lambda: UnionFind({})
        return trip.ask(
            self._up,
            self._lists.given(asked),
            lambda rows: UnionFind({node: (root, rank) for node, root, rank in rows}),
        )

    def members(self, connection: Connection, root: str) -> list[str]:
        """Return every request of the cluster that ``root`` names, itself first."""
        return list(connection.execute(self._down, {"root": root}).scalars())

    def write(self, trip: RoundTrip, changed: Mapping[str, Node]) -> None:
        """Store where requests point now."""
        trip.write(
            self._write,
            [
                {"request_id": request_id, "joined_into": node.joined_into, "rank": node.rank}
                for request_id, node in changed.items()
            ],
        )


_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


def _up(lists: ArrayParameters) -> TextClause:
    """Return the statement from some requests upwards: each with its root and the root's rank, where it has one."""
    above = _one_by_one(lists, "joined_into", "above.request_id = way.place AND above.joined_into IS NOT NULL")
    root = _one_by_one(lists, "rank", "above.request_id = way.place AND above.joined_into IS NULL")
    return text(
        f"WITH RECURSIVE way (node, place) AS (SELECT node, node FROM ({lists.rows('node')}) AS given "  # noqa: S608 - ours
        f"UNION SELECT way.node, above.joined_into FROM way {above}) "
        f"SELECT way.node, way.place, above.rank FROM way {root}"
    )


def _down(lists: ArrayParameters) -> TextClause:
    """Return the statement from a root downwards."""
    below = _one_by_one(lists, "request_id", "above.joined_into = way.node")
    return text(
        "WITH RECURSIVE way (node) AS (SELECT CAST(:root AS varchar(128)) "  # noqa: S608 - our own names
        f"UNION SELECT above.request_id FROM way {below}) SELECT node FROM way"
    )


def _one_by_one(lists: ArrayParameters, column: str, condition: str) -> str:
    """Return a join of ``way`` with clusters, called ``above``, by an index.

    PostgreSQL cannot know how few rows a recursion has, and would read the whole table; OFFSET keeps it from that.
    """
    if not lists.postgresql:
        return f"JOIN clusters AS above ON {condition}"
    return f"CROSS JOIN LATERAL (SELECT {column} FROM clusters AS above WHERE {condition} OFFSET 0) AS above"  # noqa: S608 - ours
