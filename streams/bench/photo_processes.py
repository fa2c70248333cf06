"""``bench photo-processes``: how many more requests two photo processes look at than one, with nothing beside them.

No broker, no database and no decide share the cores, so what is missing to twice as many is the pool's, or the
machine's. The machine's own part is measured in the same turns: bare decoding and hashing of the same photos.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from streams.adapters.photos.pool_examiner import PoolExaminer, plan_of
from streams.adapters.photos.process_pool import Processes
from streams.bench.figures import Figure
from streams.bench.photo_time import bare, sources
from streams.bench.photos import LARGE, another_file, jpeg, scene
from streams.bench.progress import Tell
from streams.errors import OperatorError
from streams.metrics import Metrics
from streams.settings import Settings

TURNS = 5
REQUESTS = 40
AHEAD = 2
"""Requests in work for each process: one is looked at while another's answer travels."""
LONGEST_S = 30.0
GOAL = 1.8
_SEEDS = {"claim": 11, "listing": 1, "dispatch": 2}
"""What is drawn for the claim and its two references."""

Work = Callable[[Sequence[Path]], Awaitable[None]]


async def measure(settings: Settings, tell: Tell, turns: int = TURNS, requests: int = REQUESTS) -> list[Figure]:
    """Return requests a second of two photo processes over those of one, as enrich asks them, and of bare decoding.

    One and two take turns, and the median turn counts. Each request has a claim and two references of 12 megapixels
    that no process has seen. Raises :class:`OperatorError` when a photo cannot be looked at.
    """
    load = os.getloadavg()[0]
    tell(f"photo processes: drawing {len(_SEEDS)} photos of 12 megapixels")
    drawn = await asyncio.to_thread(lambda: [jpeg(scene(seed, LARGE)) for seed in _SEEDS.values()])
    rates: dict[str, list[float]] = {}
    for turn in range(turns):
        tell(f"photo processes: turn {turn + 1} of {turns}")
        for processes in (1, 2):
            for what, opened in (("looked", _looking), ("bare", _decoding)):
                with tempfile.TemporaryDirectory(prefix="sentinel-bench-") as folder:
                    asked = await asyncio.to_thread(_written, Path(folder), drawn, requests + AHEAD * processes)
                    async with opened(_own(settings, Path(folder), processes)) as work:
                        rate = await _per_s(work, asked, AHEAD * processes)
                rates.setdefault(f"{what}_{processes}", []).append(rate)
    per_s = {name: statistics.median(measured) for name, measured in rates.items()}
    return [
        _figure("photos of a request, two processes over one", "looked", per_s, load, GOAL),
        _figure("bare decoding of the same, two processes over one", "bare", per_s, load, None),
    ]


def _own(settings: Settings, home: Path, processes: int) -> Settings:
    media = home.as_uri()
    changes = {"media_url": media, "evidence_url": f"{media}/own", "data_dir": home, "pool_processes": processes}
    return settings.model_copy(update=changes)


def _written(home: Path, drawn: Sequence[bytes], requests: int) -> list[list[Path]]:
    """Return the photos of so many requests, the claim first: each another file, so that none is known from before."""
    written = [[home / f"{name}-{number}.jpg" for name in _SEEDS] for number in range(requests)]
    for number, files in enumerate(written):
        for file, photo in zip(files, drawn, strict=True):
            file.write_bytes(another_file(photo, number))
    return written


@asynccontextmanager
async def _looking(settings: Settings) -> AsyncIterator[Work]:
    """Yield what has a pool look at a request's photos and compare them."""
    pool = PoolExaminer(settings, Metrics())

    async def look(files: Sequence[Path]) -> None:
        asked = sources([file.name for file in files], files[0].stem)
        claim, *references = await asyncio.gather(*map(pool.examine, asked))
        if claim.features is None:
            msg = f"a photo of the bench could not be looked at: {claim.readings}"
            raise OperatorError(msg)
        await pool.compare(claim, references)

    pool.start()
    try:
        yield look
    finally:
        pool.stop()


@asynccontextmanager
async def _decoding(settings: Settings) -> AsyncIterator[Work]:
    """Yield what has processes of the same kind open, load and hash a request's photos, and nothing else."""
    pool = Processes(plan_of(settings), settings.pool_processes, Metrics())

    async def decode(files: Sequence[Path]) -> None:
        await asyncio.gather(*(pool.run(LONGEST_S, bare, [file]) for file in files))

    pool.start()
    try:
        yield decode
    finally:
        pool.stop()


async def _per_s(work: Work, asked: Sequence[Sequence[Path]], at_once: int) -> float:
    """Return how many requests a second are worked on, so many at once; the first of each only warm processes up."""
    await asyncio.gather(*map(work, asked[:at_once]))
    counted = asked[at_once:]
    left = iter(counted)

    async def one_after_the_other() -> None:
        for files in left:
            await work(files)

    began = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
    return len(counted) / (time.perf_counter() - began)


def _figure(measure: str, what: str, per_s: dict[str, float], load: float, goal: float | None) -> Figure:
    one, two = per_s[f"{what}_1"], per_s[f"{what}_2"]
    return Figure(
        measure=measure,
        value=round(two / one, 2),
        unit="times",
        load=load,
        at_least=goal,
        parts={"one_per_s": round(one, 2), "two_per_s": round(two, 2)},
    )
