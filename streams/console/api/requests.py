"""Requests: how far they have come, a merchant's objection, and the platform's withdrawal."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import cast

from fastapi import APIRouter, Response

from streams.access.caller import Caller, party_of
from streams.access.idempotency import Answer
from streams.access.roles import Role
from streams.cases.case import Case
from streams.cases.quality.golden import GoldenCase
from streams.cases.quality.golden_showing import as_known
from streams.casework.parties.progress import DecidedContent, Progress, not_decided
from streams.console.api.bodies import (
    CaseAnswer,
    DecisionAnswer,
    DemandedAnswer,
    ObjectedAnswer,
    Objection,
    Party,
    ProgressAnswer,
    Said,
    Withdrawal,
)
from streams.console.api.views import answer, case_answer, etag, shown, viewer_of, withheld
from streams.console.endpoints import Asking, Once, RequestId, Uses, Version, at
from streams.console.problems import response
from streams.console.use_cases import UseCases
from streams.errors import NotFound, OperatorError

router = APIRouter()


@at(router, "GET /api/v1/requests/{request_id}", answers=ProgressAnswer)
def progress(request_id: RequestId, uses: Uses, caller: Asking) -> Response:
    """Return how far a request has come."""
    found = own_progress(uses, request_id, caller)
    newest = shown(found.cases[0], caller) if found.cases else None
    told = ProgressAnswer(
        request_id=request_id,
        state=newest.state if newest else "CLEAR",
        waits_for=newest.waits_for if newest else "nobody",
        due_at_ms=newest.due_at_ms if newest else None,
        verdict=newest.verdict if newest else None,
        decisions=[
            DecisionAnswer(request_digest=one.request_digest, verdict=one.verdict, decided_at_ms=one.decided_at_ms)
            for one in found.contents
        ],
        cases=[shown(case, caller) for case in found.cases],
    )
    return response(answer(told))


@at(router, "POST /api/v1/requests/{request_id}/objections", answers=ObjectedAnswer)
def object_to(request_id: RequestId, body: Objection, uses: Uses, caller: Asking, once: Once) -> Response:
    """Return the case that carries the merchant's objection."""
    name = own_name(own_progress(uses, request_id, caller))

    def work() -> Answer:
        done = uses.hearings.object_to(name, once.act(body.text), body.media_id)
        return answer(ObjectedAnswer(opened=done.opened, case=shown(done.case, caller)), tag=etag(done.case))

    return once.answer(work)


@at(router, "POST /api/v1/requests/{request_id}/human-review", answers=DemandedAnswer)
def demand_person(request_id: RequestId, body: Said, uses: Uses, caller: Asking, once: Once) -> Response:
    """Return the case that notes the demand for a human look; null: the request is not decided yet."""
    vouched = Role.PLATFORM in caller.roles or caller.request_id == request_id
    if vouched and not uses.requests.is_decided(request_id):
        name, own = request_id, None  # whose a request is that nothing is decided on yet, platforms alone know
    else:
        found = own_progress(uses, request_id, caller)
        name, own = own_name(found), frozenset(one.request_digest for one in found.contents)
    party = cast("Party", party_of(caller, body.party).value)
    if (before := once.begun()) is not None:
        return before
    # Before the answer's own transaction: whoever decides meanwhile has to see the demand. A repeat does nothing.
    try:
        done = uses.human_reviews.demand(name, once.act(body.text), party, own)
    except OperatorError as exc:
        return once.answer(partial(_refused, exc))
    case = None if done.case is None else shown(done.case, caller)
    tag = None if done.case is None else etag(done.case)
    return once.answer(lambda: answer(DemandedAnswer(opened=done.opened, case=case), tag=tag))


@at(router, "POST /api/v1/requests/{request_id}/withdrawal", answers=CaseAnswer)
def withdraw(
    request_id: RequestId, body: Withdrawal, uses: Uses, caller: Asking, version: Version, once: Once
) -> Response:
    """Return the case after the platform took its request back."""
    own_progress(uses, request_id, caller)
    return once.answer(lambda: case_answer(uses.hearings.withdraw(request_id, once.act(body.text), version), caller))


def _refused(exc: OperatorError) -> Answer:
    raise exc


def own_name(found: Progress) -> str:
    """Return the name of what the caller owns of a request: the case's id where the request's id is not clear."""
    if len(found.cases) != 1:
        return found.request_id
    [case] = found.cases
    open_to_objection = found.cleared is not None and found.cleared.request_digest != case.request_digest
    return found.request_id if open_to_objection else case.case_id


def own_progress(uses: UseCases, request_id: str, caller: Caller) -> Progress:
    """Return what became of a request, as far as it is the caller's; :class:`NotFound` where nothing of it is."""
    viewer = viewer_of(caller)
    golden = None if viewer is None else uses.files.golden_known_as(request_id, viewer)
    found = uses.requests.progress(request_id if golden is None else golden.request_id)
    mine = [one for one in found.contents if caller.owns(request_id, one.merchant_id, one.buyer_id)]
    if not mine:
        raise not_decided(request_id)
    owned = [case for case in found.cases if caller.owns(request_id, case.merchant_id, case.buyer_id)]
    cases = [case for case in owned if not withheld(uses.files, case, caller)]
    if viewer is None:
        return Progress(request_id=request_id, contents=tuple(mine), cases=tuple(cases))
    try:
        seen = [uses.files.seen_by(case, viewer) for case in cases]
    except NotFound:  # golden: to whoever may be given it, it is not there
        raise not_decided(request_id) from None
    if any(as_known(case).request_id != request_id for case in seen):  # a golden one, known by another id
        raise not_decided(request_id)
    return Progress(request_id=request_id, contents=tuple(_as_seen(mine, seen)), cases=tuple(seen))


def _as_seen(contents: Iterable[DecidedContent], cases: Iterable[Case]) -> Iterator[DecidedContent]:
    """Yield when each content was decided, as the case about it looks."""
    moved = {case.request_digest: case.moved_ms for case in cases if isinstance(case, GoldenCase)}
    for one in contents:
        yield replace(one, decided_at_ms=one.decided_at_ms + moved.get(one.request_digest, 0))
