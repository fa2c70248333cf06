"""``bench enrich``: the processor time of one request's photos, against bare decoding and hashing of the same."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import msgspec

from streams.adapters.photos.pool_examiner import plan_of
from streams.adapters.photos.process_pool import ONE_THREAD
from streams.bench.figures import Figure
from streams.bench.photo_time import Found, Task
from streams.bench.photos import LARGE, another_file, jpeg, scene, stained
from streams.bench.progress import Tell
from streams.errors import OperatorError
from streams.settings import Settings

TURNS = 9
_MS = 1_000


async def measure(settings: Settings, tell: Tell, turns: int = TURNS) -> list[Figure]:
    """Return three figures of the processor time that the photos of one request take.

    They are a request whose photos are all new and one whose references were seen before, each as a multiple of bare
    decoding, and the milliseconds that a claim made from a reference takes beyond that: its pixels are aligned,
    compared and drawn. Needs neither broker nor database. Raises :class:`OperatorError` when the measuring process
    fails.
    """
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="sentinel-bench-") as folder:
        tell("enrich: drawing a claim photo and two references of 12 megapixels")
        forged, *photos = await asyncio.to_thread(_draw, Path(folder))
        tell(f"enrich: {turns} turns")
        own = settings.model_copy(update={"media_url": Path(folder).as_uri(), "evidence_url": None})
        task = Task(plan=plan_of(own), media=folder, photos=photos, forged=forged, turns=turns)
        found = await _found(task)
    beside = f"{found.bare_s:.3f} s: open, draft, load and hash of the same three photos"
    rest_s = found.whole_s - sum(found.parts.values())
    parts = {f"{name}_s": round(seconds, 4) for name, seconds in (*found.parts.items(), ("rest", rest_s))}
    return [
        Figure(
            measure="enrich, CPU of a request with new photos",
            value=round(found.whole_s / found.bare_s, 2),
            unit="of bare decoding",
            load=load,
            beside=beside,
            parts={"request_s": round(found.whole_s, 4), "bare_s": round(found.bare_s, 4), **parts},
        ),
        Figure(
            measure="enrich, CPU where its references were seen",
            value=round(found.known_s / found.bare_s, 2),
            unit="of bare decoding",
            load=load,
            beside=beside,
            parts={"request_s": round(found.known_s, 4), "bare_s": round(found.bare_s, 4)},
        ),
        Figure(
            measure="enrich, CPU more where a claim is derived",
            value=round(_MS * found.more_s, 1),
            unit="ms",
            load=load,
            parts={f"{name}_ms": round(_MS * seconds, 1) for name, seconds in found.more_parts.items()},
        ),
    ]


def _draw(folder: Path) -> list[str]:
    """Return the keys of a claim forged from the first of two references, of an honest claim, and of those two.

    Nothing along the honest claim's edges looks like text, as in three photos of four; the others go to a model.
    """
    sound, other = scene(1, LARGE), scene(2, LARGE)
    photos = {"forged.jpg": stained(sound), "claim.jpg": scene(11, LARGE), "listing.jpg": sound, "dispatch.jpg": other}
    for number, (name, pixels) in enumerate(photos.items()):
        (folder / name).write_bytes(another_file(jpeg(pixels), number))
    return list(photos)


async def _found(task: Task) -> Found:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams.bench.photo_time"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | ONE_THREAD,
    )
    said, error = await process.communicate(msgspec.json.encode(task, enc_hook=str))
    if process.returncode:
        msg = f"the process that measures photos failed: {error.decode(errors='replace')[-1_000:]}"
        raise OperatorError(msg)
    return msgspec.json.decode(said, type=Found)
