"""Fuzzing of the picture and video decoders: ``python -m tests.fuzz.decoders --minutes 10``.

Faulty files of every format go through decoding in a process with the pool's limit on memory, so that a crash in C is
seen as what it is. Each file is named by its seed and case and can be made again: ``--case N`` looks at one. Prints one
JSON object; status 1 when anything but a picture or a sentence came out.
"""

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from streams.errors import MediaUnreadable
from streams.evidence.files.colours import develop
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from streams.evidence.files.video_file import VideoFile
from streams.evidence.looking import kept_stills
from streams.evidence.looking.looking import look
from tests.fuzz.mutations import mutated
from tests.photos import a_picture
from tests.unit.evidence.odd_files import sound_files
from tests.videos import a_video, an_av1_video, animated

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized, SynchronizedArray

LIMITS = Limits(size_bytes=1_000_000, pixels=10_000_000)
MEMORY_BYTES = 2_000_000_000
"""``SENTINEL_POOL_MEMORY_BYTES`` as it is when nobody sets it."""
SLOWEST_S = 60
"""A file that takes longer is told, not a fault: the pool kills what takes longer than a photo may."""
OUTCOMES = ("picture", "sentence", "wrong")
_NOT_BEGUN = -1
_WRONG = 3
"""Status of a process that ends over a case which raised what it must not; other statuses are deaths."""


@cache
def seeds() -> tuple[bytes, ...]:
    """Return the files to put faults into: every odd file that is looked at, and small moving ones (one in five)."""
    photos = tuple(one.photo for one in sound_files() if one.seen is not None)
    filmed = [
        a_video([a_picture(seed, 160, 120) for seed in (1, 2)], 1, suffix) for suffix in (".mp4", ".mkv", ".webm")
    ]
    drawn = [a_picture(seed, 160, 120) for seed in (1, 2)]
    filmed += [an_av1_video(), *(animated(drawn, each) for each in ("GIF", "WEBP", "PNG", "AVIF"))]
    return photos + tuple(filmed) * max(1, len(photos) // 4 // len(filmed))


def outcome(photo: bytes) -> str:
    """Return ``picture`` or ``sentence``, or what went wrong; whatever may be a video is looked at as one too."""
    try:
        ways = (_picture, _video, _moving)
        return max((_outcome(way, photo) for way in ways), key=("sentence", "picture").index)
    except Exception as exc:  # noqa: BLE001 - this is what is looked for
        return f"{type(exc).__name__}: {exc}"


def _outcome(look: Callable[[bytes], bool], file: bytes) -> str:
    try:
        return "picture" if look(file) else "a picture without pixels"
    except MediaUnreadable:
        return "sentence"


def _picture(photo: bytes) -> bool:
    seen, colours = decode(photo, LIMITS), develop(photo, LIMITS)
    return bool(seen.grey.dtype == colours.pixels.dtype == np.uint8 and seen.grey.size and colours.pixels.size)


def _video(video: bytes) -> bool:
    with VideoFile.of([video]) as file:
        found = look(file, LIMITS)
    kept = kept_stills.unpack(found.features)
    return len(kept) == len(found.pictures) > 0 and bool(develop(found.pictures[0], LIMITS).pixels.size)


def _moving(photo: bytes) -> bool:
    """Look at whatever may be an animated picture as a worker does."""
    found = look(photo, LIMITS)
    return bool(found.features) and all(develop(one, LIMITS).pixels.size for one in found.pictures[:1])


@dataclass(frozen=True, slots=True)
class _Given:
    """What every process of one run is given: the sound files, the seed, and when to end (seconds of the epoch)."""

    files: tuple[bytes, ...]
    seed: int
    until: float


@dataclass(slots=True)
class Tally:
    """What came out, by kind; ``faults`` are the cases that went wrong, with how."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: dict[int, str] = field(default_factory=dict)
    slow: list[int] = field(default_factory=list)


def _work(given: "_Given", cases: range, at: "Synchronized[int]", counts: "SynchronizedArray[int]") -> None:
    """Look at one case after the other; ``at`` says which, so that the parent knows what a dead process died of."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libtiff says every fault of a file there
    for case in cases:
        at.value = case
        found = outcome(mutated(given.files, case, given.seed))
        counts[OUTCOMES.index(found) if found in OUTCOMES else -1] += 1
        if found not in OUTCOMES:
            sys.exit(_WRONG)
        if time.time() > given.until:
            return


def fuzz(seed: int, seconds: float, cases: int = 1_000_000_000) -> Tally:
    """Return what faulty files did to the decoders, a new process after each that killed one.

    It ends after so many seconds or cases, whatever comes first.
    """
    until, case, tally = time.time() + seconds, 0, Tally()
    given = _Given(seeds(), seed, until)
    context = multiprocessing.get_context("spawn")
    at, counts = context.Value("q", 0), context.Array("q", len(OUTCOMES))
    while time.time() < until and case < cases:
        at.value = _NOT_BEGUN
        process = context.Process(target=_work, args=(given, range(case, cases), at, counts))
        process.start()
        if not _watched(process, at):
            tally.slow.append(at.value)
        elif process.exitcode == _WRONG:
            tally.faults[at.value] = outcome(mutated(seeds(), at.value, seed))
        elif process.exitcode:
            tally.faults[at.value] = f"the process ended with {process.exitcode}"
        case = at.value + 1
    tally.counts = Counter(dict(zip(OUTCOMES, counts[:], strict=True)))
    return tally


def _watched(process: multiprocessing.process.BaseProcess, at: "Synchronized[int]") -> bool:
    """Return True once the process ended by itself, False when it was killed over one slow case."""
    while process.is_alive():
        before = at.value
        process.join(SLOWEST_S)
        if process.is_alive() and at.value == before != _NOT_BEGUN:
            process.kill()
            process.join()
            return False
    return True


def main() -> int:
    """Return the status of the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, help="look at one case alone")
    parser.add_argument("--keep", type=Path, help="a folder for the files that went wrong")
    given = parser.parse_args()
    if given.case is not None:
        sys.stdout.write(f"{outcome(mutated(seeds(), given.case, given.seed))}\n")
        return 0
    tally = fuzz(given.seed, given.minutes * 60)
    if given.keep is not None and tally.faults:
        given.keep.mkdir(parents=True, exist_ok=True)
        for case in tally.faults:
            (given.keep / f"{given.seed}-{case}.bin").write_bytes(mutated(seeds(), case, given.seed))
    told = {"files": sum(tally.counts.values()), **tally.counts, "faults": tally.faults, "slow": tally.slow}
    sys.stdout.write(f"{json.dumps(told)}\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
