"""The life of a case, from the hearing to its end."""

from collections.abc import Mapping
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


OPENED = CaseState.AWAITING_MERCHANT
"""How every case begins: nobody decides before the merchant could be heard."""

WITHDRAWABLE = frozenset(
    {CaseState.AWAITING_MERCHANT, CaseState.READY, CaseState.ASSIGNED, CaseState.NEEDS_BUYER_EVIDENCE}
)
"""Where nobody has come to a verdict yet: a case ends there when what it was opened for is withdrawn."""

NEXT: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.AWAITING_MERCHANT: frozenset({CaseState.READY, CaseState.CLOSED}),  # closed: withdrawn
    CaseState.READY: frozenset({CaseState.ASSIGNED, CaseState.CLOSED}),
    CaseState.ASSIGNED: frozenset(
        {
            CaseState.CLOSED,
            CaseState.READY,  # the lease ran out, or the reviewer gave it back
            CaseState.NEEDS_BUYER_EVIDENCE,
            CaseState.AWAITING_SECOND_REVIEWER,
            CaseState.DECIDED,
        }
    ),
    CaseState.NEEDS_BUYER_EVIDENCE: frozenset(
        {CaseState.READY, CaseState.CLOSED}  # ready: answered, or silent until the deadline
    ),
    CaseState.AWAITING_SECOND_REVIEWER: frozenset({CaseState.ASSIGNED}),
    CaseState.DECIDED: frozenset({CaseState.APPEALED, CaseState.CLOSED}),
    CaseState.APPEALED: frozenset({CaseState.ASSIGNED}),
    CaseState.CLOSED: frozenset({CaseState.AWAITING_MERCHANT}),  # what was withdrawn is there again
}
"""Which states may follow each state."""


def may_become(now: CaseState, then: CaseState) -> bool:
    """Return whether a case in state ``now`` may go to state ``then``."""
    return then in NEXT[now]
