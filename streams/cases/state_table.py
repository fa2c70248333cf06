"""The table of states: which may follow each. Only ``transitions.py`` may read it, so there is no way around it."""

from collections.abc import Mapping

from streams.cases.states import CaseState

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

OPENED = CaseState.AWAITING_MERCHANT
"""How every case begins: nobody decides before the merchant could be heard."""
