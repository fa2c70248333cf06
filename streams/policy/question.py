"""What the store asks the policy: all that a decision may depend on, and nothing else."""

from dataclasses import dataclass

import msgspec

from schemas.records import EvidenceGathered
from streams.cases.photos.marks import UNMARKED, PhotoMarks
from streams.history.alike import Alike
from streams.history.merchants import MerchantRecord
from streams.history.windows import History


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy as the database holds it; ``sha256`` is over ``text``.

    While it is ``held``, everything goes to review.
    """

    name: str
    sha256: str
    text: str
    held: bool = False


class Question(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All that a decision may depend on.

    ``history`` is the person's record without this request. ``content_changed``: its id came with other content before.
    ``human_review``: a party demanded that a person looks.
    ``merchant`` is the merchant's record without this request, ``alike`` what came with photos like its own; None: that
    was not counted yet.
    ``audit_key`` draws the random audit. ``decided_at_ms`` is the present time, and ``marks`` are what people found out
    about the photos in the evidence.
    """

    evidence: EvidenceGathered
    history: History
    content_changed: bool
    policy: StoredPolicy
    audit_key: bytes
    decided_at_ms: int
    marks: PhotoMarks = UNMARKED
    human_review: bool = False
    merchant: MerchantRecord | None = None
    alike: Alike | None = None
