"""The audit trail to look into: its sealed heads, whether it is as it was written, and who did what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from streams.cases.record.seals import Seal
from streams.cases.reviewing.work_done import Done
from streams.casework.record.proving import Proved, prove
from streams.casework.record.sealing_ports import AuditSeals, Stamp, StampCheck, Unsealed
from streams.errors import Invalid

COUNTED_AT_MOST = 100_000
PROVED_AT_MOST = 50_000
"""Entries up to which everything is proved while somebody waits: some seconds."""


class AuditHeads(AuditSeals, Protocol):
    """The seals, and the newest of them."""

    def newest(self, limit: int) -> list[tuple[Seal, Stamp | None]]:
        """Return the newest seals, newest first, each with its stamp or None."""

    def more_entries_than(self, limit: int) -> bool:
        """Return whether all chains together have more than ``limit`` entries."""


class WorkDone(Protocol):
    """The cases that left people's hands; calls block."""

    def done(
        self, since_ms: int, until_ms: int, reviewer: str | None, limit: int, *, as_known: bool = False
    ) -> Sequence[Done]:
        """Return the cases that left hands from ``since_ms`` until before ``until_ms``, newest first.

        At most ``limit``; ``reviewer`` None: everybody's. Times are in Unix milliseconds. ``as_known``: under the ids
        by which whoever had them knows them, which are not a golden case's own.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The newest seals with their stamps, and what waits for the next."""

    seals: Sequence[tuple[Seal, Stamp | None]]
    unsealed: Unsealed


class AuditBook:
    """The audit trail, to read."""

    def __init__(self, seals: AuditHeads, work: WorkDone, check: Callable[[], StampCheck]) -> None:
        """``check`` makes what verifies stamps, once it is needed."""
        self._seals = seals
        self._work = work
        self._check = check

    def heads(self, limit: int) -> Heads:
        """Return the newest ``limit`` heads, and how many entries wait for the next."""
        return Heads(seals=self._seals.newest(limit), unsealed=self._seals.unsealed(COUNTED_AT_MOST))

    def prove(self) -> Proved:
        """Return whether every chain, seal and stamp is as it was written.

        :class:`Invalid` where there are more entries than can be checked while somebody waits.
        """
        if self._seals.more_entries_than(PROVED_AT_MOST):
            msg = f"there are more than {PROVED_AT_MOST:,} entries: refund-sentinel audit verify looks at them all"
            raise Invalid(msg)
        return prove(self._seals, self._check())

    def done(
        self, since_ms: int, until_ms: int, reviewer: str | None, limit: int, *, as_known: bool = False
    ) -> Sequence[Done]:
        """Return the cases that left people's hands; see :class:`WorkDone`."""
        return self._work.done(since_ms, until_ms, reviewer, limit, as_known=as_known)
