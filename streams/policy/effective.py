"""What of a policy holds for one request: overrides for categories and merchants, entries with a from and an until."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Protocol

from msgspec.structs import replace

from schemas.units import DAY_MS
from streams.policy.document import Match, NotEligible, PolicyDocument, Rule


class Asking(Protocol):
    """As much of a request as a policy's entries speak of."""

    @property
    def kind(self) -> str:
        """``refund_only`` or ``return_and_refund``."""

    @property
    def category(self) -> str:
        """The goods' category."""

    @property
    def merchant_id(self) -> str:
        """Who sold them."""

    @property
    def product_id(self) -> str:
        """The goods."""

    @property
    def buyer_id(self) -> str:
        """The account that asks."""

    @property
    def person(self) -> str:
        """The person behind it."""

    @property
    def amount_minor(self) -> int:
        """The sum, in the smallest unit."""

    @property
    def currency(self) -> str:
        """ISO 4217."""


def day_of(at_ms: int) -> date:
    """Return the day of a time, in UTC."""
    return _day(at_ms // DAY_MS)


@lru_cache(maxsize=1_024)
def _day(number: int) -> date:
    return datetime.fromtimestamp(number * DAY_MS // 1_000, UTC).date()


def in_force(begins: date | None, until: date | None, day: date) -> bool:
    """Return whether something holds on a day: from ``begins`` on, and no longer on ``until``."""
    return (begins is None or begins <= day) and (until is None or day < until)


def matches(match: Match, request: Asking, day: date) -> bool:
    """Return whether an entry speaks of a request: every list that it has names the request's own."""
    return (
        in_force(match.begins, match.until, day)
        and (not match.categories or request.category in match.categories)
        and (not match.merchants or request.merchant_id in match.merchants)
        and (not match.products or request.product_id in match.products)
        and (not match.buyers or not match.buyers.isdisjoint((request.buyer_id, request.person)))
    )


def effective(document: PolicyDocument, request: Asking, day: date) -> PolicyDocument:
    """Return the policy as it holds for a request: later overrides come before earlier ones."""
    for override in document.overrides:
        if matches(override, request, day):
            limits = {**document.amount_limits, **override.amount_limits}
            document = replace(
                document,
                amount_limits=limits,
                hold_s=document.hold_s if override.hold_s is None else override.hold_s,
                audit_share=document.audit_share if override.audit_share is None else override.audit_share,
                rules_off=document.rules_off | override.rules_off,
            )
    return document


def not_eligible(document: PolicyDocument, request: Asking, day: date) -> bool | None:
    """Return whether the goods have to come back: a refund without return is not for this request.

    None where nobody can say: an entry has sums in other currencies alone, and no entry says that they have to.
    """
    if request.kind != "refund_only":
        return False
    said = [_above(entry, request) for entry in document.not_eligible if matches(entry, request, day)]
    return True if True in said else None if None in said else False


def _above(entry: NotEligible, request: Asking) -> bool | None:
    if not entry.above_minor:
        return True
    limit = entry.above_minor.get(request.currency)
    return None if limit is None else request.amount_minor > limit


def applies(rule: Rule, document: PolicyDocument, day: date) -> bool:
    """Return whether a rule is asked on a day, under the policy as it holds for the request."""
    return rule.id not in document.rules_off and in_force(rule.begins, rule.until, day)
