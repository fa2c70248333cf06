"""A look that is tried again says why, for as long as it is: a store may answer, and have no room for a photo."""

import asyncio
from typing import Any

from streams.enrich.retried_examiner import RetriedExaminer
from streams.errors import StoreUnavailable

NO_ROOM = "the evidence store does not answer: No space left on device"


class _Full:
    """Has no room until told that there is."""

    def __init__(self) -> None:
        self.full = True
        self.asked = asyncio.Event()

    async def examine(self, _: object) -> str:
        self.asked.set()
        if self.full:
            raise StoreUnavailable(NO_ROOM)
        return "looked at"


def test_it_is_told_while_it_is_tried_again_and_not_afterwards() -> None:
    async def life() -> None:
        store: Any = _Full()
        examiner, medium = RetriedExaminer(store, limit_s=60), Any
        assert examiner.away() is None

        looking = asyncio.create_task(examiner.examine(medium))  # type: ignore[arg-type]
        await store.asked.wait()
        await asyncio.sleep(0)
        assert examiner.away() == NO_ROOM

        store.full = False
        assert str(await looking) == "looked at"
        assert examiner.away() is None

    asyncio.run(life())


def test_a_look_that_was_given_up_is_told_no_more() -> None:
    async def life() -> None:
        examiner, medium = RetriedExaminer(_Full(), limit_s=0.01), Any  # type: ignore[arg-type]
        answers = await asyncio.gather(examiner.examine(medium), return_exceptions=True)  # type: ignore[arg-type]
        assert [str(answer) for answer in answers] == [NO_ROOM]
        assert examiner.away() is None

    asyncio.run(life())
