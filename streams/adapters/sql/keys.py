"""Keys that the system makes for itself, once, and keeps in the database."""

import secrets as randomness

from sqlalchemy import Engine, select

from streams.adapters.sql.bulk_insert import insert_or_leave
from streams.adapters.sql.engine import writing
from streams.adapters.sql.tables import secrets

AUDIT_KEY = "audit-share"
KEY_BYTES = 32


def audit_key(engine: Engine, now_ms: int) -> bytes:
    """Return the 32 random bytes that choose the random audit share: made by whoever asks first, then for ever."""
    row = {"name": AUDIT_KEY, "value": randomness.token_bytes(KEY_BYTES), "made_at_ms": now_ms}
    with writing(engine) as connection:
        connection.execute(insert_or_leave(engine, secrets), row)
        return bytes(connection.execute(select(secrets.c.value).where(secrets.c.name == AUDIT_KEY)).scalar_one())
