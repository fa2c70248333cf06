"""Where a database keeps the version of its schema: in a table of our own, since other programs use Alembic too.

Up to revision 0004 it stood under Alembic's own name, ``alembic_version``. Such a table is ours where it holds one of
our revisions and all tables of the first one are there; it is moved once. Whatever else it holds is another program's.
"""

from collections.abc import Collection

from sqlalchemy import Connection, String, column, inspect, select, table, text

VERSION_TABLE = "refund_sentinel_version"
ALEMBICS = "alembic_version"
OF_THE_FIRST_REVISION = frozenset(
    {
        "audit",
        "cases",
        "claims",
        "decisions",
        "leases",
        "outbox",
        "outcomes",
        "photo_matches",
        "policies",
        "policy_activations",
        "request_origins",
        "secrets",
    }
)


def revision(connection: Connection) -> str | None:
    """Return the revision that the schema has; None where nothing of ours is there, or all stands where it once did."""
    return next(iter(_held(connection, VERSION_TABLE)), None)


def names_in_use(connection: Connection) -> frozenset[str]:
    """Return the names of tables that our first revision makes, and that are there."""
    return OF_THE_FIRST_REVISION & set(inspect(connection).get_table_names())


def once_held(connection: Connection, known: Collection[str]) -> str | None:
    """Return the revision that ``alembic_version`` holds where that is ours, else None; ``known`` are our revisions."""
    held = others(connection)
    ours = len(held) == 1 and held[0] in known and names_in_use(connection) == OF_THE_FIRST_REVISION
    return held[0] if ours else None


def others(connection: Connection) -> list[str]:
    """Return what ``alembic_version`` holds, whosever it is; empty where there is none, or it holds nothing."""
    return _held(connection, ALEMBICS)


def move(connection: Connection) -> None:
    """Rename Alembic's version table, which is ours, to its own name."""
    connection.execute(text(f"ALTER TABLE {ALEMBICS} RENAME TO {VERSION_TABLE}"))


def _held(connection: Connection, name: str) -> list[str]:
    """Return the versions in a table that Alembic keeps; empty where there is none of this name."""
    if not inspect(connection).has_table(name):
        return []
    return list(connection.scalars(select(column("version_num", String)).select_from(table(name))))
