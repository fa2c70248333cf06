"""``refund.evidence.v1``: what the photos of one request say."""

from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.records.base import (
    END,
    Digest,
    DistanceBits,
    Identifier,
    Label,
    Position,
    Record,
    Sha256,
    SizeBytes,
    Text,
    TimeMs,
)
from schemas.records.case_evidence import FollowUpNumber
from schemas.records.readings import Reading
from schemas.records.requests import MediumKind, ReferenceMedium, RefundRequested

StoreKey = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=512, pattern=r"^[^\u0000]+" + END, description="a key in the evidence store"),
]
SightingId = Annotated[
    str,
    msgspec.Meta(
        max_length=512,
        pattern=r"^(?:claim|catalogue):[A-Za-z0-9._:\-]+(?:#[a-z][0-9]{1,4})?" + END,
        description="claim:{request_id}:{request_digest}:{media_id} or catalogue:{photo_id}; a part adds #{part}",
    ),
]
Part = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z][0-9]{1,4}" + END,
        description="A part of a medium: s12 is the 12th still of a video, p1 the first panel of a collage",
    ),
]


class Fingerprint(Record):
    """A perceptual hash and the method that made it: only equal versions may be compared."""

    version: Label
    bits: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}" + END, description="256 bits, 64 lower-case hex digits")]


Pixels = Annotated[
    int, msgspec.Meta(ge=0, le=1_000_000, description="a length or place", extra_json_schema={"x-unit": "px"})
]


class Region(Record):
    """A box around an altered spot, in pixels of the claim photo, upright; ``x`` and ``y`` are its top left corner."""

    x: Pixels
    y: Pixels
    width: Pixels
    height: Pixels


class Comparison(Record):
    """What one claim medium and one reference have in common.

    ``regions`` are where the claim was altered, largest first; at most as many as a person can look at. ``overlay`` is
    a JPEG in the evidence store that shows reference and claim side by side with what was altered, for the reference
    that the claim was most likely made from.
    """

    reference_id: Identifier
    readings: list[Reading]
    regions: Annotated[list[Region], msgspec.Meta(max_length=40)] = msgspec.field(default_factory=list)
    overlay: StoreKey | None = None


class EarlierSighting(Record):
    """An earlier photo that this one resembles, within the look-back.

    ``confirmed`` says whether their features show one picture; None: only the fingerprints were compared.
    ``explained_by`` names an older photo of goods (a reference by its media_id, or a sighting of the catalogue) that
    this photo was made from: resembling it too says nothing about reuse. What was altered does: ``shared_alteration``
    is the share of what was altered that both show alike, of the one of the two with less altered; where that cannot
    be more than a tenth higher, of all that was altered in either. None where that could not be measured.
    ``first_seen_as_claim`` says of a photo of the catalogue whether the picture was a claim's before. ``part`` is the
    part of its medium that the earlier photo is, ``of_part`` the part of this medium that resembles it.
    """

    sighting_id: SightingId
    position: Position
    source: Literal["claim", "catalogue"]
    distance_bits: DistanceBits
    request_id: Identifier | None = None
    buyer_id: Identifier | None = None
    order_id: Identifier | None = None
    merchant_id: Identifier | None = None
    product_id: Identifier | None = None
    media_id: Identifier | None = None
    sha256: Sha256 | None = None
    seen_at_ms: TimeMs | None = None
    part: Part | None = None
    of_part: Part | None = None
    confirmed: bool | None = None
    explained_by: Annotated[str, msgspec.Meta(min_length=1, max_length=512)] | None = None
    shared_alteration: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    first_seen_as_claim: bool | None = None


class ProvenanceFinding(Record):
    """What a file says about its own origin."""

    kind: Label
    state: Literal["present", "absent", "stripped", "invalid"]
    detail: Text = ""


class PartEvidence(Record):
    """A part of a medium: a photo of its own in the log of sightings and in the evidence store.

    A still of a video has a time, a panel of a collage a place in the whole photo.
    """

    part: Part
    sha256: Sha256
    fingerprint: Fingerprint
    at_ms: Annotated[int, msgspec.Meta(ge=0, le=10**10, extra_json_schema={"x-unit": "ms"})] | None = None
    region: Region | None = None
    sighting_position: Position | None = None


class MediumEvidence(Record):
    """One claim or reference medium: where our own copy is and what was read from it.

    A moving picture has ``parts`` and no fingerprint of its own, a collage both; ``kind`` is what the file is.
    """

    media_id: Identifier
    role: Literal["claim", "reference"]
    kind: MediumKind
    readings: list[Reading]
    sha256: Sha256 | None = None
    size_bytes: SizeBytes | None = None
    stored: StoreKey | None = None
    fingerprint: Fingerprint | None = None
    sighting_position: Position | None = None
    comparisons: list[Comparison] = msgspec.field(default_factory=list)
    sightings: list[EarlierSighting] = msgspec.field(default_factory=list)
    provenance: list[ProvenanceFinding] = msgspec.field(default_factory=list)
    parts: Annotated[list[PartEvidence], msgspec.Meta(max_length=100)] = msgspec.field(default_factory=list)


class EvidenceGathered(Record):
    """Everything that decide needs: the request, the broker's time for it, and the evidence of its media.

    With ``follow_up`` it is of further photos on the case ``case_id``, and decides nothing. ``catalogue_media`` are
    references that the catalogue has of these goods and the request does not name.
    """

    max_bytes: ClassVar[int] = 1024 * 1024
    most_media: ClassVar[int] = 40

    request: RefundRequested
    request_digest: Digest
    appended_at_ms: TimeMs
    gathered_at_ms: TimeMs
    media: Annotated[list[MediumEvidence], msgspec.Meta(max_length=40)]
    readings: list[Reading] = msgspec.field(default_factory=list)
    catalogue_media: Annotated[list[ReferenceMedium], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)
    case_id: Identifier | None = None
    follow_up: FollowUpNumber | None = None

    def __post_init__(self) -> None:
        if (self.case_id is None) is not (self.follow_up is None):
            msg = "case_id and follow_up come together"
            raise ValueError(msg)
