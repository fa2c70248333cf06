"""The folder of clean photos: which there are, which belong to one product, and which half of them is held out."""

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image

from streams.bench.evaluation.pixels import Pixels, encoded, opened, shrunk
from streams.errors import OperatorError

Part = Literal["dev", "held-out", "all"]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
LABELS = "labels.tsv"
LONGEST = 2_000
"""Longer photos are reduced to it once, reference and all: 12 megapixels would make the pairs take hours."""
_COLUMNS = ("file", "product", "variant")
_FILES_KEPT, _PICTURES_KEPT = 512, 16


@dataclass(frozen=True, slots=True, order=True)
class Photo:
    """One clean photo. ``name`` is its path within the folder; ``variant`` tells colours of one product apart."""

    name: str
    product: str
    variant: str = ""


class PhotoSet:
    """The photos of a folder, read when they are needed."""

    def __init__(self, folder: Path, photos: tuple[Photo, ...]) -> None:
        self._folder = folder
        self.photos = photos
        self._files = lru_cache(_FILES_KEPT)(self._read)
        self._pictures = lru_cache(_PICTURES_KEPT)(self._decoded)

    def file(self, photo: Photo) -> bytes:
        """Return the photo as the merchant's file: as it is, or a reduced JPEG where it is very large."""
        return self._files(photo)

    def pixels(self, photo: Photo) -> Pixels:
        """Return the pixels of :meth:`file`; they cannot be written to."""
        return self._pictures(photo)

    def _read(self, photo: Photo) -> bytes:
        file = (self._folder / photo.name).read_bytes()
        with Image.open(io.BytesIO(file)) as image:
            longest = max(image.size)
        return file if longest <= LONGEST else encoded(shrunk(opened(file), LONGEST), "JPEG")

    def _decoded(self, photo: Photo) -> Pixels:
        picture = opened(self.file(photo))
        picture.setflags(write=False)
        return picture


def open_photo_set(folder: Path, part: Part = "all", labels: Path | None = None) -> PhotoSet:
    """Return the photos below ``folder``, one half of them by the hash of their names or all.

    ``labels`` defaults to ``labels.tsv`` in the folder; without it every file is its own product. Raises
    :class:`OperatorError` for a folder without photos, and for labels that say something else than they should.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    told = _labels(folder / LABELS if labels is None else labels, asked=labels is not None)
    photos = (told.get(name, Photo(name, name)) for name in names)
    kept = tuple(photo for photo in photos if part in {"all", half(photo.name)})
    if len({photo.product for photo in kept}) < 2:  # noqa: PLR2004 - others are what a product is told apart from
        endings = ", ".join(sorted(SUFFIXES))
        msg = f"{folder} holds {len(kept)} photos of the part {part!r}: give one with several products ({endings})"
        raise OperatorError(msg)
    return PhotoSet(folder, kept)


def half(name: str) -> Part:
    """Return the half that a photo belongs to, by the hash of its file name: the same on every machine."""
    file = name.rsplit("/", 1)[-1]
    return "held-out" if hashlib.blake2b(file.encode()).digest()[0] & 1 else "dev"


def _labels(path: Path, *, asked: bool) -> Mapping[str, Photo]:
    if not asked and not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t")
            if not set(_COLUMNS[:2]) <= set(rows.fieldnames or ()):
                msg = f"{path} needs the columns {', '.join(_COLUMNS)}, separated by tabs"
                raise OperatorError(msg)
            return {row["file"]: Photo(row["file"], row["product"], row.get("variant") or "") for row in rows}
    except OSError as exc:
        msg = f"{path} cannot be read ({exc.strerror}): give a file of labels that is there"
        raise OperatorError(msg) from exc
