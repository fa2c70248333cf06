"""The merchant's record before a request: claims against it, its objections, and references younger than claims. Pure.

Days are UTC's: a window of *n* days holds the day of the request and the *n* days before it. What bears a later time,
but was decided before, counts as new, as with persons (:mod:`streams.history.windows`). Workers that decide on two
buyers of one merchant at once do not wait for each other: neither claim is in the other's record then.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec

from schemas.units import DAY_MS
from streams.history.past import PastClaim
from streams.history.windows import WINDOWS_DAYS

READ_AT_MOST = 1_000
"""Objections of one merchant that are read, the newest; claims have no end."""
_OVERTURNED = "GRANT"


class MerchantWindow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one window holds of a merchant.

    ``younger_references`` are claims with a reference photo that was registered after the claim. Of ``objections`` made
    in the window, people decided ``decided`` so far, and granted the claim in ``overturned`` of these.
    """

    claims: int = 0
    younger_references: int = 0
    objections: int = 0
    decided: int = 0
    overturned: int = 0

    @property
    def overturn_rate(self) -> float | None:
        """Return the share of the decided objections that people overturned, 0 to 1; None where none is decided."""
        return self.overturned / self.decided if self.decided else None


class MerchantRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A merchant's record as of one request, shortest window first; ``capped``: more objections than are read."""

    windows: tuple[MerchantWindow, ...]
    capped: bool = False


Since = tuple[str, int]
"""The claims against a merchant from a day on."""


class Counts(NamedTuple):
    """Some claims against one merchant, counted."""

    claims: int = 0
    younger_references: int = 0

    def plus(self, claim: PastClaim, times: int) -> "Counts":
        """Return the counts with one more claim, or with one less where ``times`` is -1."""
        return Counts(self.claims + times, self.younger_references + times * claim.younger_reference)

    def more(self, other: "Counts") -> "Counts":
        """Return both together."""
        return Counts(self.claims + other.claims, self.younger_references + other.younger_references)


class Objection(NamedTuple):
    """One objection of a merchant, and what people decided on it, None while nobody did."""

    at_ms: int
    verdict: str | None


def day_number(at_ms: int) -> int:
    """Return the days since 1970 of a time, in UTC."""
    return at_ms // DAY_MS


class MerchantLedger:
    """Answers what is known of a merchant at any moment of a batch."""

    def __init__(
        self,
        stored: Mapping[Since, Counts],
        objections: Mapping[str, Collection[Objection]],
        own: Mapping[str, Iterable[PastClaim]],
    ) -> None:
        """``stored`` has what is not zero; ``own`` are stored contents of requests that come again, by request id."""
        self._stored = stored
        self._objections = objections
        self._own = own
        self._new: dict[str, dict[int, Counts]] = {}
        self._of_request: dict[str, list[PastClaim]] = {}

    def add(self, claim: PastClaim) -> None:
        """Count a claim of this batch for those that follow."""
        days = self._new.setdefault(claim.merchant_id, {})
        day = day_number(claim.appended_at_ms)
        days[day] = days.get(day, Counts()).plus(claim, 1)
        self._of_request.setdefault(claim.request_id, []).append(claim)

    def record(self, merchant: str, request_id: str, at_ms: int) -> MerchantRecord:
        """Return the merchant's record as of ``at_ms`` without the claims of this request."""
        today = day_number(at_ms)
        counts = [self._stored.get((merchant, today - days), _NOTHING) for days in WINDOWS_DAYS]
        for day, added in self._new.get(merchant, _NO_DAYS).items():
            for at in _windows_with(day, today):
                counts[at] = counts[at].more(added)
        for claims in (self._own.get(request_id, ()), self._of_request.get(request_id, ())):
            for claim in claims:
                if claim.merchant_id == merchant:
                    for at in _windows_with(day_number(claim.appended_at_ms), today):
                        counts[at] = counts[at].plus(claim, -1)
        objections = self._objections.get(merchant, ())
        if not objections:
            return MerchantRecord(windows=tuple([MerchantWindow(*one) for one in counts]))
        results = [_results(today - days, objections) for days in WINDOWS_DAYS]
        return MerchantRecord(
            windows=tuple(MerchantWindow(*one, *two) for one, two in zip(counts, results, strict=True)),
            capped=len(objections) > READ_AT_MOST,
        )


def _windows_with(day: int, today: int) -> range:
    """Return the places of the windows that hold a day."""
    return range(bisect_left(WINDOWS_DAYS, today - day), len(WINDOWS_DAYS))


def _results(since: int, objections: Iterable[Objection]) -> tuple[int, int, int]:
    """Return how many objections were made from a day on, how many are decided, and how many of these overturned."""
    made = [one for one in objections if day_number(one.at_ms) >= since]
    decided = [one for one in made if one.verdict is not None]
    return len(made), len(decided), sum(one.verdict == _OVERTURNED for one in decided)


_NOTHING = Counts()
_NO_DAYS: Mapping[int, Counts] = {}
