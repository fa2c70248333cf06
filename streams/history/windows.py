"""A person's record before this request, as the policy judges it: counts, sums and a rate in windows of time.

Windows count by the broker's append time, which nobody outside can choose. The request itself is never among the
claims that are counted.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate

import msgspec

from schemas.records import Reading, RefundRequested
from schemas.units import DAY_MS
from streams.history.past import NO_CLAIMS, Found, Past
from streams.wording import causes
from streams.wording.cause import unmeasured

WINDOWS_DAYS = (1, 7, 30, 90, 180, 365)
"""Every window there is, shortest first."""

RATE_DAYS = 30
"""The window in which earlier claims are held against the number of orders."""
BOUNDS_MS = tuple(days * DAY_MS for days in WINDOWS_DAYS)
"""How old a claim may be in each window."""
_GRANTED, _REFUSED = frozenset({"GRANT"}), frozenset({"REFUSE", "FORGERY_CONFIRMED"})
NOBODY = Past(since=(NO_CLAIMS,) * len(WINDOWS_DAYS))
"""The record of a person of whom nothing is known."""


class InWindow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one window holds: earlier claims, their sum in the request's currency, confirmed forgeries, and more.

    ``shared_photo`` counts claims whose photo resembled an earlier claim's; ``merchants`` and ``categories`` are
    distinct ones; ``granted`` and ``refused`` are what people decided within the window, and ``overturned`` are
    verdicts that an appeal changed within it.
    """

    days: int
    claims: int
    sum_minor: int
    forgeries: int
    refund_only: int = 0
    shared_photo: int = 0
    merchants: int = 0
    categories: int = 0
    granted: int = 0
    refused: int = 0
    overturned: int = 0

    @property
    def refund_only_share(self) -> float:
        """Return the share of the earlier claims that asked to keep the goods, 0 to 1; 0 without a claim."""
        return self.refund_only / self.claims if self.claims else 0.0


_EMPTY = tuple(InWindow(days, 0, 0, 0) for days in WINDOWS_DAYS)


class History(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The record as the policy sees it, and as it is kept with the decision.

    ``forgeries`` counts every confirmed one, whenever it was. With ``claims_capped`` there were more merchants,
    categories or verdicts than are read, so that those counts are lower bounds; claims and sums never are. Days are
    whole ones since the first and the newest earlier claim, None without one. ``credit_signals`` are other platforms'
    confirmed forgeries, and ``credit_weight`` (0 to 1) the most that one of these platforms' word weighs.
    """

    windows: tuple[InWindow, ...]
    forgeries: int
    claim_rate_30d: Reading
    claims_capped: bool = False
    days_since_first: int | None = None
    days_since_newest: int | None = None
    credit_signals: int = 0
    credit_weight: float = 0.0

    def within(self, days: int) -> InWindow:
        """Return the window of ``days``, one of :data:`WINDOWS_DAYS`."""
        return self.windows[WINDOWS_DAYS.index(days)]


def summarise(past: Past, request: RefundRequested, at_ms: int) -> History:
    """Return the person's record as of ``at_ms``, the broker's append time of this request.

    A claim, verdict or forgery lies in a window of *n* days when it is at most *n* days older than ``at_ms``. What
    bears a later time, but was decided before, counts as new: workers may judge out of order, and leaving it out would
    let two requests at once each see nothing. Sums take only claims in the request's currency.
    """
    if past is NOBODY:
        return History(windows=_EMPTY, forgeries=0, claim_rate_30d=_rate(0, request.orders_30d))
    columns = (
        _counted(past.forgeries_at_ms, at_ms),
        _counted(past.merchants, at_ms),
        _counted(past.categories, at_ms),
        *(_verdicts(past.found, at_ms) if past.found else (_NONE, _NONE, _NONE)),
    )
    windows = tuple(
        [
            InWindow(
                days, of.claims, of.sum_minor, forged, of.refund_only, of.shared_photo, merchants, categories, *verdicts
            )
            for days, of, forged, merchants, categories, *verdicts in zip(
                WINDOWS_DAYS, past.since, *columns, strict=True
            )
        ]
    )
    return History(
        windows=windows,
        forgeries=len(past.forgeries_at_ms),
        claim_rate_30d=_rate(windows[WINDOWS_DAYS.index(RATE_DAYS)].claims, request.orders_30d),
        claims_capped=past.capped,
        days_since_first=_days_since(past.first_at_ms, at_ms),
        days_since_newest=_days_since(past.newest_at_ms, at_ms),
    )


_NONE = (0,) * len(WINDOWS_DAYS)


def _verdicts(found: Iterable[Found], at_ms: int) -> Iterator[Iterable[int]]:
    """Yield how many verdicts granted, refused and were overturned, in each window."""
    yield _counted((one.at_ms for one in found if one.verdict in _GRANTED), at_ms)
    yield _counted((one.at_ms for one in found if one.verdict in _REFUSED), at_ms)
    yield _counted((one.overturned_at_ms for one in found if one.overturned_at_ms is not None), at_ms)


def _counted(times_ms: Iterable[int], at_ms: int) -> Iterable[int]:
    """Return how many of the times lie in each window."""
    counts = [0] * (len(WINDOWS_DAYS) + 1)
    some = False
    for time_ms in times_ms:
        counts[bisect_left(BOUNDS_MS, at_ms - time_ms)] += 1
        some = True
    return list(accumulate(counts[:-1])) if some else _NONE


def _days_since(time_ms: int | None, at_ms: int) -> int | None:
    return None if time_ms is None else max(0, at_ms - time_ms) // DAY_MS


def _rate(claims: int, orders: int | None) -> Reading:
    """Return earlier claims for each order in 30 days; above 1 where claims concern older orders."""
    if orders is None:
        return unmeasured("claim_rate_30d", causes.ORDERS_UNKNOWN)
    if orders == 0:
        return unmeasured("claim_rate_30d", causes.NO_ORDERS)
    return Reading(name="claim_rate_30d", value=claims / orders, unit="claims per order")
