"""What parties sent on a case later, and what was read from it."""

from typing import Literal

import msgspec

from schemas.records import EvidenceGathered
from streams.cases.asked import Asked, Party


class SentMedium(msgspec.Struct, frozen=True, kw_only=True):
    """One photo or video that a party sends.

    ``uri`` is where the platform keeps it, as of the media of a request. ``media_id`` is empty, or that of a pointer
    (:func:`schemas.names.request_pointer`) under which our own copy is kept already.
    """

    uri: str
    media_id: str = ""
    kind: Literal["photo", "video"] = "photo"
    sha256: str | None = None
    capture_source: Literal["live_camera", "album", "unknown"] = "unknown"
    origin: Literal["dispatch", "packing", "listing"] = "dispatch"


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """What a party sent on a case at one time: its ``number`` in the case, and what was ``asked`` for then.

    ``evidence`` is what was read from it; None: nobody has looked yet.
    """

    case_id: str
    number: int
    party: Party
    by: str
    sent_at_ms: int
    media: tuple[SentMedium, ...]
    asked: tuple[Asked, ...] = ()
    evidence: EvidenceGathered | None = None
