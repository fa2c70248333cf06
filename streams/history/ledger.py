"""The claims of a batch's persons: what the store holds, as running totals, and what the batch adds to it.

A stored claim carries the totals of all claims of its person that came before it, by the broker's time. So a window is
two look-ups, whether the person has five claims or a hundred thousand. A claim that comes late moves the totals of the
ones that came after it.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace

from streams.history.past import NO_CLAIMS, READ_AT_MOST, Found, Past, PastClaim, Totals
from streams.history.windows import BOUNDS_MS, NOBODY

FROM_THE_BEGINNING = 0


Asked = tuple[str, str, int]
"""The claims of a person from a time on, summed in one currency; plain, as each request asks for a dozen."""


def asked_about(at_ms: int) -> tuple[int, ...]:
    """Return the times from which totals are needed to judge a claim of that time, and to put it among its person's."""
    return (FROM_THE_BEGINNING, at_ms + 1, *[at_ms - bound for bound in BOUNDS_MS])


@dataclass(kw_only=True, slots=True)
class StoredPerson:
    """What the store holds of one person beside totals; ``merchants`` and ``categories`` by their newest claim."""

    first_at_ms: int | None = None
    newest_at_ms: int | None = None
    merchants: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    found: tuple[Found, ...] = ()
    capped: bool = False


@dataclass(slots=True)
class NewClaim:
    """A claim of this batch, and the totals of the claims before it."""

    claim: PastClaim
    before: Totals


class Moved(NamedTuple):
    """A claim that came late: stored claims of its person with a later time have one more before them."""

    person: str
    claim: PastClaim


class Ledger:
    """Answers what is known of a person at any moment of a batch, and keeps what is to be stored."""

    def __init__(
        self,
        totals: Mapping[Asked, Totals],
        persons: Mapping[str, StoredPerson],
        own: Mapping[str, list[tuple[str, PastClaim]]],
    ) -> None:
        """``totals`` has what is not zero; ``own`` are stored contents of requests that come again, by request id.

        ``persons`` is what is known of each, with what the batch adds.
        """
        self._totals = totals
        self.persons = dict(persons)
        self.own = own
        self._new: dict[str, list[NewClaim]] = {}
        self.moved: list[Moved] = []

    def past(
        self, person: str, request_id: str, currency: str, at_ms: int, forgeries_at_ms: tuple[int, ...] = ()
    ) -> Past:
        """Return the person's record as of ``at_ms`` without the claims of this request."""
        known = self.persons.get(person)
        if known is None:
            return replace(NOBODY, forgeries_at_ms=forgeries_at_ms) if forgeries_at_ms else NOBODY
        return Past(
            since=self._since(person, request_id, currency, at_ms),
            merchants=tuple(known.merchants.values()),
            categories=tuple(known.categories.values()),
            found=known.found,
            forgeries_at_ms=forgeries_at_ms,
            first_at_ms=known.first_at_ms,
            newest_at_ms=known.newest_at_ms,
            capped=known.capped,
        )

    def add(self, person: str, claim: PastClaim) -> NewClaim:
        """Return the claim in its place among its person's: behind all of the same or an earlier time."""
        at_ms = claim.appended_at_ms
        everything = self._totals.get((person, claim.currency, FROM_THE_BEGINNING), NO_CLAIMS)
        later = self._totals.get((person, claim.currency, at_ms + 1), NO_CLAIMS)
        before = everything.less(later)
        if later.claims:
            self.moved.append(Moved(person, claim))
        others = self._new.setdefault(person, [])
        for other in others:
            if other.claim.appended_at_ms <= at_ms:
                before = before.plus(other.claim, claim.currency)
            else:
                other.before = other.before.plus(claim, other.claim.currency)
        new = NewClaim(claim, before)
        others.append(new)
        self._note(person, claim)
        return new

    def _since(self, person: str, request_id: str, currency: str, at_ms: int) -> tuple[Totals, ...]:
        """Return the totals of each window: stored claims and those of the batch, without the request's own."""
        stored = [self._totals.get((person, currency, at_ms - bound), NO_CLAIMS) for bound in BOUNDS_MS]
        changes = [(claim, -1) for owner, claim in self.own.get(request_id, ()) if owner == person]
        changes += [(new.claim, 1) for new in self._new.get(person, ()) if new.claim.request_id != request_id]
        for claim, times in changes:
            for window in range(bisect_left(BOUNDS_MS, at_ms - claim.appended_at_ms), len(stored)):
                stored[window] = stored[window].plus(claim, currency, times)
        return tuple(stored)

    def _note(self, person: str, claim: PastClaim) -> None:
        known = self.persons.setdefault(person, StoredPerson())
        at_ms = claim.appended_at_ms
        known.first_at_ms = at_ms if known.first_at_ms is None else min(known.first_at_ms, at_ms)
        known.newest_at_ms = at_ms if known.newest_at_ms is None else max(known.newest_at_ms, at_ms)
        for named, name in ((known.merchants, claim.merchant_id), (known.categories, claim.category)):
            named[name] = max(named.get(name, at_ms), at_ms)
            known.capped = known.capped or len(named) > READ_AT_MOST
