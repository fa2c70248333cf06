"""Verb: either side demands that a person looks, also at what a machine cleared."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import msgspec

from streams.cases.acts import Action, AuditAct
from streams.cases.asked import Party
from streams.cases.audit import AuditEntry
from streams.cases.case import HUMAN_REVIEW_REASON, Case, demanded
from streams.cases.looks import Look
from streams.cases.parties.linking import ClearedClaim, case_of
from streams.cases.parties.opening import opened_because
from streams.cases.procedure import Procedure
from streams.cases.states import ENDED, CaseState
from streams.cases.transitions import Step, Transition, moved
from streams.errors import OperatorError

HUMAN_REVIEW_SCORE = 40
"""Where a case that a demand opens stands among the others, 0 to 100."""


class Demands(NamedTuple):
    """What the trail of a case says: which sides ``asked`` for a human look, and whether the platform took it back."""

    asked: Collection[Party] = ()
    withdrawn: bool = False


def demand(case: Case, act: AuditAct, party: Party, so_far: Demands, hearing_ends_ms: int) -> Transition | None:
    """Return the transition that notes ``party``'s demand for a human look; None: that side demanded it before.

    A case that was closed without anybody's verdict is opened again, with a hearing until ``hearing_ends_ms``. Raises
    :class:`OperatorError` where a person decided it, or the platform took the request back.
    """
    again = case.state is CaseState.CLOSED and case.verdict is None and not so_far.withdrawn
    if case.state in ENDED and not again:
        msg = f"case {case.case_id} is {case.state}, by a person's act: appeal a verdict instead"
        raise OperatorError(msg)
    if party in so_far.asked and not again:
        return None
    codes = case.reason_codes if demanded(case) else (*case.reason_codes, HUMAN_REVIEW_REASON)
    if not again:
        return moved(case, act, [Step(Action.HUMAN_REVIEW_ASKED, None, {"party": party})], reason_codes=codes)
    step = Step(Action.HUMAN_REVIEW_ASKED, CaseState.AWAITING_MERCHANT, {"party": party})
    changes: dict[str, Any] = {"reason_codes": codes, "due_at_ms": hearing_ends_ms, "look": Look.FIRST}
    return moved(case, act, [step], tell="CASE_OPENED", **changes)


def sides(entries: Iterable[AuditEntry]) -> list[Party]:
    """Return which sides demanded a human look, as the trail's entries of it say; erased ones say nothing."""
    said = [msgspec.json.decode(one.payload) for one in entries if one.payload is not None]
    return [one["party"] for one in said if "party" in one]


def demand_of_cleared(
    claim: ClearedClaim, cluster_id: str, act: AuditAct, party: Party, procedure: Procedure
) -> tuple[Transition, Transition]:
    """Return the transitions that open a case on a claim that was cleared, and note the demand.

    The merchant is heard by its own demand, so a reviewer is next; a buyer's opens a hearing.
    """
    case = case_of(claim, cluster_id, act, procedure, (HUMAN_REVIEW_REASON,), HUMAN_REVIEW_SCORE)
    opened = opened_because(case, act, claim.message, claim.policy_sha256)
    to = CaseState.READY if party == "merchant" else None
    changes: dict[str, Any] = {} if to else {"due_at_ms": case.due_at_ms}
    return opened, moved(case, act, [Step(Action.HUMAN_REVIEW_ASKED, to, {"party": party})], **changes)
