"""Beside what one would write instead: refund-sentinel and naive consumers on one kind of broker, with one load.

Capacity first: a backlog of requests is answered as fast as it can be. Then latency, from the broker's time of a
request to its answer at a consumer, at half of that rate and at nine tenths of it. Each contender has a Kafka of its
own, new claim photos, references that it has seen since the warm-up, and the same number of earlier photos.

Run: python -m tests.benchmarks.beside --out deploy/docs/beside.json [--earlier N] [--megapixels M] [--contender NAME]
Then: python -m deploy.scripts.beside, which writes the page and its plots. PDQ is measured where pdqhash is installed.
"""

import argparse
import asyncio
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import cv2
import msgspec
import numpy as np

from deploy.scripts.beside import At, Found
from schemas.codec import encode
from schemas.topics import DECISIONS, REQUESTS, SIGHTINGS
from streams.adapters.kafka.clients import producer
from streams.adapters.kafka.topic_reader import Message, from_now
from streams.bench import proc
from streams.bench.claims import claim
from streams.bench.evidence import request_id
from streams.bench.figures import percentile
from streams.bench.photos import jpeg, scene
from streams.bench.processes import Process, running, worker
from streams.bench.synthetic import a_log
from streams.bench.testbed import Testbed, open_testbed
from streams.clock import now_ms
from streams.evidence.features.fingerprints import VERSION
from streams.settings import Settings
from tests.real.kafka import Kafka

OURS = "refund-sentinel"
NAIVE = {"naive, imagehash": "imagehash", "naive, PDQ": "pdq"}
SHARES = (0.5, 0.9)
PRODUCTS = 4
NOISE = 10
"""How far noise goes: files weigh about as much as a phone's."""
WARM = 2 * PRODUCTS
AT_ONCE = 1_000.0
"""Requests a second that are as good as all at once."""
LIMIT_S = 1_800.0
AT_A_TIME = 20_000
"""Earlier photos that are drawn and sent at a time."""


def contenders() -> list[str]:
    """Return who can be measured here."""
    return [OURS, *(name for name, hashed in NAIVE.items() if hashed != "pdq" or find_spec("pdqhash"))]


class Plan(NamedTuple):
    """What is measured: earlier photos, size of a photo, requests of the backlog, and requests at each rate."""

    earlier: int
    megapixels: float
    backlog: int
    at_a_rate: int


def say(words: str) -> None:
    """Show progress."""
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - a benchmark speaks to its terminal


class Photos(NamedTuple):
    """Drawn once for all contenders: claim photos, no two alike, and the two references of each product."""

    claims: Sequence[bytes]
    references: Sequence[Sequence[bytes]]


