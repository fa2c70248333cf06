"""Verb: a merchant objects to a claim that a machine cleared, before the money went or after."""

from streams.cases.acts import Action, AuditAct
from streams.cases.parties.linking import ClearedClaim, case_of
from streams.cases.parties.opening import opened_because
from streams.cases.procedure import Procedure
from streams.cases.states import CaseState
from streams.cases.transitions import Step, Transition, moved

OBJECTION_SCORE = 80
"""Where a case that a merchant's objection opens stands among the others, 0 to 100."""
OBJECTION_REASON = "MERCHANT_OBJECTION"


def object_to(
    claim: ClearedClaim, cluster_id: str, act: AuditAct, media_id: str | None, procedure: Procedure
) -> tuple[Transition, Transition]:
    """Return the transitions that open a case and note the objection, which is the merchant's statement as well.

    ``media_id`` names the photo that the merchant objects to. The merchant is heard by that, so a reviewer is next.
    """
    case = case_of(claim, cluster_id, act, procedure, (OBJECTION_REASON,), OBJECTION_SCORE)
    opened = opened_because(case, act, claim.message, claim.policy_sha256)
    detail = {} if media_id is None else {"media_id": media_id}
    return opened, moved(case, act, [Step(Action.OBJECTED, CaseState.READY, detail)])
