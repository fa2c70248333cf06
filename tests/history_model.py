"""A person's record by brute force: every claim is looked at for every window. What the program must agree with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.records import RefundRequested
from streams.history.merchants import MerchantRecord, MerchantWindow
from streams.history.past import Found, Past, PastClaim, Totals
from streams.history.windows import WINDOWS_DAYS, History, InWindow, summarise
from tests.builders import DAY_MS


@dataclass(frozen=True)
class Record:
    """All that happened with a person: claims, when forgeries were confirmed, and other verdicts."""

    claims: Sequence[PastClaim] = ()
    forgeries_at_ms: tuple[int, ...] = ()
    found: tuple[Found, ...] = ()


def history_of(record: Record, request: RefundRequested, at_ms: int) -> History:
    """Return the record before ``request`` as of ``at_ms``."""
    others = [claim for claim in record.claims if claim.request_id != request.request_id]
    times = [claim.appended_at_ms for claim in record.claims]
    rate = summarise(Past(since=tuple(_totals(others, days, request, at_ms) for days in WINDOWS_DAYS)), request, at_ms)
    return History(
        windows=tuple(_window(record, others, days, request, at_ms) for days in WINDOWS_DAYS),
        forgeries=len(record.forgeries_at_ms),
        claim_rate_30d=rate.claim_rate_30d,
        days_since_first=max(0, at_ms - min(times)) // DAY_MS if times else None,
        days_since_newest=max(0, at_ms - max(times)) // DAY_MS if times else None,
    )


def merchant_of(claims: Iterable[PastClaim], request: RefundRequested, at_ms: int) -> MerchantRecord:
    """Return the merchant's record before ``request``, without objections: the days of ``claims`` are compared."""
    mine = [one for one in claims if one.merchant_id == request.merchant_id and one.request_id != request.request_id]
    windows = []
    for days in WINDOWS_DAYS:
        first_day = (at_ms - at_ms % DAY_MS) - days * DAY_MS
        inside = [one for one in mine if one.appended_at_ms >= first_day]
        windows.append(MerchantWindow(len(inside), sum(one.younger_reference for one in inside)))
    return MerchantRecord(windows=tuple(windows))


def _window(record: Record, others: Sequence[PastClaim], days: int, request: RefundRequested, at_ms: int) -> InWindow:
    totals = _totals(others, days, request, at_ms)
    inside = [claim for claim in record.claims if at_ms - claim.appended_at_ms <= days * DAY_MS]
    found = [one.verdict for one in record.found if at_ms - one.at_ms <= days * DAY_MS]
    return InWindow(
        days,
        totals.claims,
        totals.sum_minor,
        sum(at_ms - time_ms <= days * DAY_MS for time_ms in record.forgeries_at_ms),
        totals.refund_only,
        totals.shared_photo,
        len({claim.merchant_id for claim in inside}),
        len({claim.category for claim in inside}),
        found.count("GRANT"),
        found.count("REFUSE") + found.count("FORGERY_CONFIRMED"),
        sum(one.overturned_at_ms is not None and at_ms - one.overturned_at_ms <= days * DAY_MS for one in record.found),
    )


def _totals(claims: Iterable[PastClaim], days: int, request: RefundRequested, at_ms: int) -> Totals:
    inside = [claim for claim in claims if at_ms - claim.appended_at_ms <= days * DAY_MS]
    return Totals(
        len(inside),
        sum(claim.kind == "refund_only" for claim in inside),
        sum(claim.shared_photo for claim in inside),
        sum(claim.amount_minor for claim in inside if claim.currency == request.currency),
    )
