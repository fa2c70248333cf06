"""When decide workers ran, and what happened to them: what an evidence package tells of that is read elsewhere."""

from collections.abc import Iterable

from sqlalchemy import Engine, delete, exists, insert, select

from streams.adapters.sql.engine import writing
from streams.adapters.sql.tables import worker_events, worker_spells
from streams.casework.package.ports import Spell, SpellEvent


class SqlUptimeLog:
    """Where a worker writes when it ran, and what happened to it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, spell: Spell) -> None:
        """Note that a worker runs from now on."""
        with writing(self._engine) as connection:
            connection.execute(
                insert(worker_spells), {name: getattr(spell, name) for name in Spell.__dataclass_fields__}
            )

    def seen(self, spell_id: str, at_ms: int, events: Iterable[SpellEvent] = (), *, ended: bool = False) -> None:
        """Note that a worker was there at ``at_ms``, what happened to it, and whether it ends now."""
        rows = [{name: getattr(event, name) for name in SpellEvent.__dataclass_fields__} for event in events]
        values = {"seen_at_ms": at_ms} | ({"ended_at_ms": at_ms} if ended else {})
        with writing(self._engine) as connection:
            connection.execute(worker_spells.update().where(worker_spells.c.spell_id == spell_id).values(**values))
            if rows:
                connection.execute(insert(worker_events), rows)

    def purge(self, before_ms: int, limit: int) -> int:
        """Return how many events from before ``before_ms`` were deleted, the oldest ``limit``, or else spells.

        A spell goes once its worker was last seen before that time and none of its events is left.
        """
        gone = select(worker_events.c.event_id).where(worker_events.c.at_ms < before_ms)
        oldest = gone.order_by(worker_events.c.at_ms).limit(limit)
        ended = select(worker_spells.c.spell_id).where(
            worker_spells.c.started_at_ms < before_ms,
            worker_spells.c.seen_at_ms < before_ms,
            ~exists().where(worker_events.c.spell_id == worker_spells.c.spell_id),
        )
        first = ended.order_by(worker_spells.c.started_at_ms).limit(limit)
        with writing(self._engine) as connection:
            events = connection.execute(delete(worker_events).where(worker_events.c.event_id.in_(oldest))).rowcount
            if events == limit:
                return events
            return connection.execute(delete(worker_spells).where(worker_spells.c.spell_id.in_(first))).rowcount
