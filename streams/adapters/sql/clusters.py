"""The forest of clusters, as rows: found from some requests upwards, or from one root downwards, and changed.

Who changes it holds the clusters' lock, taken last and kept until the commit; what was read before may be out of date.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Dialect, text

from streams.adapters.sql.lists import Lists
from streams.adapters.sql.statements import BulkInsert
from streams.adapters.sql.tables import clusters
from streams.cases.clusters import Forest, Node

LOCK = 0x5265_6675_6E64_436C  # "RefundCl"


class ClusterRows:
    """The statements on clusters, in the SQL of one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = Lists(dialect.name)
        self._write = BulkInsert(dialect, clusters, [column.name for column in clusters.c], replacing=True)
        self._up = text(
            f"WITH RECURSIVE way (node, place) AS (SELECT node, node FROM ({self._lists.rows('node')}) AS given "  # noqa: S608 - our own names
            "UNION SELECT way.node, clusters.joined_into FROM way JOIN clusters ON clusters.request_id = way.place "
            "WHERE clusters.joined_into IS NOT NULL) "
            "SELECT way.node, way.place, clusters.rank FROM way JOIN clusters ON clusters.request_id = way.place "
            "WHERE clusters.joined_into IS NULL"
        )

    def lock(self, connection: Connection) -> bool:
        """Wait until nobody else changes clusters or marks photos; return whether anybody may have since the BEGIN."""
        if self._lists.postgresql:
            connection.execute(_LOCK, {"key": LOCK})
        return self._lists.postgresql

    def forest(self, connection: Connection, requests: Iterable[str]) -> Forest:
        """Return the clusters that these requests are in."""
        asked = set(requests)
        found = connection.execute(self._up, self._lists.given(sorted(asked))) if asked else ()
        return Forest({node: (root, rank) for node, root, rank in found})

    def members(self, connection: Connection, root: str) -> list[str]:
        """Return every request of the cluster that ``root`` names, itself first."""
        return list(connection.execute(_DOWN, {"root": root}).scalars())

    def write(self, connection: Connection, changed: Mapping[str, Node]) -> None:
        """Store where requests point now."""
        self._write.run(
            connection,
            [
                {"request_id": request_id, "joined_into": node.joined_into, "rank": node.rank}
                for request_id, node in changed.items()
            ],
        )


_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_DOWN = text(
    "WITH RECURSIVE below (node) AS (SELECT CAST(:root AS varchar(128)) "
    "UNION SELECT clusters.request_id FROM below JOIN clusters ON clusters.joined_into = below.node) "
    "SELECT node FROM below"
)
