"""Photos are looked at in processes that may hang, die and be killed, and the worker goes on."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from streams.adapters.photos.pool_examiner import PoolExaminer, plan_of
from streams.adapters.photos.process_pool import Processes
from streams.errors import OperatorError, StoreUnavailable
from streams.metrics import Metrics
from streams.ports import Examined, KnownPhoto, Resemblance
from streams.settings import Settings
from tests.contract.photos.conftest import Place, a_folder
from tests.contract.photos.test_examiner import a_source
from tests.photos import a_gif_of, a_picture, a_png_of_zeros, jpeg
from tests.videos import a_video

SLOW = a_png_of_zeros(9_000, 9_000)
"""A small file whose decoding takes the better part of a second, and 243 megabytes."""


@pytest.fixture
def media(tmp_path: Path) -> Place:
    return a_folder(tmp_path / "media")


def settings(media: Place, **changes: Any) -> Settings:
    given: dict[str, Any] = {"media_url": media.url, "pool_processes": 2, "photo_limit_s": 60}
    return Settings(**given | changes)


@asynccontextmanager
async def examiner(media: Place, metrics: Metrics | None = None, **changes: Any) -> AsyncIterator[PoolExaminer]:
    pool = PoolExaminer(settings(media, **changes), metrics or Metrics())
    pool.start()
    try:
        yield pool
    finally:
        pool.stop()


def pids() -> set[int]:
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def at_work() -> list[int]:
    """Return the pool processes that are decoding: they have the memory of a large picture."""
    return [pid for pid in pids() if resident_bytes(pid) > 180_000_000]


async def until(condition: Callable[[], object], limit_s: float = 240) -> None:
    ends = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        await asyncio.sleep(0.02)


def why(examined: Examined) -> str | None:
    (reading,) = examined.readings
    assert (reading.name, reading.media_id) == ("photo", "c1")
    return reading.unmeasured


def count(metrics: Metrics, name: str) -> float:
    return metrics.registry.get_sample_value(name) or 0


async def test_photos_are_looked_at_and_compared(media: Place) -> None:
    media.put("claims/c1.jpg", jpeg(a_picture(1), 60))
    media.put("claims/r1.jpg", jpeg(a_picture(1)))
    media.put("claims/r2.jpg", jpeg(a_picture(2)))
    metrics = Metrics()
    async with examiner(media, metrics) as pool:
        claim, *references = await asyncio.gather(*(pool.examine(a_source(name)) for name in ("c1", "r1", "r2")))
        common = await pool.compare(claim, references)
    scores = [{reading.name: reading.value for reading in one.readings}["derived_score"] for one in common]
    assert [float(str(score)) >= 0.5 for score in scores] == [True, False]
    assert metrics.registry.get_sample_value("sentinel_stage_seconds_count", {"stage": "photo_decode"}) == 3


async def test_earlier_photos_are_recognised_and_what_comes_of_it_is_counted(media: Place) -> None:
    media.put("claims/c0.jpg", jpeg(a_picture(1), 85))
    media.put("claims/c1.jpg", jpeg(a_picture(1), 60))
    media.put("claims/c2.jpg", jpeg(a_picture(2)))
    metrics = Metrics()
    async with examiner(media, metrics) as pool:
        claim, *earlier = [
            await pool.examine(a_source(name, pointer=f"requests/{name}")) for name in ("c1", "c0", "c2")
        ]
        known = [KnownPhoto(str(one.sha256), "claim") for one in earlier]
        asked = [Resemblance(one, far=True) for one in (*known, KnownPhoto("0" * 64, "claim"))]
        same, other, gone = await pool.recognise(claim, [], asked)
    assert (same.confirmed, other.confirmed, "is missing" in str(gone.why)) == (True, False, True)
    counted = [
        metrics.registry.get_sample_value("sentinel_earlier_photos_compared_total", {"outcome": outcome})
        for outcome in ("same", "other", "unmeasured")
    ]
    assert counted == [1, 1, 1]


async def test_a_look_that_takes_too_long_is_ended_and_says_so(media: Place) -> None:
    media.put("claims/c1.jpg", a_gif_of(1_000_000))
    media.put("claims/c2.jpg", jpeg(a_picture(width=100, height=100)))
    metrics = Metrics()
    async with examiner(media, metrics, photo_limit_s=0.5, pool_processes=1) as pool:
        slow = [asyncio.create_task(pool.examine(a_source(pointer=f"catalogue/{number}"))) for number in range(2)]
        assert {why(examined) for examined in await asyncio.gather(*slow)} == {
            "looking at the photo took longer than 0.5 s"
        }
        pool._photo_s = 60  # a new process on a busy machine takes longer for its first look
        assert (await pool.examine(a_source("c2"))).features is not None
    assert count(metrics, "sentinel_pool_timeouts_total") == 2


async def test_waiting_for_a_free_process_does_not_count_as_taking_long(media: Place) -> None:
    processes = Processes(plan_of(settings(media)), 1, Metrics())
    processes.start()
    try:
        first = asyncio.create_task(processes.run(60, time.sleep, 3.5))
        await asyncio.sleep(0)
        assert await processes.run(3, os.getpid) != os.getpid()  # nothing to do, but to wait for longer than its limit
        await first
    finally:
        processes.stop()


async def test_a_photo_whose_process_dies_once_is_looked_at_again(media: Place) -> None:
    media.put("claims/c1.jpg", SLOW)
    metrics = Metrics()
    async with examiner(media, metrics) as pool:
        look = asyncio.create_task(pool.examine(a_source()))
        await until(at_work)
        for pid in at_work():
            kill(pid)
        assert (await look).features is not None
    assert count(metrics, "sentinel_pool_deaths_total") == 1


async def test_a_photo_that_ends_its_process_every_time_is_unmeasured_and_the_next_is_looked_at(media: Place) -> None:
    media.put("claims/c1.jpg", SLOW)
    media.put("claims/c2.jpg", jpeg())
    metrics = Metrics()
    async with examiner(media, metrics) as pool:
        look = asyncio.create_task(pool.examine(a_source()))
        while not look.done():
            for pid in at_work():
                kill(pid)
            await asyncio.sleep(0.02)
        assert why(await look) == "looking at the photo failed: the process that did it broke down, twice"
        assert (await pool.examine(a_source("c2"))).features is not None
    assert count(metrics, "sentinel_pool_deaths_total") == 2


async def test_idle_processes_that_are_killed_are_replaced(media: Place) -> None:
    media.put("claims/c1.jpg", jpeg())
    async with examiner(media) as pool:
        await pool.examine(a_source())
        for pid in pids():
            kill(pid)
        for number in range(3):
            examined = await pool.examine(a_source(pointer=f"catalogue/{number}"))
            assert examined.features is not None


async def test_a_photo_that_needs_too_much_memory_is_unmeasured(media: Place) -> None:
    media.put("claims/c1.jpg", SLOW)
    media.put("claims/c2.jpg", jpeg())
    async with examiner(media, pool_memory_bytes=700_000_000) as pool:
        assert "more memory than a photo may take" in str(why(await pool.examine(a_source())))
        assert (await pool.examine(a_source("c2"))).features is not None


async def test_a_store_that_does_not_answer_comes_back_as_that(tmp_path: Path, media: Place) -> None:
    async with examiner(media, media_url=(tmp_path / "gone").as_uri()) as pool:
        with pytest.raises(StoreUnavailable, match="check SENTINEL_MEDIA_URL"):
            await pool.examine(a_source())


async def test_a_pool_that_can_look_at_photos_says_so_before_the_first(media: Place) -> None:
    async with examiner(media) as pool:
        await pool.try_out()


@pytest.mark.parametrize(
    "changes", [{"photo_limit_bytes": 1_000}, {"photo_limit_pixels": 10_000}], ids=["by bytes", "by pixels"]
)
async def test_a_pool_that_finds_every_photo_too_large_is_known_before_the_first(
    media: Place, changes: dict[str, Any]
) -> None:
    async with examiner(media, **changes) as pool:
        with pytest.raises(OperatorError, match="SENTINEL_PHOTO_LIMIT"):
            await pool.try_out()


def lack_a_library() -> None:
    msg = "libGL.so.1: cannot open shared object file"
    raise ImportError(msg)


async def test_a_pool_whose_processes_lack_a_library_is_known_before_the_first_photo(
    media: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.adapters.photos.in_process.try_out", lack_a_library)
    async with examiner(media) as pool:
        with pytest.raises(OperatorError, match="cannot be loaded"):
            await pool.try_out()


async def test_a_stopped_pool_leaves_no_process_and_takes_no_photo(media: Place) -> None:
    media.put("claims/c1.jpg", SLOW)
    async with examiner(media) as pool:
        look = asyncio.create_task(pool.examine(a_source()))
        await until(at_work)
        running = pids()
        pool.stop()
        assert pids() & running == set()
        look.cancel()
        with pytest.raises(StoreUnavailable, match="are stopped"):
            await pool.examine(a_source())


def resident_bytes(pid: int) -> int:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


PARENT = """
import asyncio, multiprocessing, sys, time
from streams.adapters.photos.pool_examiner import PoolExaminer, plan_of
from streams.adapters.photos.process_pool import Processes
from streams.metrics import Metrics
from streams.settings import Settings
from tests.contract.photos.test_examiner import a_source

