"""What one would write instead, beside us: the processor time of one request's photos, in one run.

The naive consumer decodes each photo whole with Pillow, hashes it with imagehash (256 bits) and compares the claim's
hash with every earlier one by NumPy. It fetches, keeps, aligns and explains nothing.

Run: python -m tests.benchmarks.naive [--earlier 1000000]. It needs neither broker nor database; memory is 32 bytes an
earlier photo, three times.
"""

import argparse
import asyncio
import io
import statistics
import sys
import time

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

from streams.bench import enrich
from streams.bench.photos import LARGE, another_file, jpeg, scene
from streams.settings import Settings

TURNS = 7
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


def request(photos: list[bytes], known: bool, earlier: Hashes) -> tuple[float, float]:  # noqa: FBT001 - one of two kinds
    """Return the processor seconds of hashing a request's photos, and of the search for its claim.

    ``known``: the hashes of the references were kept, so that the claim alone is decoded.
    """
    began = time.process_time()
    claim, *_ = [hashed(photo) for photo in (photos[:1] if known else photos)]
    between = time.process_time()
    nearest(claim, earlier)
    return between - began, time.process_time() - between


def main() -> int:
    """Print what both take, and how many times as much the naive consumer takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--earlier", type=int, default=1_000_000, help="earlier photos to look through")
    count = parser.parse_args().earlier
    earlier = np.random.default_rng(1).integers(0, 2**64, (count, WORDS), dtype=np.uint64)
    photos = [another_file(jpeg(scene(seed, LARGE)), seed) for seed in (11, 1, 2)]
    ours = asyncio.run(enrich.measure(Settings(), lambda said: print(said, file=sys.stderr)))  # noqa: T201 - progress
    new, seen = ours[:2]
    for what, figure, known in (
        ("new photos", new, False),
        ("references known to both", seen, True),
        ("references known to us alone", seen, False),
    ):
        turns = [request(photos, known, earlier) for _ in range(TURNS)]
        hash_s, search_s = (statistics.median(part) for part in zip(*turns, strict=True))
        own_s = figure.parts["request_s"]
        print(  # noqa: T201 - what it is for
            f"{what}: ours {own_s:.4f} s without the search; naive {hash_s:.4f} s of hashing and {search_s:.4f} s of "
            f"search among {count:,}: {(hash_s + search_s) / own_s:.2f} times as much"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
