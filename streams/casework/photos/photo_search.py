"""Search for earlier photos that resemble a given one: for people who have a photo at hand."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from schemas.records import EarlierSighting
from streams.errors import Invalid

FOUND_AT_MOST = 50


class Fingerprints(Protocol):
    """Where photos are looked at, out of this process."""

    async def fingerprints(self, content: bytes) -> list[str]:
        """Return the fingerprints of a photo, then of its mirrored and turned variants; none if it is blank.

        :class:`streams.errors.MediaUnreadable`, which says why, where it cannot be looked at.
        """


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """Earlier photos, the nearest first. ``complete`` is False where the newest could not be searched."""

    earlier: Sequence[EarlierSighting]
    complete: bool


class EarlierPhotos(Protocol):
    """The photos that came before."""

    async def like(self, fingerprints: Sequence[str], at_most: int) -> Likeness:
        """Return the nearest earlier photos; ``fingerprints`` are a photo's own first, then its variants'."""


class PhotoSearch:
    """Finds earlier photos by their likeness to a given one."""

    def __init__(self, fingerprints: Fingerprints, earlier: EarlierPhotos) -> None:
        self._fingerprints = fingerprints
        self._earlier = earlier

    async def fingerprints(self, content: bytes) -> list[str]:
        """Return the fingerprints to search a photo by, as :class:`Fingerprints`; :class:`Invalid` if it is blank."""
        found = await self._fingerprints.fingerprints(content)
        if not found:
            msg = "this photo shows nothing that others could be found by: take one with more in it"
            raise Invalid(msg)
        return found

    async def like(self, fingerprints: Sequence[str]) -> Likeness:
        """Return the nearest earlier photos, at most :data:`FOUND_AT_MOST`."""
        return await self._earlier.like(fingerprints, FOUND_AT_MOST)
