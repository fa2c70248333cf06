"""Which tier of the law a person's confirmed forged refunds reach: a dated table, with a source for every row.

Only what people confirmed counts, never a suspicion. What was paid and what was only tried are two sums: they are
compared with the table apart, and never added.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

from streams.wording.tables import Wording

LAW_TIME = timezone(timedelta(hours=8))
"""Whose midnight a row's first and last day begin and end at: that of China."""


class Tier(StrEnum):
    """How serious the law takes a sum to be, the mildest first."""

    NONE = "NONE"
    ADMINISTRATIVE = "ADMINISTRATIVE"
    CRIMINAL = "CRIMINAL"
    CRIMINAL_HUGE = "CRIMINAL_HUGE"
    CRIMINAL_ESPECIALLY_HUGE = "CRIMINAL_ESPECIALLY_HUGE"

    @property
    def rank(self) -> int:
        """The place among the tiers, from 0."""
        return list(Tier).index(self)


class _Dated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    effective_from: date
    source: Annotated[str, msgspec.Meta(min_length=1)]
    effective_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Return whether the row holds on a day; its first and last day are in."""
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)


class TierRow(_Dated, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One tier as the law has it for a time; fields as in legal_tiers.yaml."""

    tier: Tier
    jurisdiction: str
    currency: str
    from_minor: Annotated[int, msgspec.Meta(ge=1)]
    sanction: Wording
    regional_to_minor: int | None = None
    attempts_count: bool = False
    unverified: bool = False


class RateRow(_Dated, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An exchange rate for a time: one smallest unit of ``currency`` in smallest units of currency ``of``."""

    currency: str
    of: str
    rate: Annotated[float, msgspec.Meta(gt=0)]


class ForgedSums(msgspec.Struct, frozen=True, kw_only=True):
    """A person's confirmed forged refunds by currency, smallest units: those that were paid, and those only tried."""

    completed: Mapping[str, int] = {}
    attempted: Mapping[str, int] = {}


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """The tier that sums reach: ``row`` is the law's, None where there is no tier.

    ``regional`` says that the province's own threshold decides whether it is reached. ``unmeasured`` are currencies
    without a rate of that day: their sums are left out, so the tier is the least that it can be.
    """

    tier: Tier
    row: TierRow | None = None
    regional: bool = False
    unmeasured: tuple[str, ...] = ()


class LegalTiers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table: tiers and rates."""

    tiers: tuple[TierRow, ...]
    rates: tuple[RateRow, ...] = ()

    def reached(self, sums: ForgedSums, at_ms: int, jurisdiction: str = "CN") -> Reached:
        """Return the highest tier that the sums reach by the law of the day of ``at_ms`` (Unix milliseconds)."""
        day = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(LAW_TIME).date()
        found, unmeasured = Reached(tier=Tier.NONE), set[str]()
        for row in self.tiers:
            if row.jurisdiction != jurisdiction or not row.holds_on(day):
                continue
            counted = [sums.completed, *([sums.attempted] if row.attempts_count else [])]
            totals = [self._total(each, row.currency, day, unmeasured) for each in counted]
            if max(totals) >= row.from_minor and row.tier.rank > found.tier.rank:
                regional = row.regional_to_minor is not None and max(totals) < row.regional_to_minor
                found = Reached(tier=row.tier, row=row, regional=regional)
        return msgspec.structs.replace(found, unmeasured=tuple(sorted(unmeasured)))

    def _total(self, sums: Mapping[str, int], of: str, day: date, unmeasured: set[str]) -> int:
        """Return a sum in currency ``of``; currencies without a rate are added to ``unmeasured``."""
        total = 0.0
        for currency, minor in sums.items():
            rate = 1 if currency == of else self._rate(currency, of, day)
            if rate is None:
                unmeasured.add(currency)
            else:
                total += minor * rate
        return int(total)

    def _rate(self, currency: str, of: str, day: date) -> float | None:
        found = (row for row in self.rates if (row.currency, row.of) == (currency, of) and row.holds_on(day))
        return next((row.rate for row in found), None)


def read(text: str | bytes) -> LegalTiers:
    """Return the table that a YAML text holds; raises :class:`msgspec.ValidationError` for any other shape."""
    return msgspec.yaml.decode(text, type=LegalTiers)


@cache
def packaged() -> LegalTiers:
    """Return the table that comes with this program."""
    return read(files("streams.cases").joinpath("legal_tiers.yaml").read_bytes())
