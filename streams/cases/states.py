"""The life of a case, from the hearing to its end."""

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands: on whom it waits next."""

    AWAITING_MERCHANT = "AWAITING_MERCHANT"
    """The hearing runs until the merchant answers or the deadline passes."""
    READY = "READY"
    """Heard; waits for the system to give it to a reviewer."""
    ASSIGNED = "ASSIGNED"
    """One reviewer works on it, for as long as the lease lasts."""
    NEEDS_BUYER_EVIDENCE = "NEEDS_BUYER_EVIDENCE"
    """A reviewer asked the buyer for better photos."""
    AWAITING_SECOND_REVIEWER = "AWAITING_SECOND_REVIEWER"
    """A first verdict is there, and another person has to come to one without seeing it."""
    DECIDED = "DECIDED"
    """The verdict stands, unless somebody appeals."""
    APPEALED = "APPEALED"
    """Waits for a reviewer who did not decide it before."""
    CLOSED = "CLOSED"
    """Over; nothing follows, unless what it was opened for was withdrawn and comes again."""


ENDED = frozenset({CaseState.DECIDED, CaseState.CLOSED})
"""Where nothing is left to decide, unless somebody appeals."""
