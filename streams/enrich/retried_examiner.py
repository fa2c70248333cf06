"""The examiner, asked again while a store does not answer."""

from collections.abc import Sequence

from streams.delivery.retry import retrying
from streams.ports import Compared, Examined, Examiner, KnownPhoto, MediumSource, Recognised, Resemblance


class RetriedExaminer:
    """Fulfils :class:`streams.ports.Examiner` by another one.

    A call may wait long for a free process, and each look has its own time limit: only the pauses between failures
    count. :class:`streams.errors.StoreUnavailable` is raised once they come to the limit.
    """

    def __init__(self, examiner: Examiner, limit_s: float) -> None:
        """``limit_s`` bounds how long a store that does not answer is asked again."""
        self._examiner = examiner
        self._limit_s = limit_s

    async def examine(self, source: MediumSource) -> Examined:
        """Return what the medium shows."""
        return await retrying(lambda: self._examiner.examine(source), self._limit_s, queues=True)

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        """Return, for each reference, what the claim has to do with it."""
        return await retrying(lambda: self._examiner.compare(claim, references), self._limit_s, queues=True)

    async def recognise(
        self, claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> list[Recognised]:
        """Return what the claim has to do with each earlier photo."""
        return await retrying(lambda: self._examiner.recognise(claim, references, earlier), self._limit_s, queues=True)
