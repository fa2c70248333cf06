"""What a photo process reads AI labels with: made from the files of :mod:`streams.adapters.photos.provenance_files`."""

from functools import cache

from streams.evidence.looking.examination import Means
from streams.evidence.provenance.label_words import words
from streams.evidence.provenance.text_reader import OnnxReader
from streams.evidence.provenance.visible import Labels


def means(anchors: str | None, models: tuple[str, str] | None, further_labels: str | None = None) -> Means:
    """Return what a look at a photo is given: trusted certificates (PEM), and a reader of visible labels or none.

    A process opens the models once, at the first picture that may hold text. ``further_labels`` is the text of the
    operator's list of words.
    """
    return Means(anchors, None if models is None else Labels(_reader(*models), words(further_labels)))


_reader = cache(OnnxReader)
