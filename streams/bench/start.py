"""``bench start``: from starting the workers to the first decision, with a request waiting for them."""

import os
import statistics
import time

from schemas.topics import DECISIONS, REQUESTS
from streams.adapters.kafka import platform_client
from streams.adapters.kafka.topic_reader import from_now
from streams.bench import small_photos
from streams.bench.figures import Figure
from streams.bench.processes import running, worker
from streams.bench.progress import Tell
from streams.bench.testbed import open_testbed
from streams.settings import Settings

TURNS = 3
GOAL_S = 8


async def measure(settings: Settings, tell: Tell, turns: int = TURNS) -> Figure:
    """Return the median of the turns, in seconds; in each, ``worker all`` starts one enrich and one decide.

    Raises :class:`streams.errors.OperatorError` when no decision comes.
    """
    load = os.getloadavg()[0]
    seconds = []
    for turn in range(turns):
        tell(f"start: turn {turn + 1} of {turns}")
        async with open_testbed(settings) as testbed:
            await platform_client.send(testbed.settings, REQUESTS, small_photos.requests(testbed, 1))
            async with from_now(testbed.settings, DECISIONS) as decisions:
                began = time.monotonic()
                async with running(worker(testbed, "all")):
                    await anext(decisions)
                    seconds.append(time.monotonic() - began)
    return Figure(
        measure="start to first decision",
        value=round(statistics.median(seconds), 1),
        unit="s",
        load=load,
        at_most=GOAL_S,
        beside="`worker all`, with one request waiting",
        parts={f"turn_{number}_s": round(taken, 1) for number, taken in enumerate(seconds, 1)},
    )
