"""Streams of events to open pages, all fed by one look at the database: an idle one holds no thread and no connection.

A stream tells that something changed, never what: the page then asks for what its person may see.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from starlette.concurrency import run_in_threadpool

from streams.access.caller import Caller
from streams.casework.changes import Changed, Changes
from streams.clock import now_ms
from streams.console.metrics import ConsoleMetrics
from streams.errors import TransientError

CASES, CASE = "cases", "case"
"""Events: some case that the person may see changed, or the one that their page shows."""
A_PERSON, IN_ALL = 6, 500
"""Streams of one person, and of one process, at most."""
LOOK_S = 2.0
PROVE_S = 10.0
"""How long a stream says nothing at most, and looks whether its person is still signed in as who they were."""
LONGEST_S = 600.0
RETRY_MS = 5_000
"""When a browser comes again after its stream ended."""


class Listener:
    """One open page, with the events that it has not been told yet; the same event is told once."""

    def __init__(self, caller: Caller, case_id: str | None, since_ms: int) -> None:
        """``case_id`` is the case that the page shows; ``since_ms`` is when the page was made, Unix milliseconds."""
        self.caller = caller
        self._case_id = case_id
        self.since_ms = since_ms
        self._waiting: set[str] = set()
        self._something = asyncio.Event()
        self.ended = False

    def tell(self, changes: Sequence[Changed] | None) -> None:
        """Note which of these changes the page shows; None: everything may have changed."""
        if changes is None:
            self._waiting |= {CASES, CASE}
        for one in changes or ():
            shown = one.case_id == self._case_id and one.at_ms >= self.since_ms
            if self.caller.owns(one.request_id, one.merchant_id, one.buyer_id):
                self._waiting |= {CASES, CASE} if shown else {CASES}
        if self._waiting:
            self._something.set()

    def end(self) -> None:
        """End the stream: it wakes once more, and sends nothing."""
        self.ended = True
        self._something.set()

    async def next(self, limit_s: float) -> list[str]:
        """Return the events that wait, as soon as there are some; none after ``limit_s`` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._something.wait(), limit_s)
        self._something.clear()
        found, self._waiting = sorted(self._waiting), set()
        return found


class Updates:
    """All open streams of one event loop."""

    def __init__(self, changes: Changes, metrics: ConsoleMetrics) -> None:
        self._changes = changes
        self._gauge = metrics.streams
        self._listeners: set[Listener] = set()
        self._turn = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None

    def room_for(self, caller: Caller) -> bool:
        """Return whether the caller may open one more stream."""
        of_person = Counter(one.caller.account for one in self._listeners)[caller.account]
        return of_person < A_PERSON and len(self._listeners) < IN_ALL

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Tell the listener of changes since its page was made, until the context ends."""
        listener.tell([one for one in self._changes.recent if one.at_ms >= listener.since_ms])
        self._listeners.add(listener)
        self._gauge.set(len(self._listeners))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())
        try:
            yield
        finally:
            self._listeners.discard(listener)
            self._gauge.set(len(self._listeners))

    def end(self) -> None:
        """End all streams."""
        for listener in self._listeners:
            listener.end()

    async def look(self) -> None:
        """Tell all listeners what changed since the last look; nothing if the database does not answer."""
        with suppress(TransientError):
            async with self._turn:
                news = await run_in_threadpool(self._changes.news, now_ms())
            for listener in self._listeners:
                listener.tell(news)

    async def _look_on(self) -> None:
        while self._listeners:
            await self.look()
            await asyncio.sleep(LOOK_S)


async def stream(
    updates: Updates, listener: Listener, still_there: Callable[[], Awaitable[bool]]
) -> AsyncIterator[bytes]:
    """Give the events of one page, as ``text/event-stream``, until its person is signed in no longer.

    It ends after :data:`LONGEST_S` seconds at the latest; the browser then opens another.
    """
    ends_at_s = asyncio.get_running_loop().time() + LONGEST_S
    with updates.listening(listener):
        yield f"retry: {RETRY_MS}\n\n".encode()
        while asyncio.get_running_loop().time() < ends_at_s:
            events = await listener.next(PROVE_S)
            if listener.ended or not await still_there():
                return
            yield "".join(f"event: {name}\ndata: {{}}\n\n" for name in events).encode() or b": still there\n\n"
