"""A case as each role may see it."""

from fastapi import status
from pydantic import BaseModel

from streams.access.caller import Caller
from streams.access.idempotency import Answer
from streams.access.roles import Role
from streams.cases.acts import same_person
from streams.cases.asked import Asked
from streams.cases.case import Case, CaseFile
from streams.cases.quality.golden import Viewer
from streams.cases.quality.golden_showing import as_known
from streams.cases.reviewing.withholding import case_shown
from streams.cases.states import ENDED, WAITS_FOR
from streams.casework.files import CaseFiles
from streams.console.api.bodies import AskedAnswer, CaseAnswer
from streams.errors import NotFound
from streams.policy.reasons import OF_THE_BUYER

JUDGES = frozenset(Role) - {Role.BUYER}
"""Who sees how risky the machine found a case, and why: a buyer would learn how to get past it."""
WHO_WORKS = frozenset({Role.SENIOR, Role.OPERATOR, Role.AUDITOR, Role.ADMIN})
"""Who sees the names of reviewers: they never reach platform or parties."""
KNOWS_BUYERS = frozenset({Role.PLATFORM, Role.MERCHANT, Role.BUYER, Role.AUDITOR, Role.OPERATOR, Role.ADMIN})
"""Who sees whose claim it is: whoever decides it does not need to."""

KNOWS_VERDICTS = frozenset(Role) - {Role.REVIEWER, Role.SENIOR}
"""Who sees a verdict that was appealed: whoever decides the appeal comes to one without it."""


def blind(caller: Caller) -> bool:
    """Return whether ``caller`` gives verdicts, and so must not see those of others."""
    return not caller.has(KNOWS_VERDICTS)


def viewer_of(caller: Caller) -> Viewer | None:
    """Return the caller as a viewer, to whom golden cases look like any others; None: they give no verdicts."""
    return Viewer(caller.name, senior=Role.SENIOR in caller.roles) if blind(caller) else None


def shown(case: Case, caller: Caller) -> CaseAnswer:
    """Return the case as ``caller`` may see it."""
    if blind(caller):
        case = as_known(case_shown(case, senior=Role.SENIOR in caller.roles))
    judges = caller.has(JUDGES)
    verdict = case.verdict if case.state in ENDED or not blind(caller) else None
    return CaseAnswer(
        case_id=case.case_id,
        request_id=case.request_id,
        order_id=case.order_id,
        merchant_id=case.merchant_id,
        buyer_id=case.buyer_id if caller.has(KNOWS_BUYERS) else None,
        category=case.category,
        amount_minor=case.amount_minor,
        currency=case.currency,
        state=case.state.value,
        version=case.version,
        opened_at_ms=case.opened_at_ms,
        due_at_ms=case.due_at_ms,
        waits_for=WAITS_FOR[case.state],
        asked=[AskedAnswer(kind=one.kind.value, text=one.text) for one in case.asked if _asked_of(one, caller)],
        score=case.score if judges else None,
        reasons=[code for code in case.reason_codes if told_reason(code, caller)],
        assignee=case.assignee if _theirs(case, caller) or caller.has(WHO_WORKS) else None,
        verdict=verdict,
        decided_at_ms=None if verdict is None else case.decided_at_ms,
        cluster_id=case.cluster_id if caller.sees_everything else None,
    )


def told_reason(code: str, caller: Caller) -> bool:
    """Return whether ``caller`` may know that this is why a person looks: no merchant learns of a buyer's record."""
    return caller.has(JUDGES) and (caller.sees_everything or code not in OF_THE_BUYER)


def _asked_of(one: Asked, caller: Caller) -> bool:
    """Return whether ``caller`` may know that this was asked for: no party learns what the other one is to send."""
    return caller.sees_everything or Role(one.kind.party) in caller.roles


def etag(case: Case) -> str:
    """Return the tag of the case as it is now, for ``If-Match``."""
    return f'"{case.version}"'


def answer(model: BaseModel, *, code: int = status.HTTP_200_OK, tag: str | None = None) -> Answer:
    """Return a model as the answer to a call."""
    return Answer(status=code, body=model.model_dump_json().encode(), etag=tag)


def case_answer(case: Case, caller: Caller) -> Answer:
    """Return one case as an answer, with its tag."""
    return answer(shown(case, caller), tag=etag(case))


def own_case(files: CaseFiles, case_id: str, caller: Caller) -> Case:
    """Return the case of this id; :class:`NotFound`, in the same words, where it is another party's or nobody's."""
    try:
        return _own(files.case(case_id, viewer_of(caller)), files, case_id, caller)
    except NotFound:
        raise not_there(case_id) from None


def own_file(files: CaseFiles, case_id: str, caller: Caller) -> CaseFile:
    """Return all that may be shown of the case of this id; errors as of :func:`own_case`."""
    try:
        found = files.show(case_id, senior=Role.SENIOR in caller.roles, viewer=viewer_of(caller))
        _own(found.case, files, case_id, caller)
    except NotFound:
        raise not_there(case_id) from None
    return found


def _own(case: Case, files: CaseFiles, case_id: str, caller: Caller) -> Case:
    named = case.case_id == case_id and caller.owns(case.request_id, case.merchant_id, case.buyer_id)
    if not named or withheld(files, case, caller):
        raise not_there(case_id)
    return case


def _theirs(case: Case, caller: Caller) -> bool:
    return case.assignee is not None and same_person(case.assignee, caller.name)


def withheld(files: CaseFiles, case: Case, caller: Caller) -> bool:
    """Return whether to hide the case from ``caller``: it tells a verdict that is appealed, and they may decide that.

    Whoever has it in hand may see it.
    """
    return blind(caller) and not _theirs(case, caller) and files.withheld(case)


def not_there(case_id: str) -> NotFound:
    """Return the error for a case that is not there, or is not shown: both sound alike."""
    return NotFound(f"there is no case {case_id} that you may see")
