"""A whole measurement of visible labels: with what, on which photos, and where its outcomes go."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from streams.adapters.photos.provenance_files import label_models
from streams.bench.evaluation.photo_set import Photo, PhotoSet
from streams.bench.labels import fonts, measure
from streams.bench.labels.fonts import Fonts
from streams.bench.labels.measure import Look, Outcome
from streams.errors import OperatorError
from streams.evidence.provenance.label_words import words
from streams.evidence.provenance.text_reader import OnnxReader
from streams.evidence.provenance.visible import Labels

OUTCOMES = "outcomes.jsonl"


@dataclass(frozen=True, slots=True)
class Bench:
    """One measurement, ready to be made."""

    photo_set: PhotoSet
    photos: Sequence[Photo]
    fonts: Fonts
    seed: int
    look: Look

    def outcomes(self, tell: Callable[[int], None]) -> Iterator[Outcome]:
        """Yield every outcome; ``tell`` hears how many photos are done."""
        for done, photo in enumerate(self.photos, 1):
            yield from measure.outcomes(self.photo_set, [photo], self.fonts, self.seed, self.look)
            tell(done)

    def write(self, folder: Path, found: Sequence[Outcome]) -> Iterator[Path]:
        """Write all outcomes, one a line, and the photos of those that are wrong; yield what was written."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / OUTCOMES).write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in found))
        yield folder / OUTCOMES
        by_name = {photo.name: photo for photo in self.photos}
        for number, each in enumerate(outcome for outcome in found if not outcome.right):
            file, _, _ = measure.made(self.photo_set, by_name[each.photo], self.fonts, self.seed, each.drawn)
            path = folder / f"{each.drawn.replace(' ', '-')}-{number:04d}.jpg"
            path.write_bytes(file)
            yield path


def prepared(photo_set: PhotoSet, font_files: Sequence[Path], limit: int | None, seed: int) -> Bench:
    """Return a measurement of the photos of a folder, in an order by lot, at most ``limit`` of them.

    Raises :class:`OperatorError` where the models or fonts are missing.
    """
    models = label_models()
    if models is None:
        msg = "the extra 'labels' is not installed: pip install --no-deps -r deploy/requirements/labels.txt"
        raise OperatorError(msg)
    photos = random.Random(seed).sample(photo_set.photos, len(photo_set.photos))[:limit]  # noqa: S311 - which, not a secret
    used = fonts.of_files(font_files) if font_files else fonts.installed()
    return Bench(photo_set, photos, used, seed, measure.looking(Labels(OnnxReader(*models), words())))
