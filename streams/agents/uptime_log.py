"""What a decide worker writes of itself: when it ran, when it was not ready and why, and its dead letters.

An evidence package shows it as the statement that the system ran normally. What cannot be written is lost: decisions
come first, and a database that is away is seen by the gap.
"""

import asyncio
import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import make_url

from streams.adapters.sql.uptime_log import SqlUptimeLog
from streams.agents.health import without_numbers
from streams.casework.package.ports import Spell, SpellEvent
from streams.clock import now_ms
from streams.errors import DatabaseUnavailable
from streams.ports import DatabaseCalls
from streams.settings import Settings

EVERY_S = 10.0
END_S = 5.0
DETAIL_AT_MOST = 500

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class UptimeLog:
    """Writes one worker's spell: the time that it ran, and what happened in it.

    ``unready`` says why the worker is not ready, ``dead_letters`` how many it wrote so far.
    """

    store: SqlUptimeLog
    calls: DatabaseCalls
    worker: str
    version: str
    settings: Settings
    unready: Callable[[], Sequence[str]]
    dead_letters: Callable[[], int]
    clock: Callable[[], int] = now_ms
    spell_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    _said: list[str] = field(default_factory=list)
    _letters: int = 0

    async def run(self) -> None:
        """Write for as long as the worker lives."""
        await self.calls.call("spell", self._begin)
        while True:
            await asyncio.sleep(EVERY_S)
            await self.once()

    async def once(self) -> None:
        """Write that the worker is there, and what happened since the last time."""
        at_ms, events = self.clock(), list(self._events())
        await self.calls.call("spell", lambda: self.store.seen(self.spell_id, at_ms, events))

    async def end(self) -> None:
        """Write that the worker ends in order; where the database does not answer, its last sign of life stands."""
        ending = self.calls.call("spell", lambda: self.store.seen(self.spell_id, self.clock(), ended=True))
        try:
            await asyncio.wait_for(ending, END_S)
        except (DatabaseUnavailable, TimeoutError):
            log.warning("the end of this worker is not on record")

    def _begin(self) -> None:
        at_ms = self.clock()
        self.store.begin(
            Spell(
                spell_id=self.spell_id,
                worker=self.worker,
                version=self.version,
                configuration_sha256=configuration_sha256(self.settings),
                started_at_ms=at_ms,
                seen_at_ms=at_ms,
                ended_at_ms=None,
            )
        )

    def _events(self) -> Sequence[SpellEvent]:
        found = list[tuple[str, str]]()
        why = without_numbers(self.unready())
        if why != self._said:
            found.append(("NOT_READY", "; ".join(why)[:DETAIL_AT_MOST]) if why else ("READY", ""))
            self._said = why
        letters = self.dead_letters()
        if letters > self._letters:
            found.append(("DEAD_LETTERS", str(letters - self._letters)))
            self._letters = letters
        at_ms = self.clock()
        return [SpellEvent(spell_id=self.spell_id, at_ms=at_ms, what=what, detail=detail) for what, detail in found]


def configuration_sha256(settings: Settings) -> str:
    """Return the SHA-256 of the settings, without passwords and keys: equal settings have equal ones."""
    told = settings.model_dump(mode="json")  # secrets are dumped as asterisks
    told["database_url"] = make_url(settings.database_url).render_as_string(hide_password=True)
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
