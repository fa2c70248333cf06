"""Pictures for people as the console gets them: what was drawn before is read, the rest is drawn in a photo process."""

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

import structlog

from streams.adapters.photos import in_process
from streams.adapters.photos.messages import Drawing
from streams.adapters.photos.pool_examiner import plan_of
from streams.adapters.photos.process_pool import Ended, Processes
from streams.adapters.storage.evidence_store import EvidenceStore
from streams.adapters.storage.objects import Objects, open_objects
from streams.adapters.storage.played_video import played_video
from streams.casework.photos.pictures import PlayedVideo
from streams.errors import MediaUnreadable, StoreUnavailable
from streams.metrics import Metrics
from streams.settings import Settings
from streams.wording import causes

A = TypeVar("A")
T = TypeVar("T")

log = structlog.get_logger(__name__)


class StoredPictures:
    """Fulfils :class:`streams.casework.photos.pictures.Drawer`. For one event loop; its process starts when needed."""

    def __init__(self, settings: Settings) -> None:
        """Nothing starts or opens yet."""
        self._settings = settings
        self._processes: Processes | None = None
        self._starting = asyncio.Lock()

    @cached_property
    def _objects(self) -> Objects:
        return open_objects(self._settings.evidence_store_url, self._settings.photo_limit_s / 3)

    @cached_property
    def _store(self) -> EvidenceStore:
        return EvidenceStore(self._objects)

    async def bytes_of(self, pointer: str) -> str:
        """Return the SHA-256 of what a pointer stands for; :class:`MediaUnreadable` where it was erased or is gone."""
        kept = await asyncio.to_thread(lambda: self._store.kept(pointer))
        if kept is None:
            raise MediaUnreadable(causes.own_copy_missing(pointer))
        return kept.sha256

    async def video(self, sha256: str) -> PlayedVideo:
        """Return a video, to be read in parts; :class:`MediaUnreadable` where it is gone or is none."""
        return await asyncio.to_thread(lambda: played_video(self._objects, sha256))

    async def picture(self, view: str, sha256: str, beside: str | None = None) -> bytes:
        """Return a JPEG; :class:`MediaUnreadable` where it cannot be drawn."""
        wanted = Drawing(sha256, beside, view)
        kept = await asyncio.to_thread(
            lambda: self._store.overlay(wanted.sha256, wanted.beside or wanted.sha256, wanted.version)
        )
        return kept if kept is not None else await self._drawn(wanted)

    async def fingerprints(self, content: bytes) -> list[str]:
        """Return what a photo is found by; see :func:`streams.adapters.photos.drawing.fingerprints`."""
        return await self._asked(in_process.fingerprints, content)

    async def start(self) -> None:
        """Start the process, so that nobody waits for it; it starts when it is needed else."""
        await self._running()

    def stop(self) -> None:
        """End the process."""
        if self._processes is not None:
            self._processes.stop()

    async def _drawn(self, wanted: Drawing) -> bytes:
        return await self._asked(in_process.draw, wanted)

    async def _asked(self, work: Callable[[A], T], about: A) -> T:
        """Return what the process makes of it; :class:`MediaUnreadable` says why it makes nothing."""
        limit_s = self._settings.photo_limit_s
        try:
            return await (await self._running()).run(limit_s, work, about)
        except TimeoutError:
            cause = causes.look_too_long(limit_s)
        except Ended:
            cause = causes.LOOK_BROKE_DOWN
        except (MediaUnreadable, StoreUnavailable):
            raise
        except Exception:
            log.exception("drawing a photo failed by a fault of ours")
            cause = causes.LOOK_FAILED
        raise MediaUnreadable(cause)

    async def _running(self) -> Processes:
        """Return the processes, started in a thread: what they import takes seconds, and all pages would stand."""
        async with self._starting:
            if self._processes is None:
                made = Processes(plan_of(self._settings), 1, Metrics())
                await asyncio.to_thread(made.start)
                self._processes = made
            return self._processes
