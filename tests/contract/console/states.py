"""Cases brought into every state that people meet them in."""

from collections.abc import Callable

from schemas.units import DAY_MS
from streams.cases.acts import AuditAct
from streams.cases.procedure import Procedure
from streams.casework.reviewing.verdicts import Verdicts
from streams.clock import now_ms
from tests.contract.sql import Database


def done_by(name: str, note: str = "as it was") -> AuditAct:
    """Return what somebody does now."""
    return AuditAct(by=name, note=note, at_ms=now_ms())


def heard(database: Database, request_id: str) -> None:
    database.hearings.state(request_id, done_by("m-1", "sent whole"), "merchant")


def taken(database: Database, request_id: str) -> None:
    """Give the case to lin.wei; no other may be ready."""
    heard(database, request_id)
    assert database.assignments.next(done_by("lin.wei")) is not None


def looked_at_once(database: Database, request_id: str) -> None:
    heard(database, request_id)
    Verdicts(database.casework, Procedure(second_review_share=1)).decide(request_id, done_by("chen"), "REFUSE", "R-1")


def granted(database: Database, request_id: str) -> None:
    heard(database, request_id)
    database.verdicts.decide(request_id, done_by("chen"), "GRANT", "DAMAGE_SHOWN")


def forged(database: Database, request_id: str) -> None:
    heard(database, request_id)
    database.verdicts.decide(request_id, done_by("chen"), "FORGERY_CONFIRMED", "PHOTO_EDITED")


def appealed(database: Database, request_id: str) -> None:
    granted(database, request_id)
    database.hearings.appeal(request_id, done_by("m-1", "it arrived whole"), "merchant")


def closed(database: Database, request_id: str) -> None:
    """Let all time run out: no other case may be open."""
    granted(database, request_id)
    database.timers.move_due(now_ms() + 90 * DAY_MS)


BROUGHT: dict[str, Callable[[Database, str], object]] = {
    "closed": closed,
    "mine": taken,
    "waiting": lambda _database, _request_id: None,
    "ready": heard,
    "second": looked_at_once,
    "granted": granted,
    "forged": forged,
    "appealed": appealed,
}
"""What brings the case of a request there, in the order in which they can be brought there side by side."""


def in_every_state(database: Database, open_case: Callable[[str], str]) -> dict[str, str]:
    """Return a case in each state, by the state's name; its request is ``rr-`` and that name."""
    cases = {}
    for state, bring in BROUGHT.items():
        cases[state] = open_case(f"rr-{state}")
        bring(database, f"rr-{state}")
    return cases
