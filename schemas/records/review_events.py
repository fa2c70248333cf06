"""``review.events.v1``: what happens to a case, for the platform and, as notices, for merchant and buyer."""

from typing import Literal

import msgspec

from schemas.records.base import Code, Digest, Identifier, Record, TimeMs
from schemas.records.decisions import ReasonText


class ReviewEvent(Record):
    """One step in the life of a case; ``event_id`` makes a repeat harmless.

    ``detail`` names the step within the event, as the merchant's appeal; there may be new ones at any time. ``notice``
    is what a party is to be told, in its own words.
    """

    event_id: Identifier
    event: Literal["CASE_OPENED", "MERCHANT_ASKED", "DECIDED", "APPEALED", "CLOSED", "MERCHANT_NOTICE", "BUYER_NOTICE"]
    case_id: Identifier
    cluster_id: Identifier
    request_id: Identifier
    request_digest: Digest
    merchant_id: Identifier
    buyer_id: Identifier
    occurred_at_ms: TimeMs
    reason_codes: list[Code] = msgspec.field(default_factory=list)
    due_at_ms: TimeMs | None = None
    verdict: Literal["GRANT", "REFUSE", "FORGERY_CONFIRMED", "MORE_EVIDENCE"] | None = None
    detail: Code | None = None
    notice: ReasonText | None = None

    def __post_init__(self) -> None:
        if self.event == "DECIDED" and self.verdict is None:
            msg = "a DECIDED event says the verdict"
            raise ValueError(msg)
