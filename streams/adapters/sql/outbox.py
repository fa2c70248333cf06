"""What transactions left to be sent, and the lease that lets one relay at a time send it."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, ColumnElement, Engine, cast, delete, func, literal, or_, select, update

from streams.adapters.sql.bulk_insert import insert_on_conflict
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.tables import leases, outbox
from streams.adapters.sql.webhooks import fan_out
from streams.clock import now_ms
from streams.ports import Backlog, OutboxMessage

RELAY = "relay"


CLOCKS_DIFFER = 4
"""How many times its length a lease may lie ahead and still be believed."""


class SqlOutbox:
    """Fulfils :class:`streams.ports.Outbox` on SQLite and PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lease(self, owner: str, at_ms: int | None, for_ms: int) -> bool:
        """Return whether ``owner`` may relay until ``at_ms + for_ms``: it did already, or nobody else does now.

        One statement compares and sets, so of two who ask at once one gets it. ``at_ms`` None is the time of the
        database's own clock on PostgreSQL, so that the clocks of hosts are never compared; SQLite is on one host.
        """
        now = self._now() if at_ms is None else literal(at_ms)
        asked = insert_on_conflict(self._engine, leases).values(name=RELAY, owner=owner, until_ms=now + for_ms)
        # A lease from far ahead was taken by a clock that was wrong: waiting for it could take days.
        wrong = leases.c.until_ms > now + CLOCKS_DIFFER * for_ms
        free = or_(leases.c.owner == owner, leases.c.until_ms <= now, wrong)
        taken = {"owner": asked.excluded.owner, "until_ms": asked.excluded.until_ms}
        statement = asked.on_conflict_do_update(index_elements=[leases.c.name], set_=taken, where=free)
        with writing(self._engine) as connection:
            return connection.execute(statement.returning(leases.c.owner)).first() is not None

    def _now(self) -> ColumnElement[int]:
        if self._engine.dialect.name != "postgresql":
            return literal(now_ms())
        return cast(func.extract("epoch", func.clock_timestamp()) * 1_000, BigInteger)

    def waiting(self, limit: int) -> list[OutboxMessage]:
        """Return at most ``limit`` unsent messages, oldest first."""
        unsent = (
            select(outbox.c.outbox_id, outbox.c.topic, outbox.c.key, outbox.c.value)
            .where(outbox.c.sent_at_ms.is_(None))
            .order_by(outbox.c.outbox_id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [
                OutboxMessage(outbox_id=row.outbox_id, topic=row.topic, key=bytes(row.key), value=bytes(row.value))
                for row in connection.execute(unsent)
            ]

    def sent(self, outbox_ids: Sequence[int], now_ms: int) -> None:
        """Mark messages as sent, and leave the review events among them for the webhooks; a repeat changes nothing."""
        marked = (
            update(outbox)
            .where(outbox.c.outbox_id.in_(outbox_ids), outbox.c.sent_at_ms.is_(None))
            .values(sent_at_ms=now_ms)
        )
        if outbox_ids:
            with writing(self._engine) as connection:
                fan_out(connection, outbox_ids, now_ms)
                connection.execute(marked)

    def purge(self, sent_before_ms: int, limit: int) -> int:
        """Return how many of the oldest ``limit`` messages were deleted: those sent before ``sent_before_ms``.

        Only the oldest are looked at, by the primary key: what is not due yet costs no search through the table.
        """
        oldest = select(outbox.c.outbox_id).order_by(outbox.c.outbox_id).limit(limit).scalar_subquery()
        due = delete(outbox).where(outbox.c.outbox_id.in_(oldest), outbox.c.sent_at_ms < sent_before_ms)
        with writing(self._engine) as connection:
            return connection.execute(due).rowcount

    def backlog(self, limit: int) -> Backlog:
        """Return what waits, counted up to ``limit``: a count of millions would hold up the decisions."""
        unsent = (
            select(outbox.c.created_at_ms)
            .where(outbox.c.sent_at_ms.is_(None))
            .order_by(outbox.c.outbox_id)
            .limit(limit)
            .subquery()
        )
        with reading(self._engine) as connection:
            counted = connection.execute(select(func.count(), func.min(unsent.c.created_at_ms))).one()
            return Backlog(messages=counted[0], oldest_ms=counted[1])
