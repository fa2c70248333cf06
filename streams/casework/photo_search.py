"""Earlier photos that a given one resembles: what people look for by a photo that they have at hand."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from schemas.records import EarlierSighting
from streams.errors import Invalid

FOUND_AT_MOST = 50


class Fingerprints(Protocol):
    """Where photos are looked at, out of this process."""

    async def fingerprints(self, content: bytes) -> list[str]:
        """Return those of a photo and of its mirrored and turned variants, itself first; none of a blank one.

        :class:`streams.errors.MediaUnreadable`, which says why, where it cannot be looked at.
        """


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """Earlier photos, the nearest first; not ``complete`` where the newest could not be searched."""

    earlier: Sequence[EarlierSighting]
    complete: bool


class EarlierPhotos(Protocol):
    """The photos that came before."""

    async def like(self, fingerprints: Sequence[str], at_most: int) -> Likeness:
        """Return the nearest; ``fingerprints`` are those of a photo and of its variants, itself first."""


class PhotoSearch:
    """Searches."""

    def __init__(self, fingerprints: Fingerprints, earlier: EarlierPhotos) -> None:
        self._fingerprints = fingerprints
        self._earlier = earlier

    async def fingerprints(self, content: bytes) -> list[str]:
        """Return what a photo is found by; :class:`Invalid` where it shows nothing, and as of :class:`Fingerprints`."""
        found = await self._fingerprints.fingerprints(content)
        if not found:
            msg = "this photo shows nothing that others could be found by: take one with more in it"
            raise Invalid(msg)
        return found

    async def like(self, fingerprints: Sequence[str]) -> Likeness:
        """Return the earlier photos that are nearest."""
        return await self._earlier.like(fingerprints, FOUND_AT_MOST)
