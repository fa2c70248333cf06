"""Sealing: a decide worker puts the ends of all audit chains under one head, and has the head stamped.

Any number of workers may do it: the database lets one at a time, and none is due right after another's.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from schemas.units import MINUTE_MS
from streams.cases.record.seals import Seal
from streams.casework.record.sealing_ports import AuditSeals, Stamp, TimeAuthority
from streams.clock import is_time, now_ms
from streams.errors import AuthorityUnavailable
from streams.metrics import Metrics
from streams.ports import DatabaseCalls

LOOK_EVERY_S = 10.0
AT_ONCE = 10_000
"""Entries that one seal looks at; where more wait, the next seal follows at once."""
STAMP_EVERY_MS = MINUTE_MS
"""How long an authority that failed is left alone."""

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Sealing:
    """Seals the entries that wait, and has the newest head stamped; ``authority`` None: nobody stamps."""

    seals: AuditSeals
    authority: TimeAuthority | None
    calls: DatabaseCalls
    metrics: Metrics
    every_ms: int
    clock: Callable[[], int] = now_ms
    _stamp_at_ms: int = 0

    async def run(self) -> None:
        """Seal and stamp for as long as the worker lives."""
        while True:
            await self.once()
            await asyncio.sleep(LOOK_EVERY_S)

    async def once(self) -> None:
        """Seal if it is time to, and have the newest head stamped if it is not yet."""
        for seal in await self.calls.call("seal", lambda: self.seal_due(self.clock())):
            self.metrics.audit_seals.inc()
            log.info("audit sealed", seal=seal.seal_no, head=seal.head.hex(), cases=seal.leaves)
        await self._show()
        if self.authority is not None and is_time(self._stamp_at_ms, STAMP_EVERY_MS, self.clock()):
            await self._stamp(self.authority)

    def seal_due(self, at_ms: int) -> list[Seal]:
        """Return the seals that were made; none where no entry waits long enough. The call blocks."""
        waiting = self.seals.unsealed(AT_ONCE)
        if waiting.oldest_ms is None:
            return []
        last = self.seals.last()
        # By the last seal, not by the entries alone: a clock that was wrong when one was written must hold nothing up.
        early = last is not None and 0 <= at_ms - last.sealed_at_ms < self.every_ms
        if waiting.entries < AT_ONCE and early:
            return []
        return list(iter(lambda: self.seals.seal(at_ms, AT_ONCE), None))

    async def _show(self) -> None:
        waiting = await self.calls.call("seal", lambda: self.seals.unsealed(AT_ONCE))
        oldest_ms = waiting.oldest_ms
        self.metrics.audit_unsealed.set(0 if oldest_ms is None else max(0, self.clock() - oldest_ms) / 1_000)
        last = await self.calls.call("seal", self.seals.last)
        if last is not None:
            self.metrics.audit_head.info({"seal": str(last.seal_no), "head": last.head.hex()})

    async def _stamp(self, authority: TimeAuthority) -> None:
        seal = await self.calls.call("stamp", self.seals.unstamped)
        if seal is None:
            self.metrics.audit_unstamped.set(0)
            return
        try:
            response = await asyncio.to_thread(authority.stamp, seal.head)
        except AuthorityUnavailable as exc:
            self._stamp_at_ms = self.clock() + STAMP_EVERY_MS
            self.metrics.audit_unstamped.set(max(0, self.clock() - seal.sealed_at_ms) / 1_000)
            log.warning("audit head is not stamped", seal=seal.seal_no, authority=authority.url, error=str(exc))
            return
        stamp = Stamp(seal_no=seal.seal_no, received_at_ms=self.clock(), authority=authority.url, response=response)
        await self.calls.call("stamp", lambda: self.seals.keep(stamp))
        self.metrics.audit_unstamped.set(0)
        log.info("audit head stamped", seal=seal.seal_no, head=seal.head.hex(), authority=authority.url)
