"""The processes that photos are looked at in: one that hangs is killed, and one that dies harms no other task.

At most one task per process is handed over at a time, so a task's time limit never counts waiting, and only as many
photos are in memory as there are processes.
"""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from streams.adapters.photos import in_process
from streams.adapters.photos.messages import Plan
from streams.adapters.photos.wide_pipes import WidePipes
from streams.errors import StoreUnavailable
from streams.metrics import Metrics

P = ParamSpec("P")
T = TypeVar("T")

GRACE_S = 15.0
"""Beyond a task's own limit: time to start a process. A pool that is later than that is stuck, and is replaced."""
_POOLS_TRIED = 3
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TOKIO_WORKER_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(16 * 1024 * 1024),
    "MALLOC_TRIM_THRESHOLD_": str(48 * 1024 * 1024),
}
"""For the processes to come: threads and arenas reserve address space, which is limited, and there is one core each.

The thresholds keep what a photo took for the next one: else the kernel clears every page of a file anew, which takes
longer than reading it."""

log = structlog.get_logger(__name__)


class Ended(Exception):
    """The process that worked on a task died, and so did the one that tried it again."""


class Processes:
    """A pool of ``count`` processes for one event loop."""

    def __init__(self, plan: Plan, count: int, metrics: Metrics) -> None:
        """Nothing starts yet."""
        self._plan, self._count, self._metrics = plan, count, metrics
        self._slots = asyncio.Semaphore(count)
        self._suspects = asyncio.Lock()
        self._pool: ProcessPool | None = None

    def start(self) -> None:
        """Start the processes. They are forked from a server that has imported everything once."""
        for name, value in ONE_THREAD.items():
            os.environ.setdefault(name, value)
        multiprocessing.set_forkserver_preload([in_process.EXAMINING])
        if self._plan.label_models is None:
            log.info("visible AI labels are not looked for: the extra 'labels' is not installed")
        self._pool = self._open()

    def stop(self) -> None:
        """End all processes, also those at work."""
        pool, self._pool = self._pool, None
        if pool is not None:
            _close(pool)

    async def run(self, limit_s: float, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what ``work`` returns in a pool process within ``limit_s`` seconds.

        A process that dies may have been another's victim, so the work is tried once more with nothing beside it.
        Raises TimeoutError, :class:`Ended`, or what the work itself raised.
        """
        try:
            async with self._slots:
                return await self._attempt(limit_s, work, *args, **kwargs)
        except ProcessExpired:
            self._metrics.pool_deaths.inc()
        try:
            async with self._alone():
                return await self._attempt(limit_s, work, *args, **kwargs)
        except ProcessExpired as exc:
            self._metrics.pool_deaths.inc()
            raise Ended from exc

    async def _attempt(self, limit_s: float, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what one task returns; a pool that broke or got stuck is replaced, and the task handed over again."""
        for _ in range(_POOLS_TRIED):
            pool = self._running()
            try:
                task = pool.schedule(work, args=args, kwargs=kwargs, timeout=limit_s)
            except RuntimeError:
                await self._replace(pool)
                continue
            guard = asyncio.timeout(limit_s + GRACE_S)
            try:
                async with guard:
                    return await asyncio.wrap_future(task)
            except BrokenProcessPool:
                await self._replace(pool)
            except TimeoutError:
                if not guard.expired():
                    self._metrics.pool_timeouts.inc()
                    raise
                await self._replace(pool)
        msg = "the photo processes do not start: see the log"
        raise StoreUnavailable(msg)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        taken = 0
        async with self._suspects:
            try:
                for _ in range(self._count):
                    await self._slots.acquire()
                    taken += 1
                yield
            finally:
                for _ in range(taken):
                    self._slots.release()

    def _running(self) -> ProcessPool:
        if self._pool is None:
            msg = "the photo processes are stopped"
            raise StoreUnavailable(msg)
        return self._pool

    async def _replace(self, broken: ProcessPool) -> None:
        if self._pool is not broken:
            return
        log.error("the photo processes broke and are started anew")
        self._metrics.pool_deaths.inc()
        self._pool = self._open()
        await asyncio.to_thread(_close, broken)

    def _open(self) -> ProcessPool:
        pool = ProcessPool(
            max_workers=self._count,
            initializer=in_process.begin,
            initargs=(self._plan,),
            context=WidePipes(),
        )
        if not pool.active:  # asking starts the processes
            log.error("the photo processes did not start")
        return pool


def _close(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call] # pebble's types stop here
    pool.join()
