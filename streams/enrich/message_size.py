"""Evidence fits into one message: what goes beyond is left out and named as unmeasured, so that a person looks."""

import msgspec

from schemas.codec import encode
from schemas.records import EvidenceGathered, MediumEvidence
from streams.wording import causes
from streams.wording.cause import unmeasured


def within_one_message(evidence: EvidenceGathered) -> EvidenceGathered:
    """Return the evidence, without as much as it takes to keep within the limit of its topic.

    First go the earlier photos that claims resemble, then what files say of themselves and the boxes of what was
    altered: all are unmeasured then, which is never clear. It takes hundreds of comparisons to come to that.
    """
    for shorter in (_whole, _without_earlier, _without_details):
        evidence = msgspec.structs.replace(evidence, media=[shorter(medium) for medium in evidence.media])
        if len(encode(evidence)) <= EvidenceGathered.max_bytes:
            break
    return evidence


def _whole(medium: MediumEvidence) -> MediumEvidence:
    return medium


def _without_earlier(medium: MediumEvidence) -> MediumEvidence:
    return _less(medium, "earlier_sightings", sightings=[]) if medium.sightings else medium


def _without_details(medium: MediumEvidence) -> MediumEvidence:
    findings = [msgspec.structs.replace(found, detail="") for found in medium.provenance]
    comparisons = [msgspec.structs.replace(compared, regions=[]) for compared in medium.comparisons]
    return _less(medium, "provenance", provenance=findings, comparisons=comparisons)


def _less(medium: MediumEvidence, name: str, **changes: object) -> MediumEvidence:
    told = unmeasured(name, causes.EVIDENCE_TOO_LONG, media_id=medium.media_id)
    return msgspec.structs.replace(medium, readings=[*medium.readings, told], **changes)
