"""Photos to make pairs of: drawn, so that a checkout needs no others."""

from pathlib import Path

from streams.bench.evaluation.photo_set import PhotoSet, open_photo_set
from streams.bench.evaluation.pixels import Pixels, encoded
from streams.bench.photos import scene

SIZE = (420, 360)


def photo(seed: int = 1) -> Pixels:
    """Return one clean photo, another for every seed."""
    return scene(seed, SIZE)


def photo_set(folder: Path, count: int = 6, labels: str = "") -> PhotoSet:
    """Return a photo_set of so many photos named 0.jpg, 1.jpg, ...; ``labels`` is what their labels.tsv says."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        (folder / f"{number}.jpg").write_bytes(encoded(photo(number), "JPEG"))
    if labels:
        (folder / "labels.tsv").write_text(labels, encoding="utf-8")
    return open_photo_set(folder)
