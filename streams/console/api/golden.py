"""Golden cases: closed ones that are handed out again, unmarked, to see how reviewers judge."""

from fastapi import APIRouter, Response, status

from streams.access.idempotency import Answer
from streams.cases.quality.golden import GoldenTally
from streams.console.api.bodies import GoldenCaseAnswer, GoldenCasesAnswer, GoldenMarked
from streams.console.api.views import answer
from streams.console.endpoints import CaseId, Once, Uses, at
from streams.console.problems import response

router = APIRouter()


@at(router, "GET /api/v1/golden-cases", answers=GoldenCasesAnswer)
def list_golden(uses: Uses) -> Response:
    """Return the golden cases, the newest mark first."""
    return response(answer(GoldenCasesAnswer(golden_cases=[_told(one) for one in uses.golden.list()])))


@at(router, "POST /api/v1/golden-cases", answers=GoldenCaseAnswer)
def mark_golden(body: GoldenMarked, uses: Uses, once: Once) -> Response:
    """Return the closed case, now golden; a repeat changes nothing."""

    def work() -> Answer:
        return answer(_told(uses.golden.mark(body.case_id, once.act(body.text))))

    return once.answer(work)


@at(
    router,
    "DELETE /api/v1/golden-cases/{case_id}",
    status=status.HTTP_204_NO_CONTENT,
    none="It is handed out no longer.",
)
def unmark_golden(case_id: CaseId, uses: Uses, once: Once) -> Response:
    """Return 204: the case is golden no longer."""

    def work() -> Answer:
        uses.golden.unmark(case_id, once.act(""))
        return Answer(status=status.HTTP_204_NO_CONTENT)

    return once.answer(work)


def _told(found: GoldenTally) -> GoldenCaseAnswer:
    mark = found.mark
    return GoldenCaseAnswer(
        case_id=mark.case_id,
        verdict=mark.verdict,
        rule=mark.rule,
        marked_by=mark.marked_by,
        marked_at_ms=mark.marked_at_ms,
        answers=found.answers,
        agreed=found.agreed,
    )
