"""The merchant's record before a request: claims against it, its objections, and references younger than claims. Pure.

Days are UTC's: a window of *n* days holds the day of the request and the *n* days before it. What bears a later time,
but was decided before, counts as new, as with persons (:mod:`streams.history.windows`). Workers that decide on two
buyers of one merchant at once do not wait for each other: neither claim is in the other's record then.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec

from schemas.units import DAY_MS
from streams.history.past import PastClaim
from streams.history.windows import WINDOWS_DAYS

READ_AT_MOST = 1_000
"""Objections of one merchant that are read, the newest; claims have no end."""
_OVERTURNED = "GRANT"


class MerchantWindow(msgspec.Struct, frozen=True, array_like=True):
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
        """Return the share of the decided objections that did not hold, 0 to 1; None where none is decided."""
        return self.overturned / self.decided if self.decided else None


class MerchantRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A merchant's record as of one request, shortest window first; ``capped``: more objections than are read."""

    windows: tuple[MerchantWindow, ...]
    capped: bool = False


NO_RECORD = MerchantRecord(windows=(MerchantWindow(),) * len(WINDOWS_DAYS))
"""The record of a merchant of whom nothing is known."""


class Since(NamedTuple):
    """The claims against a merchant from a day on."""

    merchant: str
    day: int


class Counts(NamedTuple):
    """Some claims against one merchant, counted."""

    claims: int = 0
    younger_references: int = 0


class Objection(NamedTuple):
    """One objection of a merchant, and what people decided on it, None while nobody did."""

    at_ms: int
    verdict: str | None


def day_number(at_ms: int) -> int:
    """Return the days since 1970 of a time, in UTC."""
    return at_ms // DAY_MS


def asked_about(merchant: str, at_ms: int) -> list[Since]:
    """Return what has to be known to judge a claim of that time, shortest window first."""
    return [Since(merchant, day_number(at_ms) - days) for days in WINDOWS_DAYS]


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
        self._new: dict[str, list[PastClaim]] = {}

    def add(self, claim: PastClaim) -> None:
        """Count a claim of this batch for those that follow."""
        self._new.setdefault(claim.merchant_id, []).append(claim)

    def record(self, merchant: str, request_id: str, at_ms: int) -> MerchantRecord:
        """Return the merchant's record as of ``at_ms`` without the claims of this request."""
        changes = [(one, -1) for one in self._own.get(request_id, ()) if one.merchant_id == merchant]
        changes += [(one, 1) for one in self._new.get(merchant, ()) if one.request_id != request_id]
        objections = self._objections.get(merchant, ())
        asked = asked_about(merchant, at_ms)
        if not changes and not objections and not any(since in self._stored for since in asked):
            return NO_RECORD
        return MerchantRecord(
            windows=tuple(self._window(since, changes, objections) for since in asked),
            capped=len(objections) > READ_AT_MOST,
        )

    def _window(
        self, since: Since, changes: Iterable[tuple[PastClaim, int]], objections: Iterable[Objection]
    ) -> MerchantWindow:
        claims, younger = self._stored.get(since, Counts())
        for claim, times in changes:
            if day_number(claim.appended_at_ms) >= since.day:
                claims += times
                younger += times * claim.younger_reference
        made = [one for one in objections if day_number(one.at_ms) >= since.day]
        decided = [one for one in made if one.verdict is not None]
        overturned = sum(one.verdict == _OVERTURNED for one in decided)
        return MerchantWindow(claims, younger, len(made), len(decided), overturned)
