"""The table of states: which may follow each. Only ``transitions.py`` may read it, so there is no way around it."""

from collections.abc import Mapping

from streams.cases.states import CaseState

NEXT: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.AWAITING_MERCHANT: frozenset({CaseState.READY, CaseState.CLOSED}),  # closed: withdrawn
    CaseState.READY: frozenset(
        {CaseState.ASSIGNED, CaseState.AWAITING_MERCHANT, CaseState.CLOSED}  # back: the buyer sent new evidence
    ),
    CaseState.ASSIGNED: frozenset(
        {
            CaseState.READY,  # the lease ran out, or the reviewer gave it back
            CaseState.AWAITING_MERCHANT,  # the buyer sent new evidence
            CaseState.AWAITING_BUYER_EVIDENCE,
            CaseState.AWAITING_BOTH,
            CaseState.AWAITING_SECOND_REVIEWER,
            CaseState.DECIDED,
            CaseState.CLOSED,
        }
    ),
    CaseState.AWAITING_BUYER_EVIDENCE: frozenset(
        {CaseState.AWAITING_MERCHANT, CaseState.READY, CaseState.CLOSED}  # ready: silent until the deadline
    ),
    CaseState.AWAITING_BOTH: frozenset(
        {CaseState.AWAITING_MERCHANT, CaseState.AWAITING_BUYER_EVIDENCE, CaseState.READY, CaseState.CLOSED}
    ),
    CaseState.AWAITING_SECOND_REVIEWER: frozenset({CaseState.ASSIGNED, CaseState.AWAITING_MERCHANT}),
    CaseState.DECIDED: frozenset({CaseState.APPEALED, CaseState.MERCHANT_APPEALED, CaseState.CLOSED}),
    CaseState.APPEALED: frozenset({CaseState.ASSIGNED, CaseState.AWAITING_MERCHANT}),
    CaseState.MERCHANT_APPEALED: frozenset({CaseState.ASSIGNED, CaseState.AWAITING_MERCHANT}),
    CaseState.CLOSED: frozenset({CaseState.AWAITING_MERCHANT}),  # what was withdrawn is there again
}
"""Which states may follow each state."""

OPENED = CaseState.AWAITING_MERCHANT
"""How every case begins: nobody decides before the merchant could be heard."""
