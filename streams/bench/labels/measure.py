"""Draws labels on the photos of a folder, looks for them, and says how many were found and what it cost."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec

from streams.bench.evaluation.photo_set import Photo, PhotoSet
from streams.bench.evaluation.pixels import drawn as chance_of
from streams.bench.evaluation.pixels import encoded
from streams.bench.figures import Figure, percentile
from streams.bench.labels import drawing
from streams.bench.labels.fonts import Fonts
from streams.cases.intervals import wilson
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from streams.evidence.provenance.visible import Labels

Kind = Literal["opaque", "translucent", "faint", "other words", "nothing"]
KINDS: tuple[Kind, ...] = ("opaque", "translucent", "faint", "other words", "nothing")
"""What is drawn on a photo. A photo with other words or with nothing must not be taken for one with a label."""
_LABELS = frozenset({"opaque", "translucent", "faint"})
_GOALS = {"opaque": 0.9, "translucent": 0.75}
_MOST_MEDIAN_MS = 10
_LIMITS = Limits(50_000_000, 100_000_000)

Look = Callable[[bytes], tuple[str, float]]
"""From a photo's file to the label that was read in it ("" where none was), and the CPU seconds that took."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was drawn on one photo, what was read, and the CPU seconds of looking, decoding left out."""

    photo: str
    drawn: Kind
    words: str
    font: str
    said: str
    cpu_s: float

    @property
    def right(self) -> bool:
        """Whether a label was found where one was drawn, and only there."""
        return bool(self.said) == (self.drawn in _LABELS)


def looking(labels: Labels) -> Look:
    """Return the product's own look."""

    def look(file: bytes) -> tuple[str, float]:
        grey = decode(file, _LIMITS).grey
        begun = time.process_time()
        said = labels.read(grey)
        return said, time.process_time() - begun

    return look


def outcomes(photo_set: PhotoSet, photos: Sequence[Photo], fonts: Fonts, seed: int, look: Look) -> Iterator[Outcome]:
    """Yield what was found on each photo, with each kind of drawing on it; the same seed gives the same drawings."""
    for photo in photos:
        for kind in KINDS:
            file, words, font = made(photo_set, photo, fonts, seed, kind)
            said, cpu_s = look(file)
            yield Outcome(photo=photo.name, drawn=kind, words=words, font=font, said=said, cpu_s=cpu_s)


def made(photo_set: PhotoSet, photo: Photo, fonts: Fonts, seed: int, kind: Kind) -> tuple[bytes, str, str]:
    """Return a photo's file with something drawn on it, the words, and the font's name."""
    if kind == "nothing":
        return photo_set.file(photo), "", ""
    label = drawing.by_lot(chance_of(seed, kind, photo.name), fonts, kind)
    drawn = drawing.drawn(photo_set.pixels(photo), label)
    return encoded(drawn, "JPEG", label.quality), label.words, os.path.basename(label.font[0])  # noqa: PTH119 - a name


def figures(found: Sequence[Outcome]) -> list[Figure]:
    """Return what the outcomes come to: shares found, photos falsely taken for labelled, and CPU."""
    return [*(_share(found, kind) for kind in KINDS), _cost(found, "nothing"), _cost(found, "opaque")]


def _share(found: Sequence[Outcome], kind: Kind) -> Figure:
    told = [bool(outcome.said) for outcome in found if outcome.drawn == kind]
    low, high = wilson(sum(told), len(told))
    return Figure(
        measure=f"label found, {kind} drawn",
        value=round(sum(told) / len(told), 4) if told else 0.0,
        unit="share",
        load=os.getloadavg()[0],
        at_least=_GOALS.get(kind),
        at_most=None if kind in _LABELS else 0,
        parts={"found": sum(told), "of": len(told), "95 % from": round(low, 4), "to": round(high, 4)},
    )


def _cost(found: Sequence[Outcome], kind: Kind) -> Figure:
    spent = [1_000 * outcome.cpu_s for outcome in found if outcome.drawn == kind]
    return Figure(
        measure=f"CPU of looking, {kind} drawn",
        value=round(percentile(spent, 0.5), 2),
        unit="ms",
        load=os.getloadavg()[0],
        at_most=_MOST_MEDIAN_MS if kind == "nothing" else None,
        parts={"mean": round(sum(spent) / max(1, len(spent)), 2), "p95": round(percentile(spent, 0.95), 2)},
    )
