"""What the first look at a batch's persons finds, read from rows, and which further look-ups follow from it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streams.adapters.sql.round_trip import Rows
from streams.history.ledger import FROM_THE_BEGINNING, Asked, StoredPerson, asked_about
from streams.history.past import READ_AT_MOST, Found, PastClaim, Totals

MERCHANT, CATEGORY = "merchant", "category"
AtTime = tuple[str, str, int]
"""A person, a currency, and the time of a claim."""
Contents = Mapping[str, list[tuple[str, PastClaim]]]
"""Stored contents of requests that come again, each with its person, by request id."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of some persons: all their claims, the merchants and categories of these, and verdicts.

    ``currencies`` are those of each person; ``named`` are rows of person, what, name and time; ``found`` of person,
    case, verdict and time.
    """

    everything: Mapping[Asked, Totals]
    persons: Mapping[str, StoredPerson]
    currencies: Mapping[str, Sequence[str]]
    named: Rows
    found: Rows

    def within(self, claims: Iterable[AtTime]) -> Collection[Asked]:
        """Return from which times totals have to be looked up: within a person's first and newest claim.

        Those of one claim come one after the other: they are near each other in the index.
        """
        found: dict[Asked, None] = {}
        for person, currency, at_ms, known in self._known(claims):
            first_ms, newest_ms = known.first_at_ms or 0, known.newest_at_ms or 0
            for since_ms in asked_about(at_ms):
                if first_ms < since_ms <= newest_ms:
                    found[person, currency, since_ms] = None
        return found

    def by_currency(self, asked: Iterable[Asked]) -> list[dict[str, Any]]:
        """Return what to look up for these times: the first claim since in each currency of the person."""
        return [
            {"person": person, "currency": currency, "at_ms": since_ms}
            for person, since_ms in dict.fromkeys((person, since_ms) for person, _, since_ms in asked)
            for currency in self.currencies[person]
        ]

    def totals(self, claims: Iterable[AtTime], asked: Iterable[Asked], before: Rows) -> dict[Asked, Totals]:
        """Return the totals that are not zero; ``before`` are those before the first claim in each currency since."""
        totals = dict(self.everything)
        for person, currency, at_ms, known in self._known(claims):
            first_ms, whole = known.first_at_ms or 0, self.everything[person, currency, FROM_THE_BEGINNING]
            for since_ms in asked_about(at_ms):
                if since_ms <= first_ms:
                    totals[person, currency, since_ms] = whole
        begins: dict[tuple[str, int], tuple[int, ...]] = {}
        sums: dict[Asked, int] = {}
        for row in before:
            at, begin = (row[0], row[2]), row[3:7]
            if at not in begins or begin < begins[at]:
                begins[at] = begin
            sums[row[:3]] = row[7]
        for one in asked:
            whole = self.everything[one[0], one[1], FROM_THE_BEGINNING]
            earlier = (*begins[one[0], one[2]][1:], sums.get(one, whole.sum_minor))
            totals[one] = whole.less(Totals(*earlier))
        return totals

    def name(self, overturned: Mapping[str, int]) -> None:
        """Tell the persons of their merchants, categories and verdicts; ``overturned`` says when, by case."""
        for person, what, name, at_ms in self.named:
            if (known := self.persons.get(person)) is not None:
                (known.merchants if what == MERCHANT else known.categories)[name] = at_ms
        found: dict[str, list[Found]] = {}
        for person, case_id, verdict, at_ms in self.found:
            found.setdefault(person, []).append(Found(verdict, at_ms, overturned.get(case_id)))
        for person, known in self.persons.items():
            known.found = tuple(found.get(person, ()))[:READ_AT_MOST]
            longest = max(len(found.get(person, ())), len(known.merchants), len(known.categories))
            known.capped = longest > READ_AT_MOST

    def _known(self, claims: Iterable[AtTime]) -> Iterator[tuple[str, str, int, StoredPerson]]:
        for person, currency, at_ms in claims:
            if (known := self.persons.get(person)) is not None:
                yield person, currency, at_ms, known


def nothing() -> Rows:
    """Return no rows."""
    return ()


def everything(
    claims: Iterable[AtTime], rows: Rows
) -> tuple[dict[Asked, Totals], dict[str, StoredPerson], dict[str, list[str]]]:
    """Return the totals of all claims, each person's first and newest one, and their currencies.

    ``rows`` have the first and the newest claim in each currency, and what was counted up to the latter. The newest of
    all counts all.
    """
    newest: dict[str, tuple[int, ...]] = {}
    first: dict[str, int] = {}
    sums: dict[tuple[str, str], int] = {}
    currencies: dict[str, list[str]] = {}
    for person, currency, first_ms, *counts, sum_minor in rows:
        first[person] = min(first.get(person, first_ms), first_ms)
        newest[person] = max(newest.get(person, ()), tuple(counts))
        sums[person, currency] = sum_minor
        currencies.setdefault(person, []).append(currency)
    totals = {
        (person, currency, FROM_THE_BEGINNING): Totals(*(*newest[person][1:], sums.get((person, currency), 0)))
        for person, currency, _ in claims
        if person in newest
    }
    persons = {
        person: StoredPerson(first_at_ms=first_ms, newest_at_ms=newest[person][0]) for person, first_ms in first.items()
    }
    return totals, persons, currencies


def overturned(rows: Rows) -> dict[str, int]:
    """Return when an appeal changed the verdict on a case, by case id, the last time where there were several."""
    standing: dict[str, str] = {}
    found: dict[str, int] = {}
    for case_id, look, verdict, at_ms in rows:
        if look == "APPEAL" and standing.get(case_id, verdict) != verdict:
            found[case_id] = at_ms
        standing[case_id] = verdict
    return found


def contents(rows: Rows) -> Contents:
    """Return the stored contents of requests, each with its person, by request id."""
    own: dict[str, list[tuple[str, PastClaim]]] = {}
    for request_id, person, *claim in rows:
        own.setdefault(request_id, []).append((person, PastClaim(request_id, *claim)))
    return own
