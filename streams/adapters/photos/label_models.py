"""The means by which a process looks at photos, made of what :mod:`streams.adapters.photos.provenance_files` found."""

from functools import cache

from streams.evidence.examination import Means
from streams.evidence.provenance.visible import OnnxReader


def means(anchors: str | None, models: tuple[str, str] | None) -> Means:
    """Return both as a look takes them; a process opens the models once, at the first line that is to be read."""
    return Means(anchors, None if models is None else _reader(*models))


_reader = cache(OnnxReader)
