"""What the platform is told of a case."""

from hashlib import blake2b
from typing import Literal

from schemas.records import ReviewEvent
from streams.cases.case import Case

EventName = Literal["CASE_OPENED", "MERCHANT_ASKED", "DECIDED", "APPEALED", "CLOSED"]


def review_event(case: Case, event: EventName, at_ms: int, detail: str | None = None) -> ReviewEvent:
    """Return the event that the case has come to where it is now; ``detail`` is the act that brought it there.

    Its id follows from case, version and event, so a repeat is recognised.
    """
    return ReviewEvent(
        event_id=f"{event.lower()}.{case.version}:{blake2b(case.case_id.encode(), digest_size=16).hexdigest()}",
        event=event,
        case_id=case.case_id,
        cluster_id=case.cluster_id,
        request_id=case.request_id,
        request_digest=case.request_digest,
        merchant_id=case.merchant_id,
        buyer_id=case.buyer_id,
        occurred_at_ms=at_ms,
        reason_codes=list(case.reason_codes),
        due_at_ms=case.due_at_ms,
        detail=detail,
        verdict=case.verdict,  # type: ignore[arg-type]  # cases hold what the record allows
    )
