"""Confirming that a photo is forged: who may say so when, and what follows for the claims that it touches."""

from collections.abc import Collection
from dataclasses import dataclass

from streams.cases.case import Case
from streams.cases.states import CaseState
from streams.errors import CaseChanged, OperatorError

FORGERY_CONFIRMED = "FORGERY_CONFIRMED"
"""The verdict, and the name of the act in the audit trail."""
FORGERY_REVOKED = "FORGERY_REVOKED"

LINKED_SCORE = 95
"""Where a case that is opened for a confirmed forgery stands among the others, 0 to 100."""
LINKED_REASON = "LINKED_TO_FORGERY"

_WAITS = {
    CaseState.AWAITING_MERCHANT: "the merchant has not been heard",
    CaseState.NEEDS_BUYER_EVIDENCE: "the buyer was asked for evidence and has not answered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditAct:
    """What a person does to a case: who, why, and when."""

    by: str
    note: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What a confirmation did: ``photos`` (their sightings) are in the bank, ``opened`` are cases that it opened.

    ``repeated``: somebody had confirmed it before.
    """

    case: Case
    photos: tuple[str, ...]
    opened: tuple[Case, ...]
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """What taking a confirmation back did: ``closed`` are cases that nothing else keeps open.

    ``repeated``: somebody had revoked it before.
    """

    case: Case
    closed: tuple[Case, ...]
    repeated: bool


def require_version(case: Case, version: int | None) -> None:
    """Return when the case is still the one that was read, else raise :class:`CaseChanged`; None: whatever it is."""
    if version is not None and version != case.version:
        raise changed(case.case_id)


def changed(case_id: str) -> CaseChanged:
    """Return the error for whoever comes late."""
    return CaseChanged(f"somebody else changed case {case_id} since you read it: refund-sentinel case show {case_id}")


def require_confirmable(case: Case, said: AuditAct, earlier: Collection[str], *, heard: bool) -> None:
    """Return when a forgery may be confirmed on the case as it stands, else raise :class:`OperatorError`.

    ``heard`` says that whoever the case waits for answered elsewhere; ``earlier`` are those who came to a verdict on
    it before: an appeal is for somebody else.
    """
    if case.state in {CaseState.DECIDED, CaseState.CLOSED}:
        verdict = "" if case.verdict is None else f" with the verdict {case.verdict}"
        msg = f"case {case.case_id} is {case.state}{verdict}: only a case that is open can be confirmed as a forgery"
        raise OperatorError(msg)
    over = case.due_at_ms is not None and case.due_at_ms <= said.at_ms
    if case.state in _WAITS and not heard and not over:
        msg = f"{_WAITS[case.state]} on case {case.case_id}: wait, or say --heard when that happened elsewhere"
        raise OperatorError(msg)
    if case.state is CaseState.APPEALED and said.by in earlier:
        msg = f"case {case.case_id} was decided by {said.by} before: somebody else has to decide it now"
        raise OperatorError(msg)
