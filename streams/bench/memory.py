"""``bench memory``: the most memory that each process of enrich takes with 64 requests of large photos admitted."""

import asyncio
import os
import random
from dataclasses import dataclass, field

from schemas.codec import encode
from schemas.topics import EVIDENCE, REQUESTS
from streams.adapters.kafka import platform_client
from streams.adapters.kafka.topic_reader import from_now
from streams.bench import proc
from streams.bench.claims import claim
from streams.bench.evidence import request_id
from streams.bench.figures import Figure
from streams.bench.photos import LARGE, another_file, jpeg, scene
from streams.bench.processes import Process, running, worker
from streams.bench.progress import Tell
from streams.bench.testbed import Testbed, open_testbed
from streams.clock import now_ms
from streams.settings import Settings

REQUESTED = 64
PHOTOS = ("claim", "listing", "dispatch")
GOAL_MB = 300
MB = 1_000_000
LOOK_S = 0.2
BESIDE = "one such photo: 3.7 MB as a file, 36 MB decoded whole"


async def measure(settings: Settings, tell: Tell, requests: int = REQUESTED) -> list[Figure]:
    """Return the peak of enrich's main process, and of the largest of its other processes.

    Raises :class:`streams.errors.OperatorError` when the evidence does not come.
    """
    load = os.getloadavg()[0]
    async with open_testbed(settings.model_copy(update={"admitted": requests})) as testbed:
        tell(f"memory: drawing {len(PHOTOS) * requests} photos of 12 megapixels")
        messages = await asyncio.to_thread(_requests, testbed, requests)
        await platform_client.send(testbed.settings, REQUESTS, messages)
        tell(f"memory: {requests} requests are looked at")
        enrich = worker(testbed, "enrich")
        async with from_now(testbed.settings, EVIDENCE) as evidence, running(enrich):
            peaks = Peaks(enrich)
            watching = asyncio.create_task(peaks.watch())
            for _ in range(requests):
                await anext(evidence)
            watching.cancel()
            await peaks.look()
    return _figures(peaks, load)


@dataclass
class Peaks:
    """The most memory, in bytes, that each process of a worker was seen to have taken."""

    worker: Process
    admitted: int = 0
    main: int = 0
    others: dict[int, int] = field(default_factory=dict)

    async def watch(self) -> None:
        """Look again and again, because a process that is replaced takes its peak with it."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Look once."""
        pid = self.worker.pid
        self.main = max(self.main, proc.peak_bytes(pid))
        for other in proc.descendants(pid):
            self.others[other] = max(self.others.get(other, 0), proc.peak_bytes(other))
        self.admitted = max(self.admitted, int(await self.worker.gauge("sentinel_in_flight_events", REQUESTS.name)))


def _requests(testbed: Testbed, count: int) -> list[tuple[bytes, bytes]]:
    """Return requests as messages, of photos that are all different files, so that none is known from before."""
    chance = random.Random(testbed.run)  # noqa: S311 - a load, not a secret
    pictures = {name: jpeg(scene(seed, LARGE)) for seed, name in enumerate(PHOTOS)}
    messages = []
    for number in range(count):
        photo, *references = [
            testbed.write(f"{name}/{number}.jpg", another_file(picture, number)) for name, picture in pictures.items()
        ]
        request = claim(request_id(testbed.run, number), f"b-{number}", now_ms(), photo, references, chance)
        messages.append((request.buyer_id.encode(), encode(request)))
    return messages


def _figures(peaks: Peaks, load: float) -> list[Figure]:
    largest = max(peaks.others.values(), default=0)
    return [
        Figure(
            measure=f"memory of {name}",
            value=round(found / MB),
            unit="MB",
            load=load,
            at_most=GOAL_MB,
            beside=BESIDE,
            parts={"requests_admitted": peaks.admitted},
        )
        for name, found in (("enrich's main process", peaks.main), ("enrich's largest photo process", largest))
    ]
