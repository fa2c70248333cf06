"""What evidence does not say: readings that could not be made, and those that nobody sent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from schemas.records import EvidenceGathered, MediumEvidence, Reading, ReferenceMedium, RefundRequested
from streams.wording import causes
from streams.wording.cause import Cause, unmeasured

Blocked = set[tuple[str | None, str | None]]
"""Claim photos and references, by their ids, on which an unmeasured reading asks for a review already."""


def unmeasured_of(evidence: EvidenceGathered) -> Iterator[Reading]:
    """Yield every unmeasured reading with the media that it is about; for a reference's own, both ids are its own."""
    for reading in evidence.readings:
        if reading.unmeasured is not None:
            yield reading
    for medium in evidence.media:
        own = medium.media_id if medium.role == "reference" else None
        for reading in medium.readings:
            if reading.unmeasured is not None:
                yield replace(reading, media_id=medium.media_id, reference_id=own)
        for comparison in medium.comparisons:
            for reading in comparison.readings:
                if reading.unmeasured is not None:
                    yield replace(reading, media_id=medium.media_id, reference_id=comparison.reference_id)


def _about(name: str, media_id: str, reference_id: str | None, why: Cause) -> Reading:
    return unmeasured(name, why, media_id=media_id, reference_id=reference_id)


def not_mentioned(
    request: RefundRequested, claims: Mapping[str, object], references: Mapping[str, object]
) -> list[Reading]:
    """Return a reading for each medium of the request that the evidence does not mention."""
    why = causes.MEDIUM_NOT_IN_EVIDENCE
    missing = [_about("photo", one.media_id, None, why) for one in request.claim_media if one.media_id not in claims]
    return missing + [
        _about("photo", one.media_id, one.media_id, why)
        for one in request.reference_media
        if one.media_id not in references
    ]


def not_looked_up(claims: Iterable[MediumEvidence], known: Sequence[Reading], blocked: Blocked) -> list[Reading]:
    """Return a reading for each claim photo that was not looked up among earlier ones, though nothing says why."""
    said = {reading.media_id for reading in known if reading.name in {"earlier_sightings", "fingerprint"}}
    return [
        _about("earlier_sightings", one.media_id, None, causes.NOT_LOOKED_UP)
        for one in claims
        if one.sighting_position is None and one.media_id not in said and (one.media_id, None) not in blocked
    ]


def shows_nothing(reading: Reading) -> bool:
    """Return whether a reading could not be made because nothing is to be seen in a claim photo: that is its own fault.

    Nobody failed to look, so a better photo is asked for. Of a reference that shows nothing it is told as any other.
    """
    return reading.unmeasured_code == causes.NOTHING_IN_PICTURE.code and reading.media_id != reading.reference_id


def not_compared(claims: Iterable[MediumEvidence], older: Sequence[ReferenceMedium], blocked: Blocked) -> list[Reading]:
    """Return a reading for each pair of a claim photo and an older reference that was not compared."""
    missing = []
    for claim in claims:
        if (claim.media_id, None) in blocked:
            continue
        compared = {comparison.reference_id for comparison in claim.comparisons}
        missing += [
            _about("comparison", claim.media_id, one.media_id, causes.NOT_COMPARED)
            for one in older
            if one.media_id not in compared and (one.media_id, one.media_id) not in blocked
        ]
    return missing
