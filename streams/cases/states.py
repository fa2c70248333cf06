"""The life of a case, from the hearing to its end."""

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands: whom it waits for next."""

    AWAITING_MERCHANT = "AWAITING_MERCHANT"
    """The hearing runs until the merchant answers or the deadline passes."""
    READY = "READY"
    """Heard; waits for the system to give it to a reviewer."""
    ASSIGNED = "ASSIGNED"
    """One reviewer works on it, for as long as the lease lasts."""
    AWAITING_BUYER_EVIDENCE = "AWAITING_BUYER_EVIDENCE"
    """A reviewer asked the buyer for better photos."""
    AWAITING_BOTH = "AWAITING_BOTH"
    """A reviewer asked both sides for evidence."""
    AWAITING_SECOND_REVIEWER = "AWAITING_SECOND_REVIEWER"
    """A first verdict is there, and another person has to come to one without seeing it."""
    DECIDED = "DECIDED"
    """The verdict stands, unless somebody appeals."""
    APPEALED = "APPEALED"
    """The buyer appealed; waits for a reviewer who did not decide it before."""
    MERCHANT_APPEALED = "MERCHANT_APPEALED"
    """The merchant appealed against a grant; waits for a reviewer who did not decide it before."""
    CLOSED = "CLOSED"
    """Over; nothing follows, unless what it was opened for was withdrawn and comes again."""


ENDED = frozenset({CaseState.DECIDED, CaseState.CLOSED})
"""Where nothing is left to decide, unless somebody appeals."""

HEARINGS = frozenset({CaseState.AWAITING_MERCHANT, CaseState.AWAITING_BUYER_EVIDENCE, CaseState.AWAITING_BOTH})
"""Where a party has the next step, until the deadline."""

ASKED = frozenset({CaseState.AWAITING_BUYER_EVIDENCE, CaseState.AWAITING_BOTH})
"""Where a reviewer's question is open."""

WAITS_FOR = {
    CaseState.AWAITING_MERCHANT: "merchant",
    CaseState.AWAITING_BUYER_EVIDENCE: "buyer",
    CaseState.AWAITING_BOTH: "both",
    CaseState.READY: "reviewer",
    CaseState.ASSIGNED: "reviewer",
    CaseState.AWAITING_SECOND_REVIEWER: "reviewer",
    CaseState.APPEALED: "reviewer",
    CaseState.MERCHANT_APPEALED: "reviewer",
    CaseState.DECIDED: "appeal",
    CaseState.CLOSED: "nobody",
}
"""Who owes the next step; ``appeal``: nobody, but either side may appeal until the deadline."""
