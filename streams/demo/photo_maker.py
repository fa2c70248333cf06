"""A process of its own that makes the demo's photos, in the order in which the platform needs them.

``python -m streams.demo.photo_maker SEED REQUESTS FOLDER PLACE OF`` makes every OF-th photo, beginning with PLACE. A
photo is there, whole, once its file is.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import cv2

from streams.demo.day import Day, a_day
from streams.demo.photos import Photo


def wanted(day: Day) -> list[Photo]:
    """Return every photo of a day that arrives, each once: the catalogue's first, then in the order of requests."""
    photos = [*day.listing, *(photo for asked in day.asked for photo in asked.photos)]
    return [photo for photo in {photo.uri: photo for photo in photos}.values() if photo.arrives]


def make(seed: int, photos: Sequence[Photo], folder: Path) -> None:
    """Write photos into the media folder."""
    for photo in photos:
        path = folder / photo.uri
        path.parent.mkdir(parents=True, exist_ok=True)
        wet = path.with_suffix(".wet")
        wet.write_bytes(photo.made(seed))
        wet.rename(path)


def main() -> None:
    """Make this process's share of the photos."""
    seed, requests, place, of = (int(sys.argv[position]) for position in (1, 2, 4, 5))
    cv2.setNumThreads(1)
    make(seed, wanted(a_day(seed, requests, now_ms=0))[place::of], Path(sys.argv[3]))


if __name__ == "__main__":
    main()