def draw(count: int, megapixels: float) -> Photos:
    """Return photos of so many megapixels; shapes are drawn at a quarter of the size, noise at the whole."""
    width = round(math.sqrt(megapixels * 1e6 * 4 / 3))
    size = (width, width * 3 // 4)

    def photo(seed: int) -> bytes:
        pixels = cv2.resize(scene(seed, (size[0] // 4, size[1] // 4)), size, interpolation=cv2.INTER_LINEAR)
        noise = np.random.default_rng(seed).integers(-NOISE, NOISE, (*pixels.shape[:2], 1), dtype=np.int16)
        return jpeg((pixels + noise).clip(0, 255).astype(np.uint8))

    references = [[photo(2 * product), photo(2 * product + 1)] for product in range(PRODUCTS)]
    return Photos([photo(1_000 + number) for number in range(count)], references)


def load(testbed: Testbed, photos: Photos) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield id, key and value of requests, each with a claim photo that nobody has seen, until there is none left."""
    chance = random.Random(testbed.run)  # noqa: S311 - a load, not a secret
    references = [
        [testbed.write(f"catalogue/{product}-{which}.jpg", photo) for which, photo in enumerate(both)]
        for product, both in enumerate(photos.references)
    ]
    for number, photo in enumerate(photos.claims):
        uri = testbed.write(f"claims/{number}.jpg", photo)
        name, buyer = request_id(testbed.run, number), f"b-{testbed.run}-{number}"
        request = claim(name, buyer, now_ms(), uri, references[number % PRODUCTS], chance)
        yield name, buyer.encode(), encode(request)


class _Told(msgspec.Struct):
    request_id: str


async def asked(
    testbed: Testbed, messages: Sequence[tuple[str, bytes, bytes]], decisions: AsyncIterator[Message], per_s: float
) -> list[tuple[int, int]]:
    """Return when the broker had each request, and when its answer was here, in Unix milliseconds."""
    sending = asyncio.create_task(_sent(testbed, messages, per_s))
    arrived: dict[str, int] = {}
    while len(arrived) < len(messages):
        value = (await anext(decisions)).value or b""
        arrived.setdefault(msgspec.json.decode(value, type=_Told).request_id, now_ms())
    return [(at, arrived[name]) for name, at in (await sending).items()]


async def _sent(testbed: Testbed, messages: Sequence[tuple[str, bytes, bytes]], per_s: float) -> dict[str, int]:
    async with producer(testbed.settings) as client:
        began, sent = time.monotonic(), {}
        for number, (name, key, value) in enumerate(messages):
            await asyncio.sleep(began + number / per_s - time.monotonic())
            sent[name] = await client.send(REQUESTS.name, value, key)
        return {name: (await done).timestamp for name, done in sent.items()}


def naive(testbed: Testbed, hashed: str, processes: int, earlier: int) -> list[Process]:
    """Return naive consumers, not started; each writes ``ready`` into its folder."""
    found = []
    for number in range(processes):
        name = f"naive-{number}"
        home = testbed.data_dir(name)
        told = (testbed.settings.bootstrap_servers[0], str(testbed.media), str(home / "ready"))
        command = (sys.executable, "-m", "tests.benchmarks.naive_consumer", *told, "--earlier", str(earlier))
        found.append(Process(name, (*command, "--hash", hashed), {}, home))
    return found


def ours(testbed: Testbed, processes: int) -> list[Process]:
    """Return an enrich worker with so many photo processes, and a decide worker, not started."""
    enrich, decide = worker(testbed, "enrich"), worker(testbed, "decide")
    enrich.environment = {**enrich.environment, "SENTINEL_POOL_PROCESSES": str(processes)}
    return [enrich, decide]


async def _ready(process: Process) -> None:
    if process.name.startswith("naive"):
        while not (process.home / "ready").exists():  # noqa: ASYNC110 - a file tells only who asks
            await asyncio.sleep(0.1)
    else:
        await process.until_ready()


def _cpu_s(fleet: Sequence[Process]) -> float:
    return sum(proc.cpu_s(pid) for process in fleet for pid in {process.pid, *proc.descendants(process.pid)})


async def measure(settings: Settings, name: str, processes: int, plan: Plan, photos: Photos) -> Found:
    """Return what was found of one contender."""
    at_start = os.getloadavg()[0]
    async with open_testbed(settings) as testbed:
        testbed.media.mkdir(parents=True)
        messages = load(testbed, photos)
        fleet = ours(testbed, processes) if name == OURS else naive(testbed, NAIVE[name], processes, plan.earlier)
        async with from_now(testbed.settings, DECISIONS) as decisions, running(*fleet, limit_s=LIMIT_S):
            for process in fleet:
                await _ready(process)
            await asked(testbed, list(islice(messages, WARM)), decisions, AT_ONCE)
            backlog = list(islice(messages, plan.backlog))
            cpu, began = _cpu_s(fleet), time.monotonic()
            await asked(testbed, backlog, decisions, AT_ONCE)
            rate = len(backlog) / (time.monotonic() - began)
            cpu = (_cpu_s(fleet) - cpu) / len(backlog)
            say(f"{name}, {processes}: {rate:.2f} requests/s, {cpu:.3f} s of a processor each")
            at = []
            for share in SHARES:
                some = list(islice(messages, plan.at_a_rate))
                at.append(_waits(share, await asked(testbed, some, decisions, share * rate)))
    return Found(
        contender=name,
        processes=processes,
        earlier=plan.earlier,
        megapixels=plan.megapixels,
        load=round(at_start, 1),
        per_s=round(rate, 2),
        cpu_s=round(cpu, 3),
        at=at,
    )


def _waits(share: float, times: Sequence[tuple[int, int]]) -> At:
    taken = [(here - there) / 1_000 for there, here in times]
    p50, p95, p99 = (round(percentile(taken, part), 3) for part in (0.5, 0.95, 0.99))
    say(f"  at {share:.0%}: p50 {p50} p95 {p95} p99 {p99} s of {len(taken)}")
    return At(share=share, requests=len(taken), p50=p50, p95=p95, p99=p99)


async def fill(settings: Settings, count: int) -> None:
    """Put so many earlier photos into the log, of the version that claims are compared with."""
    chance = np.random.default_rng(1)
    async with producer(settings) as client:
        for first in range(0, count, AT_A_TIME):
            batch = a_log(min(AT_A_TIME, count - first), first, chance)
            sent = [
                await client.send(
                    SIGHTINGS.name,
                    raw.replace(b'"version":"bench"', f'"version":"{VERSION}"'.encode()),
                    key=f"bench-{at}".encode(),
                    partition=0,
                )
                for at, raw in batch
            ]
            await asyncio.gather(*sent)


async def contend(name: str, processes: int, plan: Plan, photos: Photos) -> Found:
    """Return what was found of a contender with so many photo processes, on a broker of its own."""
    kafka = Kafka()
    try:
        await asyncio.to_thread(kafka.start)
        with tempfile.TemporaryDirectory(prefix="sentinel-beside-") as folder:
            settings = Settings(broker=kafka.address, database_url=f"sqlite:///{folder}/sentinel.db")
            async with open_testbed(settings):
                if name == OURS:
                    say(f"{name}: {plan.earlier:,} earlier photos are put into the log")
                    await fill(settings, plan.earlier)
            return await measure(settings, name, processes, plan, photos)
    finally:
        kafka.remove()


async def main() -> None:
    """Measure what was asked for, and write what was found after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--earlier", type=int, default=1_000_000)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--backlog", type=int, default=60)
    parser.add_argument("--at-a-rate", type=int, default=100)
    parser.add_argument("--contender", action="append", choices=[OURS, *NAIVE])
    parser.add_argument("--processes", action="append", type=int, choices=[1, 2])
    told = parser.parse_args()
    plan = Plan(told.earlier, told.megapixels, told.backlog, told.at_a_rate)
    count = WARM + plan.backlog + len(SHARES) * plan.at_a_rate
    say(f"drawing {count} photos")
    photos = await asyncio.to_thread(draw, count, plan.megapixels)
    found: list[Found] = []
    for processes in told.processes or (1, 2):
        for name in told.contender or contenders():
            found.append(await contend(name, processes, plan, photos))
            told.out.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")


if __name__ == "__main__":
    asyncio.run(main())
