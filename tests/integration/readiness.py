"""What a worker says of its readiness."""

import asyncio

import pytest

from tests.faults.fleet import OK, Worker
from tests.real import topics

SECONDS = 240
"""What "within seconds" may take on a busy machine."""


async def says(worker: Worker, words: str, limit_s: float = SECONDS) -> None:
    """Return once the worker's readiness is as ``words`` say: "ok", or a part of why not."""
    last: list[tuple[int, str] | None] = []

    async def it_does() -> bool:
        answer = await asyncio.to_thread(worker.get, "/ready")
        last[:] = [answer]
        return answer is not None and words in answer[1] and (answer[0] == OK) == (words == "ok")

    try:
        await topics.until(it_does, limit_s)
    except TimeoutError:
        log = "\n".join(worker.log.read_text().splitlines()[-10:]) if worker.log.exists() else "it wrote no log"
        pytest.fail(f"{worker.name} (ended {worker.statuses}) says {last}, not {words!r}:\n{log}")
