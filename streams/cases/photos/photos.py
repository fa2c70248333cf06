"""Claim photos by name: what is kept of each beside its claim, and the names under which people may mark it."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from schemas.names import of_part
from schemas.records import EvidenceGathered, Fingerprint
from streams.errors import Invalid, OperatorError

BY_BYTES = "sha256:"
"""How the name begins that whichever photo has the same bytes goes by too."""


class ClaimPhoto(msgspec.Struct, frozen=True, array_like=True):
    """One photo of a claim; what could not be measured of it is None.

    A part of a medium is a photo of its own: ``media_id`` is then the medium's with the part's name behind a ``#``.
    """

    media_id: str
    sha256: str | None = None
    fingerprint_version: str | None = None
    fingerprint_bits: str | None = None

    @property
    def fingerprint(self) -> Fingerprint | None:
        """The fingerprint, as the log of sightings has it."""
        if self.fingerprint_version is None or self.fingerprint_bits is None:
            return None
        return Fingerprint(version=self.fingerprint_version, bits=self.fingerprint_bits)


def packed(evidence: EvidenceGathered) -> str:
    """Return the claim photos of the evidence as they are stored."""
    found: list[tuple[str | None, ...]] = []
    for medium in evidence.media:
        if medium.role == "claim":
            made = medium.fingerprint
            found.append((medium.media_id, medium.sha256, *(() if made is None else (made.version, made.bits))))
            found += [
                (of_part(medium.media_id, one.part), one.sha256, one.fingerprint.version, one.fingerprint.bits)
                for one in medium.parts
            ]
    return msgspec.json.encode(found).decode()


def stored(photos: Sequence[ClaimPhoto]) -> str:
    """Return claim photos as one text, which :func:`unpacked` reads."""
    return msgspec.json.encode(photos).decode()


def unpacked(text: str) -> list[ClaimPhoto]:
    """Return what :func:`packed` stored."""
    return msgspec.json.decode(text, type=list[ClaimPhoto])


def no_photo(case_id: str, media_id: str, known: Collection[str]) -> OperatorError:
    """Return the error for a photo that a case does not have."""
    has = ", ".join(sorted(known)) or "none"
    return Invalid(f"case {case_id} has no photo {media_id}: its photos are: {has}")


def names_of(sighting_id: str | None, sha256: str | None) -> tuple[str, ...]:
    """Return every name of a photo: its sighting's, and one for whichever photo has the same bytes."""
    return (*(() if sighting_id is None else (sighting_id,)), *(() if sha256 is None else (f"{BY_BYTES}{sha256}",)))


def names_in(evidence: Iterable[EvidenceGathered]) -> set[str]:
    """Return the names of all claim photos, and of every earlier photo that one of them resembles."""
    names = set[str]()
    for each in evidence:
        for medium in each.media:
            if medium.role == "claim":
                for sha256 in (medium.sha256, *(part.sha256 for part in medium.parts)):
                    names.update(names_of(None, sha256))
                for sighting in medium.sightings:
                    names.update(names_of(sighting.sighting_id, sighting.sha256))
    return names
