"""Which stated reasons need photos or videos at all, how many and of what kind: goods that never came have none."""

from schemas.records import EvidenceGathered, MediumEvidence
from streams.policy.document import EvidenceNeeded, PolicyDocument

ALL_OTHERS = "default"
"""The key for every stated reason that has none of its own."""


def needed_for(document: PolicyDocument, reason_code: str) -> EvidenceNeeded:
    """Return what a claim with this stated reason has to show."""
    of = document.evidence_needed
    return of.get(reason_code) or of.get(ALL_OTHERS) or EvidenceNeeded()


def lacks_evidence(document: PolicyDocument, evidence: EvidenceGathered) -> bool:
    """Return whether a claim shows less than its stated reason needs.

    What counts is what was looked at: a photo that was sent as a video is none, and a file that was sent twice is one.
    A page of an app or a document is no photo of the goods, and a picture in it may be too small to be compared.
    """
    request = evidence.request
    needed = needed_for(document, request.reason.code)
    seen = {medium.media_id: medium for medium in evidence.media if medium.role == "claim"}
    photos, videos, live = set[str](), set[str](), set[str]()
    for one in request.claim_media:
        looked_at = seen.get(one.media_id)
        if looked_at is not None and _is_page(looked_at):
            continue
        file = f"{one.media_id}:" if looked_at is None or looked_at.sha256 is None else looked_at.sha256
        kind = one.kind if looked_at is None else looked_at.kind
        (videos if kind == "video" else photos).add(file)
        if one.capture_source == "live_camera":
            live.add(file)
    return (
        len(photos) + len(videos) < needed.media
        or len(photos) < needed.photos
        or len(videos) < needed.videos
        or len(live) < needed.live_camera
    )


def _is_page(medium: MediumEvidence) -> bool:
    return medium.kind == "photo" and any(one.name == "page" and one.value is True for one in medium.readings)


def short_of(document: PolicyDocument, reason_code: str, *, media: int) -> bool:
    """Return whether so many photos or videos are too few, whatever their kind."""
    return media < needed_for(document, reason_code).media
