"""The examiner, asked again while a store does not answer."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from streams.delivery.retry import retrying
from streams.errors import StoreUnavailable
from streams.ports import Compared, Examined, Examiner, KnownPhoto, MediumSource, Recognised, Resemblance

T = TypeVar("T")


class RetriedExaminer:
    """Fulfils :class:`streams.ports.Examiner` by another one.

    A call may wait long for a free process, and each look has its own time limit: only the pauses between failures
    count. :class:`streams.errors.StoreUnavailable` is raised once they come to the limit.
    """

    def __init__(self, examiner: Examiner, limit_s: float) -> None:
        """``limit_s`` bounds how long a store that does not answer is asked again."""
        self._examiner = examiner
        self._limit_s = limit_s
        self._failing: dict[object, str] = {}

    def away(self) -> str | None:
        """Return why a look that is being tried again failed; None while none is.

        A store may answer whoever asks for nothing in it, and refuse a photo: a disk with no room for one.
        """
        return next(iter(self._failing.values()), None)

    async def examine(self, source: MediumSource) -> Examined:
        """Return what the medium shows."""
        return await self._asked(lambda: self._examiner.examine(source))

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        """Return, for each reference, what the claim has to do with it."""
        return await self._asked(lambda: self._examiner.compare(claim, references))

    async def recognise(
        self, claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> list[Recognised]:
        """Return what the claim has to do with each earlier photo."""
        return await self._asked(lambda: self._examiner.recognise(claim, references, earlier))

    async def _asked(self, call: Callable[[], Awaitable[T]]) -> T:
        this = object()

        async def once() -> T:
            try:
                return await call()
            except StoreUnavailable as exc:
                self._failing[this] = str(exc)
                raise

        try:
            return await retrying(once, self._limit_s, queues=True)
        finally:
            self._failing.pop(this, None)
