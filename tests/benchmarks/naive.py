"""What one would write instead, beside us: the processor time of one request's photos, in one run.

The naive consumer decodes each photo whole with Pillow, hashes it with imagehash (256 bits) and compares the claim's
hash with every earlier one by NumPy. It fetches, keeps, aligns and explains nothing. Both are measured in turns: the
naive search reads all hashes each time, and how fast that is changes from minute to minute.

Run: python -m tests.benchmarks.naive [--earlier 1000000]. It needs neither broker nor database; memory is 32 bytes an
earlier photo, three times. Our search is not in it: streams.bench.sightings measures that.
"""

import argparse
import asyncio
import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

from streams.bench import enrich
from streams.bench.photos import LARGE, another_file, jpeg, scene
from streams.settings import Settings

ROUNDS = 5
TURNS = 3
"""Of each contender in a round."""
WORDS = 4
"""64-bit words of a hash."""
NEAR_BITS = 31

Hashes = npt.NDArray[np.uint64]


def hashed(photo: bytes) -> Hashes:
    """Return the 256 bits of imagehash's pHash of a photo that was decoded whole."""
    with Image.open(io.BytesIO(photo)) as picture:
        bits = imagehash.phash(picture.convert("RGB"), hash_size=16).hash
    return np.packbits(bits).view(np.uint64)


def nearest(claim: Hashes, earlier: Hashes) -> Hashes:
    """Return the places of earlier hashes at most NEAR_BITS apart, by looking at every one."""
    apart = np.bitwise_count(earlier ^ claim).sum(axis=1, dtype=np.uint16)
    return np.flatnonzero(apart <= NEAR_BITS).astype(np.uint64)


def _cpu_s(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


class Round(NamedTuple):
    """Processor seconds of a round: of ours (a request with new photos, one whose references were seen), and theirs.

    ``three_s`` is hashing a claim and its two references, ``one_s`` the claim alone, ``search_s`` looking for it.
    """

    new_s: float
    known_s: float
    three_s: float
    one_s: float
    search_s: float

    def times_as_much(self) -> dict[str, float]:
        """Return how many times our processor time the naive consumer takes, by what is known to whom."""
        return {
            "new photos": (self.three_s + self.search_s) / self.new_s,
            "references known to us alone": (self.three_s + self.search_s) / self.known_s,
            "references known to both": (self.one_s + self.search_s) / self.known_s,
        }


def one_round(photos: list[bytes], earlier: Hashes) -> Round:
    """Return what a round took: medians of its turns, theirs right after ours."""
    ours = asyncio.run(enrich.measure(Settings(), lambda _: None, TURNS))
    claim = hashed(photos[0])
    three_s, one_s, search_s = (
        statistics.median(_cpu_s(work) for _ in range(TURNS))
        for work in (
            lambda: [hashed(photo) for photo in photos],
            lambda: hashed(photos[0]),
            lambda: nearest(claim, earlier),
        )
    )
    return Round(ours[0].parts["request_s"], ours[1].parts["request_s"], three_s, one_s, search_s)


def told(rounds: Sequence[Round]) -> list[str]:
    """Return a line for each figure: its median over the rounds, its lowest and its highest."""
    seconds = [(name, [getattr(each, name) for each in rounds]) for name in Round._fields]
    times = [each.times_as_much() for each in rounds]
    return [
        *(f"{name}: {statistics.median(of):.4f} ({min(of):.4f} to {max(of):.4f})" for name, of in seconds),
        *(
            f"{what}: {statistics.median(of):.2f} times as much ({min(of):.2f} to {max(of):.2f})"
            for what, of in ((what, [each[what] for each in times]) for what in times[0])
        ),
    ]


def main() -> int:
    """Print what both take, and how many times as much the naive consumer takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--earlier", type=int, default=1_000_000, help="earlier photos to look through")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is measured, in turns")
    asked = parser.parse_args()
    earlier = np.random.default_rng(1).integers(0, 2**64, (asked.earlier, WORDS), dtype=np.uint64)
    photos = [another_file(jpeg(scene(seed, LARGE)), seed) for seed in (11, 1, 2)]
    rounds = []
    for number in range(asked.rounds):
        print(f"round {number + 1} of {asked.rounds}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)  # noqa: T201 - progress
        rounds.append(one_round(photos, earlier))
    print("\n".join(told(rounds)))  # noqa: T201 - what it is for
    return 0


if __name__ == "__main__":
    sys.exit(main())
