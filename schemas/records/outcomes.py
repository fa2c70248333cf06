"""``refund.outcomes.v1``: what the platform did in the end."""

from typing import Literal

from schemas.records.base import Currency, Identifier, Minor, Record, TimeMs


class RefundOutcome(Record):
    """Whether one request was paid, not paid, or the goods came back.

    ``amount_minor`` is what was really paid (0 where nothing was); ``outcome_id`` makes a repeat harmless.
    """

    outcome_id: Identifier
    request_id: Identifier
    buyer_id: Identifier
    outcome: Literal["paid", "not_paid", "returned"]
    amount_minor: Minor
    currency: Currency
    occurred_at_ms: TimeMs
