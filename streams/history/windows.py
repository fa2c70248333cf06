"""A person's record before this request: counts, sums and a rate of what the store read, for the policy to judge.

Windows count by the broker's append time, which nobody outside can choose. The request itself is never among the
claims: the store leaves it out.
"""

from bisect import bisect_left
from itertools import accumulate

import msgspec

from schemas.records import Reading, RefundRequested
from schemas.units import DAY_MS
from streams.history.past import Past
from streams.wording import causes
from streams.wording.cause import unmeasured

WINDOWS_DAYS = (7, 30, 90, 365)
"""Every window there is, shortest first; the longest is what the store reads."""

RATE_DAYS = 30
"""The window in which earlier claims are held against the number of orders."""
_BOUNDS_MS = tuple(days * DAY_MS for days in WINDOWS_DAYS)


class InWindow(msgspec.Struct, frozen=True):
    """What one window holds: earlier claims, their sum in the request's currency, confirmed forgeries."""

    days: int
    claims: int
    sum_minor: int
    forgeries: int


class History(msgspec.Struct, frozen=True):
    """The record as the policy sees it.

    ``forgeries`` counts every confirmed one, whenever it was. With ``claims_capped`` there were more claims than were
    read, so counts and sums are lower bounds.
    """

    windows: tuple[InWindow, ...]
    forgeries: int
    claim_rate_30d: Reading
    claims_capped: bool

    def within(self, days: int) -> InWindow:
        """Return the window of ``days``, one of :data:`WINDOWS_DAYS`."""
        return self.windows[WINDOWS_DAYS.index(days)]


def summarise(past: Past, request: RefundRequested, at_ms: int) -> History:
    """Return the person's record as of ``at_ms``, the broker's append time of this request.

    A claim or forgery lies in a window of *n* days when it is at most *n* days older than ``at_ms``. What bears a later
    time, but was decided before, counts as new: workers may judge out of order, and leaving it out would let two
    requests at once each see nothing. Sums take only claims in the request's currency.
    """
    claims, sums, forgeries = ([0] * (len(WINDOWS_DAYS) + 1) for _ in range(3))
    for claim in past.claims:
        window = bisect_left(_BOUNDS_MS, at_ms - claim.appended_at_ms)
        claims[window] += 1
        sums[window] += claim.amount_minor if claim.currency == request.currency else 0
    for time_ms in past.forgeries_at_ms:
        forgeries[bisect_left(_BOUNDS_MS, at_ms - time_ms)] += 1
    windows = tuple(map(InWindow, WINDOWS_DAYS, accumulate(claims), accumulate(sums), accumulate(forgeries)))
    return History(
        windows=windows,
        forgeries=len(past.forgeries_at_ms),
        claim_rate_30d=_rate(windows[WINDOWS_DAYS.index(RATE_DAYS)].claims, request.orders_30d),
        claims_capped=past.claims_capped,
    )


def _rate(claims: int, orders: int | None) -> Reading:
    """Return earlier claims for each order in 30 days; above 1 where claims concern older orders."""
    if orders is None:
        return unmeasured("claim_rate_30d", causes.ORDERS_UNKNOWN)
    if orders == 0:
        return unmeasured("claim_rate_30d", causes.NO_ORDERS)
    return Reading(name="claim_rate_30d", value=claims / orders, unit="claims per order")
