"""Which stated reasons need photos or videos at all, how many and of what kind: goods that never came have none."""

from collections.abc import Sequence

from schemas.records import ClaimMedium
from streams.policy.document import EvidenceNeeded, PolicyDocument

ALL_OTHERS = "default"
"""The key for every stated reason that has none of its own."""


def needed_for(document: PolicyDocument, reason_code: str) -> EvidenceNeeded:
    """Return what a claim with this stated reason has to show."""
    of = document.evidence_needed
    return of.get(reason_code) or of.get(ALL_OTHERS) or EvidenceNeeded()


def lacks_evidence(document: PolicyDocument, reason_code: str, media: Sequence[ClaimMedium]) -> bool:
    """Return whether a claim shows less than its stated reason needs."""
    needed = needed_for(document, reason_code)
    videos = sum(one.kind == "video" for one in media)
    live = sum(one.capture_source == "live_camera" for one in media)
    return (
        len(media) < needed.media
        or len(media) - videos < needed.photos
        or videos < needed.videos
        or live < needed.live_camera
    )


def short_of(document: PolicyDocument, reason_code: str, *, media: int) -> bool:
    """Return whether so many photos or videos are too few, whatever their kind."""
    return media < needed_for(document, reason_code).media
