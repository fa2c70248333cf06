"""Photos are looked at in processes of their own: what hangs is killed, what dies takes nothing with it.

At most one task per process is handed over at a time, so a task's time limit never counts waiting, and only as many
photos are in memory as there are processes.
"""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from streams.adapters.photos import process
from streams.adapters.photos.process import Plan
from streams.adapters.photos.provenance_files import label_models, trust_anchors
from streams.errors import MediaUnreadable, OperatorError, StoreUnavailable
from streams.metrics import Metrics
from streams.ports import Compared, Examined, KnownPhoto, MediumSource, Recognised, Resemblance
from streams.settings import Settings
from streams.wording import causes
from streams.wording.cause import Cause, unmeasured

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


class _Ended(Exception):
    """The process that did a task died, twice."""


class PoolExaminer:
    """Fulfils :class:`streams.ports.Examiner`. Belongs to one event loop."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._processes = settings.pool_processes
        self._limit_s = settings.photo_limit_s
        self._metrics = metrics
        self._plan = plan_of(settings)
        self._slots = asyncio.Semaphore(self._processes)
        self._suspects = asyncio.Lock()
        self._pool: ProcessPool | None = None

    def start(self) -> None:
        """Start the processes. They are forked from a server that has imported everything once."""
        for name, value in ONE_THREAD.items():
            os.environ.setdefault(name, value)
        multiprocessing.set_forkserver_preload([process.EXAMINING])
        if self._plan.label_models is None:
            log.info("visible AI labels are not looked for: the extra 'labels' is not installed")
        self._pool = self._open()

    async def try_out(self) -> None:
        """Return once a process has looked at a photo made for that; raises :class:`OperatorError` where none can.

        A process that cannot load what it needs, or not within its memory, would find every photo unreadable.
        """
        try:
            await self._run(process.try_out)
        except Exception as exc:
            log.exception("the photo processes cannot look at a photo")
            msg = (
                "the photo processes cannot look at a photo made for trying that out: the log above says why "
                "(too little of SENTINEL_POOL_MEMORY_BYTES, SENTINEL_PHOTO_LIMIT_BYTES or SENTINEL_PHOTO_LIMIT_PIXELS, "
                "or a library that cannot be loaded)"
            )
            raise OperatorError(msg) from exc

    def stop(self) -> None:
        """End all processes, also those at work."""
        pool, self._pool = self._pool, None
        if pool is not None:
            _close(pool)

    async def examine(self, source: MediumSource) -> Examined:
        """Return what the medium shows: see :class:`streams.ports.Examiner`."""
        try:
            look = await self._run(process.examine, source)
        except TimeoutError:
            return _not_looked(source, causes.look_too_long(self._limit_s))
        except _Ended:
            return _not_looked(source, causes.LOOK_BROKE_DOWN)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("a look at a photo failed by a fault of ours")
            return _not_looked(source, causes.LOOK_FAILED)
        self._observe(look.seconds)
        return look.examined

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        """Return what the claim has to do with each reference: see :class:`streams.ports.Examiner`."""
        try:
            done = await self._compared(process.compare, claim, references)
        except MediaUnreadable as exc:
            return [Compared(readings=(unmeasured("comparison", exc.cause),)) for _ in references]
        self._observe(done.seconds)
        return done.compared

    async def recognise(
        self, claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> list[Recognised]:
        """Return what the claim has to do with each earlier photo: see :class:`streams.ports.Examiner`."""
        try:
            done = await self._compared(process.recognise, claim, references, earlier)
        except MediaUnreadable as exc:
            found = [Recognised(why=exc.cause) for _ in earlier]
        else:
            self._observe(done.seconds)
            found = done.recognised
        for outcome in map(_outcome, found):
            self._metrics.earlier_compared.labels(outcome).inc()
        return found

    async def _compared(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a comparison in a pool process returns; raises MediaUnreadable that says why there is none."""
        try:
            return await self._run(work, *args, **kwargs)
        except TimeoutError:
            cause = causes.comparison_too_long(self._limit_s)
        except _Ended:
            cause = causes.COMPARISON_BROKE_DOWN
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("a comparison failed by a fault of ours")
            cause = causes.COMPARISON_FAILED
        raise MediaUnreadable(cause)

    def _observe(self, seconds: Mapping[str, float]) -> None:
        for stage, spent in seconds.items():
            self._metrics.stage_seconds.labels(f"photo_{stage}").observe(spent)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what ``work`` returns in a pool process.

        A process that dies may have been another's victim, so the work is tried once more with nothing beside it.
        Raises TimeoutError, :class:`_Ended`, or what the work itself raised.
        """
        try:
            async with self._slots:
                return await self._attempt(work, *args, **kwargs)
        except ProcessExpired:
            self._metrics.pool_deaths.inc()
        try:
            async with self._alone():
                return await self._attempt(work, *args, **kwargs)
        except ProcessExpired as exc:
            self._metrics.pool_deaths.inc()
            raise _Ended from exc

    async def _attempt(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what one task returns; a pool that broke or got stuck is replaced, and the task handed over again."""
        for _ in range(_POOLS_TRIED):
            pool = self._running()
            try:
                task = pool.schedule(work, args=args, kwargs=kwargs, timeout=self._limit_s)
            except RuntimeError:
                await self._replace(pool)
                continue
            guard = asyncio.timeout(self._limit_s + GRACE_S)
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
                for _ in range(self._processes):
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
            max_workers=self._processes,
            initializer=process.begin,
            initargs=(self._plan,),
            context=multiprocessing.get_context("forkserver"),
        )
        if not pool.active:  # asking starts the processes
            log.error("the photo processes did not start")
        return pool


def plan_of(settings: Settings) -> Plan:
    """Return what a pool process needs of the settings.

    One answer of a store may take a third of a photo's time: a store that hangs is then a store that is away, and the
    worker waits for it, before the photo's own time is over and the photo is blamed.
    """
    return Plan(
        media_url=settings.media_url,
        media_hosts=settings.media_hosts,
        evidence_url=settings.evidence_store_url,
        size_bytes=settings.photo_limit_bytes,
        pixels=settings.photo_limit_pixels,
        memory_bytes=settings.pool_memory_bytes,
        answer_s=settings.photo_limit_s / 3,
        anchors=trust_anchors(settings.c2pa_trust_anchors),
        label_models=label_models(),
    )


def _not_looked(source: MediumSource, why: Cause) -> Examined:
    return Examined(readings=(unmeasured("photo", why, media_id=source.media_id),))


def _outcome(found: Recognised) -> str:
    """Return in a word what came of comparing a claim with an earlier photo."""
    if found.why is not None:
        return "unmeasured"
    if found.confirmed is False:
        return "other"
    return "same" if found.explained_by is None else "explained"


def _close(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call] # pebble's types stop here
    pool.join()
