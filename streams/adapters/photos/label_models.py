"""The means by which a process looks at photos, made of what :mod:`streams.adapters.photos.provenance_files` found."""

from functools import cache

from streams.evidence.examination import Means
from streams.evidence.provenance.label_words import words
from streams.evidence.provenance.text_reader import OnnxReader
from streams.evidence.provenance.visible import Labels


def means(anchors: str | None, models: tuple[str, str] | None, further_labels: str | None = None) -> Means:
    """Return all as a look takes it; a process opens the models once, at the first picture that may hold text.

    ``further_labels`` is the text of the operator's list of words.
    """
    return Means(anchors, None if models is None else Labels(_reader(*models), words(further_labels)))


_reader = cache(OnnxReader)
