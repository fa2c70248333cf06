"""Keys that the system makes for itself, once, and keeps in the database."""

import secrets as randomness
from typing import Any

from sqlalchemy import Connection, Engine, Select, select

from streams.adapters.sql.bulk_insert import insert_or_leave
from streams.adapters.sql.engine import writing
from streams.adapters.sql.tables import secrets

AUDIT_KEY = "audit-share"
SECOND_LOOK_KEY = "second-look"
KEY_BYTES = 32


def audit_key(engine: Engine, now_ms: int) -> bytes:
    """Return the 32 random bytes that choose the random audit share: made by whoever asks first, then for ever."""
    with writing(engine) as connection:
        return kept_key(connection, AUDIT_KEY, now_ms)


def kept_key(connection: Connection, name: str, now_ms: int) -> bytes:
    """Return the 32 random bytes that the database keeps under a name: made by whoever asks first, then for ever."""
    found = known_key(connection, name)
    if found is None:
        row = {"name": name, "value": randomness.token_bytes(KEY_BYTES), "made_at_ms": now_ms}
        connection.execute(insert_or_leave(connection, secrets), row)
        found = bytes(connection.execute(_key(name)).scalar_one())
    return found


def known_key(connection: Connection, name: str) -> bytes | None:
    """Return the key that the database keeps under a name; None: nobody has asked for it yet."""
    found = connection.execute(_key(name)).scalar()
    return None if found is None else bytes(found)


def _key(name: str) -> Select[Any]:
    return select(secrets.c.value).where(secrets.c.name == name)
