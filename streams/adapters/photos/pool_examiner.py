"""Photos are looked at in child processes; what one of them could not do is an unmeasured reading with its reason."""

from collections.abc import Callable, Mapping, Sequence
from typing import ParamSpec, TypeVar

import structlog

from streams.adapters.photos import in_process
from streams.adapters.photos.messages import Plan
from streams.adapters.photos.process_pool import Ended, Processes
from streams.adapters.photos.provenance_files import further_labels, label_models, trust_anchors
from streams.adapters.storage.files import IsVideo
from streams.errors import MediaUnreadable, OperatorError, StoreUnavailable
from streams.metrics import Metrics
from streams.ports import Compared, Examined, KnownPhoto, MediumSource, Recognised, Resemblance
from streams.settings import Settings
from streams.wording import causes
from streams.wording.cause import Cause, unmeasured

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger(__name__)


class PoolExaminer:
    """Fulfils :class:`streams.ports.Examiner`. Belongs to one event loop."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        """Nothing starts yet."""
        self._photo_s = settings.photo_limit_s
        self._video_s = settings.video_limit_s
        self._metrics = metrics
        self._processes = Processes(plan_of(settings), settings.pool_processes, metrics)

    def start(self) -> None:
        """Start the processes. They are forked from a server that has imported everything once."""
        self._processes.start()

    async def try_out(self) -> None:
        """Return once a process has looked at a photo made for that; raises :class:`OperatorError` where none can.

        A process that cannot load what it needs, or not within its memory, would find every photo unreadable.
        """
        try:
            await self._processes.run(self._photo_s, in_process.try_out)
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
        self._processes.stop()

    async def examine(self, source: MediumSource) -> Examined:
        """Return what the medium shows: see :class:`streams.ports.Examiner`."""
        if source.kind == "video":
            return await self._examined(self._video_s, source, videos=True)
        try:
            return await self._examined(self._photo_s, source, videos=False)
        except IsVideo:  # what a file is, it says itself, and a video takes longer
            return await self._examined(self._video_s, source, videos=True)

    async def _examined(self, limit_s: float, source: MediumSource, *, videos: bool) -> Examined:
        try:
            look = await self._processes.run(limit_s, in_process.examine, source, videos=videos)
        except TimeoutError:
            return _not_looked(source, causes.look_too_long(limit_s))
        except Ended:
            return _not_looked(source, causes.LOOK_BROKE_DOWN)
        except (StoreUnavailable, IsVideo):
            raise
        except Exception:
            log.exception("a look at a photo failed by a fault of ours")
            return _not_looked(source, causes.LOOK_FAILED)
        self._observe(look.seconds)
        return look.examined

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        """Return what the claim has to do with each reference: see :class:`streams.ports.Examiner`."""
        try:
            done = await self._compared(self._comparing_s(claim, *references), in_process.compare, claim, references)
        except MediaUnreadable as exc:
            return [Compared(readings=(unmeasured("comparison", exc.cause),)) for _ in references]
        self._observe(done.seconds)
        return done.compared

    async def recognise(
        self, claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> list[Recognised]:
        """Return what the claim has to do with each earlier photo: see :class:`streams.ports.Examiner`."""
        try:
            done = await self._compared(self._photo_s, in_process.recognise, claim, references, earlier)
        except MediaUnreadable as exc:
            found = [Recognised(why=exc.cause) for _ in earlier]
        else:
            self._observe(done.seconds)
            found = done.recognised
        for outcome in map(_outcome, found):
            self._metrics.earlier_compared.labels(outcome).inc()
        return found

    def _comparing_s(self, *media: Examined) -> float:
        return self._video_s if any(medium.parts for medium in media) else self._photo_s

    async def _compared(self, limit_s: float, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a comparison in a pool process returns; raises MediaUnreadable that says why there is none."""
        try:
            return await self._processes.run(limit_s, work, *args, **kwargs)
        except TimeoutError:
            cause = causes.comparison_too_long(limit_s)
        except Ended:
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


def plan_of(settings: Settings) -> Plan:
    """Return what a pool process needs of the settings.

    A host behind https may take half of a video's time to send it.

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
        further_labels=further_labels(settings.ai_labels),
        video_bytes=settings.video_limit_bytes,
        video_s=settings.video_limit_s / 2,
        scratch=settings.data_dir.absolute() / "scratch",
    )


def _not_looked(source: MediumSource, why: Cause) -> Examined:
    return Examined(readings=(unmeasured("photo", why, media_id=source.media_id),), kind=source.kind)


def _outcome(found: Recognised) -> str:
    """Return in a word what came of comparing a claim with an earlier photo."""
    if found.why is not None:
        return "unmeasured"
    if found.confirmed is False:
        return "other"
    return "same" if found.explained_by is None else "explained"
