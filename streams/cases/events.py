"""What the platform is told of a case."""

from hashlib import blake2b
from typing import Literal

import msgspec

from schemas.records import ReasonText, ReviewEvent
from streams.cases.asked import Party
from streams.cases.case import Case
from streams.wording.tables import Wording

EventName = Literal["CASE_OPENED", "MERCHANT_ASKED", "DECIDED", "APPEALED", "CLOSED", "MERCHANT_NOTICE", "BUYER_NOTICE"]


def notice(case: Case, party: Party, at_ms: int, detail: str, words: Wording) -> ReviewEvent:
    """Return the event by which the platform tells one party something, in ``words``."""
    event = review_event(case, "BUYER_NOTICE" if party == "buyer" else "MERCHANT_NOTICE", at_ms, detail)
    return msgspec.structs.replace(event, notice=ReasonText(zh=words.zh, en=words.en))


def review_event(case: Case, event: EventName, at_ms: int, detail: str | None = None) -> ReviewEvent:
    """Return the event that tells where the case has come to; ``detail`` is the act that brought it there.

    Its id follows from the case, its number of changes and the event, so a repeat is recognised.
    """
    return ReviewEvent(
        event_id=f"{event.lower()}.{case.changes}:{blake2b(case.case_id.encode(), digest_size=16).hexdigest()}",
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