async def work():
    pool = PoolExaminer(Settings(media_url=sys.argv[1], pool_processes=2), Metrics())
    pool.start()
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    await asyncio.gather(*(pool.examine(a_source(pointer=f"catalogue/{number}")) for number in range(100)))

if __name__ == "__main__":
    asyncio.run(work())
"""


async def test_no_process_outlives_a_worker_that_is_killed(tmp_path: Path, media: Place) -> None:
    media.put("claims/c1.jpg", SLOW)
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    command = (sys.executable, str(script), media.url)
    worker = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, env=environment)
    assert worker.stdout is not None
    children = [int(pid) for pid in (await worker.stdout.readline()).split()]
    assert len(children) == 2
    await until(lambda: any(resident_bytes(pid) > 180_000_000 for pid in children))
    for pid in children:
        if resident_bytes(pid) > 180_000_000:
            os.kill(pid, signal.SIGSTOP)  # as stuck as a process can be: no code of its own runs any more
    worker.kill()
    try:
        await until(lambda: worker.returncode is not None)
        await until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
    finally:
        for pid in children:
            kill(pid)
        await worker.communicate()  # to the end of what it says: else its pipe is closed once the loop is, which fails


async def test_a_video_sent_as_a_photo_is_given_a_video_s_time(media: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    film = a_video([a_picture(seed, 640, 480) for seed in range(8)], 1)
    media.put("claims/c1.jpg", film)
    limits: list[float] = []
    run = Processes.run

    async def noted(self: Processes, limit_s: float, *work: Any, **given: Any) -> Any:
        limits.append(limit_s)
        return await run(self, limit_s, *work, **given)

    monkeypatch.setattr(Processes, "run", noted)
    async with examiner(media, pool_processes=1, photo_limit_s=60, video_limit_s=61) as pool:
        examined = await pool.examine(a_source())
    assert (examined.kind, len(examined.parts)) == ("video", 8)
    assert limits == [60, 61]


async def test_a_video_that_takes_too_long_is_ended_and_nothing_is_left_of_it_on_disk(
    media: Place, tmp_path: Path
) -> None:
    media.put("claims/c1.mp4", a_video([a_picture(seed, 1_280, 960) for seed in range(8)], 4))
    async with examiner(media, pool_processes=1, data_dir=tmp_path / "data") as pool:
        pool._video_s = 0.01  # less than may be set: a quick machine looks at a video within the least
        examined = await pool.examine(a_source(uri="claims/c1.mp4", kind="video"))
    assert why(examined) == "looking at the photo took longer than 0.01 s"
    assert [path for path in (tmp_path / "data").rglob("*") if path.is_file()] == []


async def test_a_large_video_takes_a_photo_process_no_more_memory_than_a_photo(media: Place) -> None:
    media.put("claims/c1.jpg", jpeg(a_picture(width=2_000, height=1_500)))
    media.put("claims/c2.mp4", a_video([a_picture(1, 640, 480)], 2) + bytes(120_000_000))
    async with examiner(media, pool_processes=1) as pool:
        await pool.examine(a_source())
        photo = max(peak_bytes(pid) for pid in pids())
        examined = await pool.examine(a_source("c2", uri="claims/c2.mp4", kind="video"))
        video = max(peak_bytes(pid) for pid in pids())
    assert examined.kind == "video"
    assert video - photo < 60_000_000


def peak_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
