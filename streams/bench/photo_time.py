"""The processor time of one request's photos, measured in a process that is set up as one of the pool.

Run by :mod:`streams.bench.enrich` as a process of its own: what to measure comes as JSON on standard input, and what
was found leaves as JSON on standard output.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import imagehash
import msgspec
from PIL import Image

from streams.adapters.photos import desk_setup, in_process
from streams.adapters.photos.examiner import Desk
from streams.adapters.photos.messages import Look, Plan
from streams.errors import OperatorError
from streams.evidence.files import jpeg_eighth
from streams.ports import Examined, MediumSource

DRAFT = (512, 512)
HASH_SIDE = 16


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What to measure: keys in the media store of an honest claim with its references, and of a forged claim."""

    plan: Plan
    media: str
    photos: Sequence[str]
    forged: str
    turns: int


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of processor time for one request, medians of all turns; ``known_s``: its references were seen before.

    ``more_s`` is what a forged claim costs beyond an honest one, and ``more_parts`` are its stages.
    """

    bare_s: float
    whole_s: float
    known_s: float
    more_s: float
    parts: Mapping[str, float]
    more_parts: Mapping[str, float]


def found(task: Task) -> Found:
    """Return what the turns measured, after one that does not count, in a process that has loaded what it will use."""
    jpeg_eighth.load()
    files = [Path(task.media) / photo for photo in task.photos]
    turns = [_turn(task, files) for _ in range(task.turns + 1)][1:]
    return Found(
        bare_s=statistics.median(turn.bare_s for turn in turns),
        whole_s=statistics.median(turn.whole_s for turn in turns),
        known_s=statistics.median(turn.known_s for turn in turns),
        more_s=statistics.median(turn.more_s for turn in turns),
        parts=_medians([turn.parts for turn in turns]),
        more_parts=_medians([turn.more_parts for turn in turns]),
    )


def _medians(of: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: statistics.median(each[name] for each in of) for name in of[0]}


def _turn(task: Task, files: Sequence[Path]) -> Found:
    bare_s = _cpu_s(lambda: bare(files))
    with tempfile.TemporaryDirectory() as folder:
        desk = _desk(task.plan, folder)
        parts: dict[str, float] = {}
        whole_s = _cpu_s(lambda: _request(desk, task.photos, "first", parts))
    with tempfile.TemporaryDirectory() as folder:
        desk = _desk(task.plan, folder)
        for photo in task.photos[1:]:
            desk.examine(_source(photo, "earlier", "reference"))
        known_s = _cpu_s(lambda: _request(desk, task.photos, "second", {}))
        more_parts = _forged(desk, task)
    more_s = sum(more_parts.values())
    return Found(bare_s=bare_s, whole_s=whole_s, known_s=known_s, more_s=more_s, parts=parts, more_parts=more_parts)


def _forged(desk: Desk, task: Task) -> dict[str, float]:
    """Return the stages that a claim goes through because it was found derived, and only then."""
    photos = (task.forged, *task.photos[1:])
    claim, *references = [_looked(desk.examine(source), {}) for source in sources(photos, "third")]
    seconds = desk.compare(claim, references).seconds
    return {stage: seconds[stage] for stage in seconds if stage != "compare"}


def bare(files: Sequence[Path]) -> None:
    """Open, draft, load and hash photos, as little as anybody could do with them."""
    for file in files:
        with Image.open(file) as image:
            image.draft("L", DRAFT)
            image.load()
            imagehash.phash(image, hash_size=HASH_SIDE)


def _request(desk: Desk, photos: Sequence[str], request: str, parts: dict[str, float]) -> None:
    claim, *references = [_looked(desk.examine(source), parts) for source in sources(photos, request)]
    for stage, seconds in desk.compare(claim, references).seconds.items():
        parts[stage] = parts.get(stage, 0.0) + seconds


def _looked(look: Look, parts: dict[str, float]) -> Examined:
    """Return what a look found, after adding its stages to ``parts``."""
    for stage, seconds in look.seconds.items():
        parts[stage] = parts.get(stage, 0.0) + seconds
    if look.examined.features is None:
        msg = f"a photo of the bench could not be looked at: {look.examined.readings}"
        raise OperatorError(msg)
    return look.examined


def sources(photos: Sequence[str], request: str) -> list[MediumSource]:
    """Return a claim photo and its references as a request names them."""
    return [_source(photo, request, "reference" if place else "claim") for place, photo in enumerate(photos)]


def _source(photo: str, request: str, role: Literal["claim", "reference"]) -> MediumSource:
    name = Path(photo).stem
    return MediumSource(
        media_id=name, role=role, kind="photo", uri=photo, sha256=None, pointer=f"requests/{request}/{name}"
    )


def _desk(plan: Plan, folder: str) -> Desk:
    """Return a desk with an evidence store that has seen nothing yet; its stages count processor time."""
    return desk_setup.open_desk(replace(plan, evidence_url=Path(folder).as_uri()), time.process_time)


def _cpu_s(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def main() -> None:
    """Measure what standard input asks for."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task, dec_hook=lambda kind, given: kind(given))
    in_process.begin(task.plan)
    sys.stdout.buffer.write(msgspec.json.encode(found(task)))


if __name__ == "__main__":
    main()
