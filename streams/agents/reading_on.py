"""Reading on once partitions are assigned: Faust's own step, which here waits for nothing and hurries nothing.

Faust lets no message through while a group assigns anew. Once partitions are assigned it goes to what was committed,
and lets messages through again: also where the group had begun to assign anew once more meanwhile. Messages were then
fetched while the worker still went to what was committed in the later assignment. They were let go of as that was
through, and never read again, as the consumer was past them; the worker said that it was ready and nothing was left.
Here messages are let through only where no partition was taken away since, and at once with all that belongs to it.

This leans on names that Faust keeps to itself: it is pinned exactly, and tests/agents/test_reading_on.py holds what is
relied on.
"""

from typing import Any

from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery


class ReadingOn(Recovery):
    """What Faust does after each assignment; there are no tables to recover."""

    async def _resume_streams(self, generation_id: int = 0) -> None:
        app: Any = self.app
        consumer = app.consumer
        await app.on_rebalance_complete.send()
        assigned = consumer.assignment()
        if self._outdated(generation_id):
            return
        if assigned:
            await self._wait(consumer.perform_seek(), timeout=app.conf.broker_request_timeout)
        if self._outdated(generation_id):
            return
        consumer.resume_partitions(assigned)
        self.completed.set()
        app.flow_control.resume()
        consumer.resume_flow()
        self.tables.on_actives_ready()
        self.tables.on_standbys_ready()
        app.on_rebalance_end()
        await app._fetcher.maybe_start()  # noqa: SLF001 - as Faust does

    def _outdated(self, generation_id: int) -> bool:
        """Return whether partitions were taken away since this assignment: the next one has a step of its own."""
        app: Any = self.app
        return (
            not app.consumer.settled
            or app.consumer_generation_id != generation_id
            or self.signal_recovery_start.is_set()
        )


class NoTables(TableManager):
    """Faust's tables, of which there are none, and what goes on beside them."""

    @property
    def recovery(self) -> Recovery:
        """What reads on after each assignment, made at the first call."""
        if self._recovery is None:
            self._recovery = ReadingOn(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery
