"""API keys and the answers to idempotency keys, in the database."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, delete, select, update

from streams.access.idempotency import Answer
from streams.access.keys import ApiKey
from streams.adapters.sql.bulk_insert import insert_or_leave
from streams.adapters.sql.engine import joining, reading, writing
from streams.adapters.sql.tables import answers, api_keys

_COLUMNS = [api_keys.c[name] for name in ApiKey.__struct_fields__]


class SqlKeys:
    """Fulfils :class:`streams.access.keys.KeyRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, key: ApiKey, digest: bytes) -> None:
        """Keep a new key with the SHA-256 of its text."""
        row = msgspec.structs.asdict(key) | {"scopes": " ".join(key.scopes), "digest": digest}
        with writing(self._engine) as connection:
            connection.execute(api_keys.insert().values(row))

    def find(self, key_id: str) -> tuple[ApiKey, bytes] | None:
        """Return a key and its SHA-256."""
        statement = select(*_COLUMNS, api_keys.c.digest).where(api_keys.c.key_id == key_id)
        with reading(self._engine) as connection:
            row = connection.execute(statement).mappings().first()
            return None if row is None else (_key(row), bytes(row["digest"]))

    def every(self) -> list[ApiKey]:
        """Return all keys, newest first."""
        statement = select(*_COLUMNS).order_by(api_keys.c.made_at_ms.desc(), api_keys.c.key_id)
        with reading(self._engine) as connection:
            return [_key(row) for row in connection.execute(statement).mappings()]

    def revoke(self, key_id: str, at_ms: int) -> ApiKey | None:
        """Return the key, which opens nothing from now on; one that was revoked before stays as it is."""
        revoked = update(api_keys).where(api_keys.c.key_id == key_id, api_keys.c.revoked_at_ms.is_(None))
        with writing(self._engine) as connection:
            connection.execute(revoked.values(revoked_at_ms=at_ms))
        found = self.find(key_id)
        return None if found is None else found[0]


class SqlAnswers:
    """Fulfils :class:`streams.access.idempotency.Answers`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def reserved(self, account: str, key: str, now_ms: int) -> Iterator["SqlReserved"]:
        """Yield a transaction, which every use case called inside joins; what is raised undoes all of it.

        The row is there from the start, so that of two calls at once the second waits for the first one's answer.
        """
        row = {"account": account, "key": key, "made_at_ms": now_ms}
        with joining(self._engine) as connection:
            connection.execute(insert_or_leave(self._engine, answers).values(row))
            yield SqlReserved(connection, account, key)

    def part(self) -> AbstractContextManager[object]:
        """Yield a part of the transaction at hand: what is raised undoes the part alone."""
        return writing(self._engine)

    def purge(self, before_ms: int) -> int:
        """Return how many answers were deleted that are older than this."""
        with writing(self._engine) as connection:
            return connection.execute(delete(answers).where(answers.c.made_at_ms < before_ms)).rowcount


class SqlReserved:
    """Fulfils :class:`streams.access.idempotency.Reserved`."""

    def __init__(self, connection: Connection, account: str, key: str) -> None:
        self._connection = connection
        self._row = (answers.c.account == account) & (answers.c.key == key)

        found = self._connection.execute(select(answers.c.digest, answers.c.answer).where(self._row)).one()
        self.digest = None if found.digest is None else bytes(found.digest)
        self.answer = None if found.answer is None else msgspec.json.decode(found.answer, type=Answer)

    def take(self, digest: bytes) -> None:
        """Store of which call the key is, before that is answered."""
        self._connection.execute(update(answers).where(self._row).values(digest=digest))

    def keep(self, digest: bytes, answer: Answer) -> None:
        """Store the answer, together with everything that the transaction did."""
        kept = {"digest": digest, "answer": msgspec.json.encode(answer)}
        self._connection.execute(update(answers).where(self._row).values(kept))


def _key(row: RowMapping) -> ApiKey:
    fields = {name: row[name] for name in ApiKey.__struct_fields__}
    return ApiKey(**fields | {"scopes": tuple(row["scopes"].split())})
