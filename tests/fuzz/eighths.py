"""Fuzzing of the large-JPEG decoder beside Pillow: ``python -m tests.fuzz.eighths --minutes 10``.

Faulty files go through :mod:`streams.evidence.files.jpeg_eighth` with Numba's check of every index switched on, which
compiled loops do without. Each answer is held against Pillow's: the same pixels, or none. Each file is named by its
seed and case and can be made again: ``--case N`` looks at one. Prints one JSON object; status 1 when an answer
differed, or an index lay outside.
"""

import argparse
import io
import json
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

os.environ["NUMBA_BOUNDSCHECK"] = "1"
os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="checked-kernel-")  # never what was compiled without checks

import numpy as np
from PIL import Image

from streams.evidence.files import jpeg_eighth
from tests.fuzz.mutations import mutated
from tests.photos import a_picture, saved

OUTCOMES = ("same", "none")
SIZE = (201, 187)


def seeds() -> tuple[bytes, ...]:
    """Return sound files of one size: in colour and grey, with each way to sample colours, and with markers."""
    ways = (
        {"quality": 92},
        {"quality": 75, "subsampling": 0},
        {"quality": 96, "subsampling": 1},
        {"quality": 60, "optimize": True},
        {"quality": 85, "restart_marker_blocks": 7},
        {"quality": 2},
    )
    picture = a_picture(3, *SIZE)
    colour = [saved(picture, "JPEG", **way) for way in ways]
    return (*colour, saved(picture.convert("L"), "JPEG", quality=90), saved(picture, "JPEG", progressive=True))


@dataclass(slots=True)
class Tally:
    """What came out, by kind; ``faults`` are the cases that went wrong, with how."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: dict[int, str] = field(default_factory=dict)


class _Loops:
    """The compiled loops; what they raise is kept here, as who asks takes it for an odd file."""

    def __init__(self, loops: Any) -> None:
        self._loops = loops
        self.raised: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loops, name)

    def means(self, *given: Any) -> Any:
        """Return what the loop does, and keep what it raises."""
        try:
            return self._loops.means(*given)
        except Exception as exc:
            self.raised = exc
            raise


def load() -> _Loops:
    """Return the loops, loaded with every index checked."""
    jpeg_eighth.load()
    loops = _Loops(jpeg_eighth._kernel.loaded)
    jpeg_eighth._kernel.loaded = loops  # type: ignore[assignment]
    return loops


def outcome(photo: bytes, loops: _Loops) -> str:
    """Return ``same``, ``none``, or what is wrong with the answer."""
    loops.raised = None
    found = jpeg_eighth.eighth(photo, SIZE)
    if loops.raised is not None:
        return f"{type(loops.raised).__name__}: {loops.raised}"
    if found is None:
        return "none"
    try:
        with Image.open(io.BytesIO(photo)) as image:
            image.draft("L", (max(1, image.width // 8), max(1, image.height // 8)))
            return "same" if np.array_equal(found, np.asarray(image)) else "other pixels than Pillow's"
    except OSError:
        return "pixels where Pillow has none"


def fuzz(seed: int, seconds: float, cases: int = 1_000_000_000) -> Tally:
    """Return what came of faulty files; it ends after so many seconds or cases, whatever comes first."""
    loops, files, tally = load(), seeds(), Tally()
    until = time.time() + seconds
    for case in range(cases):
        if time.time() > until:
            break
        found = outcome(mutated(files, case, seed), loops)
        tally.counts[found if found in OUTCOMES else "wrong"] += 1
        if found not in OUTCOMES:
            tally.faults[case] = found
    return tally


def main() -> int:
    """Return the status of the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, help="look at one case alone")
    given = parser.parse_args()
    if given.case is not None:
        sys.stdout.write(f"{outcome(mutated(seeds(), given.case, given.seed), load())}\n")
        return 0
    tally = fuzz(given.seed, given.minutes * 60)
    told = {"files": sum(tally.counts.values()), **tally.counts, "faults": tally.faults}
    sys.stdout.write(f"{json.dumps(told)}\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
