"""Cases: lists, one, what parties say on it, what a reviewer decides, and its trail."""

from dataclasses import replace
from typing import Annotated, cast

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

from streams.access.caller import Caller, party_of
from streams.access.idempotency import Answer
from streams.access.roles import Role
from streams.cases.asked import Asked, Wanted
from streams.cases.audit import AuditEntry
from streams.cases.looks import Given
from streams.cases.record.disclosure import PhotoView
from streams.cases.record.query import CaseQuery, Own
from streams.cases.reviewing.withholding import trail_shown
from streams.casework.package.ports import Audience
from streams.clock import now_ms
from streams.console.api.bodies import (
    CaseAnswer,
    CaseFilter,
    CasesAnswer,
    GivenVerdict,
    LinkAnswer,
    Party,
    PhotoViewAnswer,
    Said,
    TrailAnswer,
)
from streams.console.api.cursors import Cursors
from streams.console.api.views import answer, blind, case_answer, own_case, own_file, shown, viewer_of
from streams.console.endpoints import Asking, CaseId, Once, Uses, Version, at
from streams.console.problems import response
from streams.errors import NotAllowed

router = APIRouter()
ZIP = "application/zip"
PIECE_BYTES = 1 << 20


@at(router, "GET /api/v1/cases", answers=CasesAnswer)
def list_cases(uses: Uses, caller: Asking, wanted: Annotated[CaseFilter, Query()]) -> Response:
    """Return one page of cases; a party gets only its own."""
    cursors = Cursors(wanted.order)
    found = uses.files.page(_query(caller, wanted), cursors.read(wanted.cursor), wanted.limit + 1)
    page, more = found[: wanted.limit], len(found) > wanted.limit
    cases = [shown(case, caller) for case in page]
    told = CasesAnswer(cases=cases, next_cursor=cursors.after(page[-1]) if more else None)
    return response(answer(told))


@at(router, "GET /api/v1/cases/{case_id}", answers=CaseAnswer)
def get_case(case_id: CaseId, uses: Uses, caller: Asking) -> Response:
    """Return one case."""
    return response(case_answer(own_case(uses.files, case_id, caller), caller))


@at(router, "POST /api/v1/cases/{case_id}/statements", answers=CaseAnswer)
def state_on(case_id: CaseId, body: Said, uses: Uses, caller: Asking, version: Version, once: Once) -> Response:
    """Return the case after a party's statement was put on it."""
    own_case(uses.files, case_id, caller)
    party = _party(caller, body)
    return once.answer(lambda: case_answer(uses.hearings.state(case_id, once.act(body.text), party, version), caller))


@at(router, "POST /api/v1/cases/{case_id}/appeals", answers=CaseAnswer)
def appeal(case_id: CaseId, body: Said, uses: Uses, caller: Asking, version: Version, once: Once) -> Response:
    """Return the case after a party appealed."""
    own_case(uses.files, case_id, caller)
    party = _party(caller, body)
    return once.answer(lambda: case_answer(uses.hearings.appeal(case_id, once.act(body.text), party, version), caller))


@at(router, "POST /api/v1/cases/{case_id}/verdicts", answers=CaseAnswer)
def decide(case_id: CaseId, body: GivenVerdict, uses: Uses, caller: Asking, version: Version, once: Once) -> Response:
    """Return the case after the caller's verdict."""
    own_case(uses.files, case_id, caller)

    given = Given(
        verdict=body.verdict,
        rule=body.rule,
        photos=tuple(body.photos),
        asked=tuple(Asked(Wanted(one.kind), one.text) for one in body.asked),
        fields=body.fields,
    )

    def work() -> Answer:
        act, senior = once.act(body.rationale), Role.SENIOR in caller.roles
        done = uses.verdicts.give(case_id, act, given, version=version, heard=body.heard, senior=senior, picks=senior)
        return case_answer(done.case, caller)

    return once.answer(work)


@at(router, "GET /api/v1/cases/{case_id}/audit", answers=TrailAnswer)
def trail(case_id: CaseId, uses: Uses, caller: Asking) -> Response:
    """Return everything that was done to a case, and whether its chain holds."""
    found = own_file(uses.files, case_id, caller)
    entries = [_link(one) for one in (trail_shown(found) if blind(caller) else found.audit)]
    views = None if blind(caller) else [_view(one) for one in uses.photo_views.of(found.case)]
    whole = found.audit_broken_at is None
    return response(answer(TrailAnswer(case_id=case_id, whole=whole, entries=entries, photo_views=views)))


@at(router, "GET /api/v1/cases/{case_id}/evidence-package", media_type=ZIP)
def package(
    case_id: CaseId,
    uses: Uses,
    caller: Asking,
    audience: Annotated[Audience, Query(alias="for")] = "police",
    *,
    pdf: bool = False,
) -> Response:
    """Return a case as one zip that proves itself; ``pdf`` adds its page as a PDF, which takes some seconds."""
    found = own_file(uses.files, case_id, caller)
    made, file = uses.packages.make(found, audience, caller.act("", now_ms()), with_pdf=pdf)
    named = {"Content-Disposition": f'attachment; filename="{case_id.replace(":", "_")}.zip"'}
    pieces = iter(lambda: file.read(PIECE_BYTES), b"")
    told = named | {"Digest-Of-List": made.list_sha256}
    return StreamingResponse(pieces, media_type=ZIP, headers=told, background=BackgroundTask(file.close))


def _query(caller: Caller, wanted: CaseFilter) -> CaseQuery:
    query = CaseQuery(
        state=wanted.state,
        merchant_id=wanted.merchant,
        buyer_id=wanted.buyer,
        request_id=wanted.request,
        order=wanted.order,
    )
    _require_own(caller, Role.MERCHANT, query.merchant_id)
    _require_own(caller, Role.BUYER, query.buyer_id)
    return own_query(caller, query)


def own_query(caller: Caller, query: CaseQuery) -> CaseQuery:
    """Return the query, narrowed to the caller's own cases where they may see no others."""
    if caller.sees_everything:
        return replace(query, blind=blind(caller), viewer=viewer_of(caller))
    own = Own(merchants=caller.parties(Role.MERCHANT), buyers=caller.parties(Role.BUYER))
    return replace(query, own=own, request_id=caller.request_id or query.request_id)


def _require_own(caller: Caller, role: Role, given: str | None) -> None:
    own = caller.parties(role)
    if given is not None and own and given not in own:
        msg = f"you may list the cases of {role} {', '.join(own)} alone"
        raise NotAllowed(msg)


def _party(caller: Caller, body: Said) -> Party:
    return cast("Party", party_of(caller, body.party).value)


def _view(one: PhotoView) -> PhotoViewAnswer:
    return PhotoViewAnswer(at_ms=one.at_ms, viewer=one.viewer, places=one.places, view=one.view)


def _link(entry: AuditEntry) -> LinkAnswer:
    return LinkAnswer(
        seq=entry.seq,
        at_ms=entry.at_ms,
        actor=entry.actor,
        action=entry.action,
        payload=None if entry.payload is None else entry.payload.decode(errors="replace"),
        salt=None if entry.salt is None else entry.salt.hex(),
        commitment=entry.commitment.hex(),
        link=entry.link.hex(),
    )
