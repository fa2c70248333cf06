"""Assignments: the next case for a reviewer, and what they do with it until they decide it."""

from fastapi import APIRouter, Response, status

from streams.access.caller import Caller
from streams.access.idempotency import Answer
from streams.access.roles import Role
from streams.casework.reviewing.assignments import Assigned
from streams.console.api.bodies import (
    AssignmentAnswer,
    BuyerAnswer,
    CaseAnswer,
    DraftAnswer,
    DraftText,
    HandedOver,
    HandOver,
    Hold,
    Skip,
    WhyShown,
)
from streams.console.api.views import answer, blind, case_answer, etag, shown
from streams.console.endpoints import Asking, AssignmentId, Once, Uses, at

router = APIRouter()

ONE = "/api/v1/assignments/{assignment_id}"


@at(
    router,
    "POST /api/v1/assignments",
    answers=AssignmentAnswer,
    none="No case waits that the caller may decide, or they are kept free for small claims.",
)
def take_next(uses: Uses, caller: Asking, once: Once) -> Response:
    """Return the next case for the caller, now in their hands; 204: none waits that they may decide."""

    def work() -> Answer:
        found = uses.assignments.next(once.act(""), senior=Role.SENIOR in caller.roles, golden=blind(caller))
        return Answer(status=status.HTTP_204_NO_CONTENT) if found is None else _answer(found, caller)

    return once.answer(work)


@at(router, f"POST {ONE}/heartbeat", answers=AssignmentAnswer)
def heartbeat(assignment_id: AssignmentId, uses: Uses, caller: Asking, once: Once) -> Response:
    """Return the assignment with its lease renewed."""
    return once.answer(lambda: _answer(uses.assignments.heartbeat(assignment_id, once.act("")), caller))


@at(router, f"POST {ONE}/hold", answers=AssignmentAnswer)
def hold(assignment_id: AssignmentId, body: Hold, uses: Uses, caller: Asking, once: Once) -> Response:
    """Return the assignment, now parked."""
    return once.answer(lambda: _answer(uses.assignments.hold(assignment_id, once.act(body.text), body.for_ms), caller))


@at(router, f"POST {ONE}/hand-over", answers=HandedOver)
def hand_over(assignment_id: AssignmentId, body: HandOver, uses: Uses, once: Once) -> Response:
    """Return who has the case now, and until when it waits for them."""

    def work() -> Answer:
        given = uses.assignments.hand_over(assignment_id, once.act(body.text), body.to)
        told = HandedOver(assignment_id=given.assignment_id, case_id=given.case_id, lease_until_ms=given.lease_until_ms)
        return answer(told)

    return once.answer(work)


@at(router, f"POST {ONE}/skip", answers=CaseAnswer)
def skip(assignment_id: AssignmentId, body: Skip, uses: Uses, caller: Asking, once: Once) -> Response:
    """Return the case after the caller gave it back."""
    return once.answer(
        lambda: case_answer(uses.assignments.skip(assignment_id, once.act(body.text), conflict=body.conflict), caller)
    )


@at(router, f"POST {ONE}/buyer", answers=BuyerAnswer)
def show_buyer(assignment_id: AssignmentId, body: WhyShown, uses: Uses, once: Once) -> Response:
    """Return whose claim it is, after the reason is on record."""

    def work() -> Answer:
        case = uses.assignments.show_buyer(assignment_id, once.act(body.text))
        return answer(BuyerAnswer(case_id=case.case_id, buyer_id=case.buyer_id))

    return once.answer(work)


@at(router, f"PUT {ONE}/draft", answers=DraftAnswer)
def keep_draft(assignment_id: AssignmentId, body: DraftText, uses: Uses, once: Once) -> Response:
    """Return the caller's draft, now stored."""

    def work() -> Answer:
        draft = uses.assignments.draft(assignment_id, once.act(""), body.text)
        return answer(DraftAnswer(text=draft.text, version=draft.version, saved_at_ms=draft.saved_at_ms))

    return once.answer(work)


def _answer(found: Assigned, caller: Caller) -> Answer:
    given, draft = found.assignment, found.draft
    told = AssignmentAnswer(
        assignment_id=given.assignment_id,
        case_id=given.case_id,
        assigned_at_ms=given.assigned_at_ms,
        lease_until_ms=given.lease_until_ms,
        held_since_ms=given.held_since_ms,
        heartbeat_s=found.heartbeat_s,
        draft=None
        if draft is None
        else DraftAnswer(text=draft.text, version=draft.version, saved_at_ms=draft.saved_at_ms),
        case=shown(found.case, caller),
    )
    return answer(told, tag=etag(found.case))
