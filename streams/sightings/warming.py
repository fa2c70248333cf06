"""Warming: every compiled loop is run once, so that no search waits for a compiler.

On a machine's first run this takes some seconds; afterwards Numba reads what it kept.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from schemas.names import catalogue_sighting
from schemas.records import Fingerprint, PhotoSighted
from streams.sightings.index import SightingIndex


def warm() -> None:
    """Return when a small index was filled, sealed, searched and merged, so that all of its code is compiled."""
    with TemporaryDirectory(prefix="sightings-warming-") as folder:
        index = SightingIndex(Path(folder))
        for position in range(4):
            index.add(position, _sighting(position))
            index.advance(position + 1)
            index.search(_sighting(position), position)
            index.seal()
        index.erase(catalogue_sighting("0"))
        index.seal(everything=True)
        index.search(_sighting(4), 4)
        index.close()


def _sighting(number: int) -> PhotoSighted:
    return PhotoSighted(
        sighting_id=catalogue_sighting(str(number)),
        source="catalogue",
        fingerprint=Fingerprint(version="warming", bits=f"{number // 2:064x}"),
        sha256="0" * 64,
        merchant_id="warming",
        product_id="warming",
        seen_at_ms=1_790_000_000_000,
    )
