"""What is recommended on a case, and how people close it as done or declined."""

from collections.abc import Iterable

from fastapi import APIRouter, Response

from streams.access.caller import Caller
from streams.access.idempotency import Answer
from streams.cases.acts import same_person
from streams.cases.reviewing.recommendations import Recommendation
from streams.clock import now_ms
from streams.console.api.bodies import (
    ClosedAs,
    ClosingAnswer,
    GroundAnswer,
    RecommendationAnswer,
    RecommendationsAnswer,
)
from streams.console.api.views import WHO_WORKS, answer, own_case, own_file, viewer_of
from streams.console.endpoints import Asking, CaseId, Once, Uses, Version, at
from streams.console.problems import response

router = APIRouter()


@at(router, "GET /api/v1/cases/{case_id}/recommendations", answers=RecommendationsAnswer)
def list_recommendations(case_id: CaseId, uses: Uses, caller: Asking) -> Response:
    """Return what is recommended on a case."""
    found = own_file(uses.files, case_id, caller)
    return response(_told(case_id, uses.recommendations.of(found, now_ms()), caller))


@at(router, "POST /api/v1/cases/{case_id}/recommendations", answers=RecommendationsAnswer)
def close_recommendation(
    case_id: CaseId, body: ClosedAs, uses: Uses, caller: Asking, version: Version, once: Once
) -> Response:
    """Return what is recommended on a case, after one of these was closed as done or declined."""
    own_case(uses.files, case_id, caller)

    def work() -> Answer:
        act = once.act(body.text)
        viewer = viewer_of(caller)
        done = uses.recommendations.close(case_id, body.code, body.outcome, act, version, viewer)
        return _told(case_id, done, caller)

    return once.answer(work)


def _told(case_id: str, found: Iterable[Recommendation], caller: Caller) -> Answer:
    return answer(RecommendationsAnswer(case_id=case_id, recommendations=[_one(each, caller) for each in found]))


def _one(found: Recommendation, caller: Caller) -> RecommendationAnswer:
    closed = found.closed
    return RecommendationAnswer(
        code=found.code,
        grounds=[GroundAnswer(zh=one.zh, en=one.en) for one in found.grounds],
        closed=closed
        and ClosingAnswer(
            outcome=closed.outcome,
            by=closed.by if same_person(closed.by, caller.name) or caller.has(WHO_WORKS) else None,
            at_ms=closed.at_ms,
            text=closed.note,
        ),
    )
