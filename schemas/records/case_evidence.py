"""``case.evidence.v1``: further photos and videos of a party, once a request has become a case."""

from typing import Annotated, Literal

import msgspec

from schemas.records.base import Digest, Identifier, Record, TimeMs
from schemas.records.requests import RefundRequested

FollowUpNumber = Annotated[int, msgspec.Meta(ge=1, le=1_000, description="counts the follow-ups of one case from 1")]


class CaseEvidenceSent(Record):
    """A follow-up of a request: the request with what came now in place of its own media.

    A buyer's photos are ``claim_media``, beside the references of the request; a merchant's are ``reference_media``,
    registered when they were sent, which is after the claim: they are shown, and accuse nobody. ``media_id`` is another
    than any medium of the request has. ``request_digest`` is that of the request as it was decided.
    """

    case_id: Identifier
    follow_up: FollowUpNumber
    party: Literal["buyer", "merchant"]
    request: RefundRequested
    request_digest: Digest
    sent_at_ms: TimeMs
