"""The merchant's desk: what is asked of a shop until when, its answers, its objections, and its appeals."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response

from streams.access.caller import Caller
from streams.access.roles import Role
from streams.cases.acts import AuditAct
from streams.cases.asked import in_words
from streams.cases.case import Case
from streams.cases.record.query import CaseOrder, CaseQuery, Own
from streams.cases.states import CaseState
from streams.console.api.evidence import uploaded, went_well
from streams.console.api.requests import own_name, own_progress
from streams.console.api.views import own_case
from streams.console.endpoints import Asking, CaseId, RequestId, Uses, at
from streams.console.pages.forms import Form, FormWithFiles, way_to
from streams.console.pages.preferences import DisplayPreferences, preferences_of
from streams.console.pages.queue import row
from streams.console.pages.view import page
from streams.console.use_cases import UseCases

SHOWN_AT_MOST = 50
ASKED_OF_MERCHANTS = (CaseState.AWAITING_MERCHANT, CaseState.AWAITING_BOTH)

router = APIRouter()


@at(router, "GET /desk")
def desk(request: Request, uses: Uses, caller: Asking, request_id: str = "") -> Response:
    """Return the merchant's page: what waits for them, what may still be appealed, and the rest."""
    if request_id:
        return way_to(f"/desk/requests/{request_id.strip()[:128]}") if request_id.isprintable() else way_to("/desk")
    says = preferences_of(request)
    asked = [case for state in ASKED_OF_MERCHANTS for case in _cases(uses, caller, state, CaseOrder.DUE)]
    decided = [case for case in _cases(uses, caller, CaseState.DECIDED, CaseOrder.DUE) if case.verdict == "GRANT"]
    told = {case.case_id for case in (*asked, *decided)}
    others = [case for case in _cases(uses, caller, None, CaseOrder.NEWEST) if case.case_id not in told]
    return page(
        request,
        "desk.html",
        several=len(caller.parties(Role.MERCHANT)) > 1,
        asked=[_line(case, caller, says) for case in sorted(asked, key=lambda one: one.due_at_ms or 0)],
        decided=[_line(case, caller, says) for case in decided],
        others=[_line(case, caller, says) for case in others],
    )


@at(router, "GET /desk/requests/{request_id}")
def request_page(request: Request, request_id: RequestId, uses: Uses, caller: Asking) -> Response:
    """Return the page of a request of the merchant's: what was decided, and how to object."""
    found = own_progress(uses, request_id, caller)
    seen = None if found.cleared is None else uses.pictures.seen_of(request_id, found.cleared.request_digest)
    return page(
        request,
        "request.html",
        request_id=request_id,
        contents=found.contents,
        cases=[_line(case, caller, preferences_of(request)) for case in found.cases],
        may_object=found.cleared is not None and not found.cases,
        claim=None if seen is None else seen.evidence.request,
        photos=[] if seen is None else [one.media_id for one in seen.evidence.request.claim_media],
    )


@at(router, "POST /desk/requests/{request_id}/objection")
def object_to(request_id: RequestId, sent: Form, uses: Uses, caller: Asking) -> Response:
    """Redirect to the case that carries the merchant's objection."""
    name = own_name(own_progress(uses, request_id, caller))

    def work(act: AuditAct) -> str:
        photo = sent.optional("photo", most=128) or None
        return f"/cases/{uses.hearings.object_to(name, act, photo).case.case_id}?sent=objection"

    return sent.done(work, "text")


@at(router, "POST /cases/{case_id}/statement")
def state_on(case_id: CaseId, sent: FormWithFiles, uses: Uses, caller: Asking) -> Response:
    """Redirect back to the case, after the merchant's statement, and any photos and videos, were put on it."""
    case, version = own_case(uses.files, case_id, caller), sent.number("version")
    came = [uploaded(one.file, uses.photo_bytes, uses.video_bytes) for one in sent.files("files")]

    def stated(act: AuditAct) -> str:
        uses.hearings.state(case_id, act, "merchant", version)
        return _sent(uses, case_id, caller)

    def sent_along(media: Any, act: AuditAct) -> str:
        uses.uploads.send(case, act, "merchant", media, version)
        return _sent(uses, case_id, caller)

    if not came:
        return sent.done(stated, "text")
    hashes = [one.sha256 for one in came]
    offered = lambda media: sent.done(partial(sent_along, media), "text", hashes)  # noqa: E731 - a name for a line
    return uses.uploads.offer(case, "merchant", came, offered, taken=went_well)


@at(router, "POST /cases/{case_id}/appeal")
def appeal(case_id: CaseId, sent: Form, uses: Uses, caller: Asking) -> Response:
    """Redirect back to the case, after the merchant appealed."""
    own_case(uses.files, case_id, caller)

    def work(act: AuditAct) -> str:
        uses.hearings.appeal(case_id, act, "merchant", sent.number("version"))
        return _sent(uses, case_id, caller)

    return sent.done(work, "text")


def _sent(uses: UseCases, case_id: str, caller: Caller) -> str:
    """Return the way back to the case: what was sent is no draft any more."""
    uses.drafts.forget(case_id, caller.name)
    return f"/cases/{case_id}?sent=words"


def _cases(uses: UseCases, caller: Caller, state: CaseState | None, order: CaseOrder) -> list[Case]:
    """Return the first cases of all shops of the caller."""
    own = Own(merchants=caller.parties(Role.MERCHANT))
    return uses.files.page(CaseQuery(own=own, state=state, order=order), None, SHOWN_AT_MOST)


def _line(case: Case, caller: Caller, says: DisplayPreferences) -> dict[str, Any]:
    asked = says.of(in_words(case.asked, "merchant")) if case.state is CaseState.AWAITING_BOTH else ""
    return row(case, caller, says) | {"asked_for": asked}
