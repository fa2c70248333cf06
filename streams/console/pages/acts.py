"""What people do on the pages: each form is one use case, done once, and leads on to a page."""

from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Response, status
from fastapi.responses import JSONResponse

from streams.access.caller import Caller
from streams.access.roles import Role
from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Wanted
from streams.cases.looks import Given, VerdictName
from streams.cases.reviewing.recommendations import OUTCOMES
from streams.console.api.views import blind, own_case, viewer_of
from streams.console.endpoints import Asking, AssignmentId, CaseId, Uses, at
from streams.console.pages.by_session import UNASKED
from streams.console.pages.forms import Form, Sent, way_to
from streams.console.use_cases import UseCases
from streams.errors import Invalid

NOTE_AT_MOST = 4_000

router = APIRouter()


@at(router, "POST /next")
def take_next(sent: Form, uses: Uses, caller: Asking) -> Response:
    """Redirect to the next case, or back to the queue where there is none; 204 where a page asks by itself."""
    by_itself = UNASKED in sent.request.headers
    return _to_next(sent, uses, caller, none=Response(status_code=status.HTTP_204_NO_CONTENT) if by_itself else None)


@at(router, "POST /cases/{case_id}/verdict")
def decide(case_id: CaseId, sent: Form, uses: Uses, caller: Asking) -> Response:
    """Redirect back to the case, after the reviewer's verdict; or to the next one, where they asked for it."""
    own_case(uses.files, case_id, caller)

    def work(act: AuditAct) -> str:
        senior, heard = Role.SENIOR in caller.roles, bool(sent.optional("heard"))
        version = sent.number("version")
        uses.verdicts.give(case_id, act, _given(sent), version=version, heard=heard, senior=senior, picks=senior)
        uses.drafts.forget(case_id, caller.name)
        return f"/cases/{case_id}?done={case_id}"

    told = sent.done(work, "rationale")
    went_well = told.status_code == status.HTTP_303_SEE_OTHER
    return _to_next(sent, uses, caller, after=case_id) if went_well and sent.optional("then", most=8) else told


def _to_next(sent: Sent, uses: UseCases, caller: Caller, after: str = "", none: Response | None = None) -> Response:
    """Redirect to the next case, which says that the verdict on the one before (``after``) was sent.

    Where there is none, return ``none``, or redirect to the queue.
    """
    found = uses.assignments.next(sent.act(""), senior=Role.SENIOR in caller.roles, golden=blind(caller))
    if found is None and none is not None:
        return none
    where, asked = ("/cases", {"empty": "true"}) if found is None else (f"/cases/{found.case.case_id}", {})
    asked |= {"done": after} if after else {}
    return way_to(f"{where}?{urlencode(asked)}" if asked else where)


@at(router, "POST /cases/{case_id}/recommendation")
def close_recommendation(case_id: CaseId, sent: Form, uses: Uses, caller: Asking) -> Response:
    """Redirect back to the case, after a recommendation was closed as done or declined."""
    own_case(uses.files, case_id, caller)
    outcome = next((one for one in OUTCOMES if one == sent.optional("outcome")), None)
    if outcome is None:
        msg = f"outcome: one of {', '.join(OUTCOMES)}"
        raise Invalid(msg)

    def work(act: AuditAct) -> str:
        uses.recommendations.close(case_id, sent.text("code", most=64), outcome, act, viewer=viewer_of(caller))
        return f"/cases/{case_id}"

    return sent.done(work, "text")


@at(router, "POST /work/{assignment_id}/hold")
def hold(assignment_id: AssignmentId, sent: Form, uses: Uses) -> Response:
    """Redirect to the queue, after the case was parked."""

    def work(act: AuditAct) -> str:
        uses.assignments.hold(assignment_id, act)
        return "/cases"

    return sent.done(work, "text")


@at(router, "POST /work/{assignment_id}/hand-over")
def hand_over(assignment_id: AssignmentId, sent: Form, uses: Uses) -> Response:
    """Redirect to the queue, after the case was given to a named person."""

    def work(act: AuditAct) -> str:
        uses.assignments.hand_over(assignment_id, act, sent.text("to", most=128))
        return "/cases"

    return sent.done(work, "text")


@at(router, "POST /work/{assignment_id}/skip")
def skip(assignment_id: AssignmentId, sent: Form, uses: Uses) -> Response:
    """Redirect to the queue, after the case was given back."""

    def work(act: AuditAct) -> str:
        uses.assignments.skip(assignment_id, act, conflict=bool(sent.optional("conflict")))
        return "/cases"

    return sent.done(work, "text")


@at(router, "POST /work/{assignment_id}/draft")
def keep_draft(assignment_id: AssignmentId, sent: Form, uses: Uses) -> Response:
    """Return 204, once the reviewer's draft is stored."""
    uses.assignments.draft(assignment_id, sent.act(""), sent.optional("rationale"))
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@at(router, "POST /work/{assignment_id}/heartbeat")
def still_there(assignment_id: AssignmentId, sent: Form, uses: Uses) -> Response:
    """Return until when the caller has the case in hand, Unix milliseconds, and its version, as JSON."""
    found = uses.assignments.heartbeat(assignment_id, sent.act(""))
    return JSONResponse({"lease_until_ms": found.assignment.lease_until_ms, "version": found.case.version})


@at(router, "POST /work/{assignment_id}/buyer")
def show_buyer(assignment_id: AssignmentId, sent: Form, uses: Uses) -> Response:
    """Redirect back to the case, which now shows whose claim it is."""

    def work(act: AuditAct) -> str:
        return f"/cases/{uses.assignments.show_buyer(assignment_id, act).case_id}"

    return sent.done(work, "text")


def _given(sent: Form) -> Given:
    verdict = sent.text("verdict")
    names: tuple[VerdictName, ...] = get_args(VerdictName)
    name = next((one for one in names if one == verdict), None)
    if name is None:
        msg = f"verdict: one of {', '.join(names)}"
        raise Invalid(msg)
    more = name == "MORE_EVIDENCE"
    return Given(
        verdict=name,
        rule=sent.text("rule", most=64),
        photos=sent.every("photos") if name == "FORGERY_CONFIRMED" else (),
        asked=tuple(Asked(Wanted(kind)) for kind in sent.every("asked") if kind in set(Wanted)) if more else (),
    )
