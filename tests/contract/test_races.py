"""Two acts on one case at the same instant: one comes after the other, or is told so, and the trail says which."""

import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations_with_replacement, product
from random import Random

import pytest

from schemas.units import DAY_MS, MINUTE_MS
from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.time_authority import Rfc3161Check
from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Wanted
from streams.cases.looks import Given, VerdictName
from streams.cases.sent_evidence import SentMedium
from streams.casework.record.proving import prove
from streams.errors import OperatorError
from tests.contract.case_trails import check, check_hands
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database

BEFORE_MS = NOW_MS + MINUTE_MS
"""When the acts come that are no timer's: before every deadline. The timer's clock is ahead, as another machine's."""
LATER_MS = NOW_MS + 20 * DAY_MS
"""By when every wait is over."""
Act = Callable[[Database, str, str], object]


def act(by: str) -> AuditAct:
    return AuditAct(by=by, note="at the same instant", at_ms=BEFORE_MS)


def verdict(name: VerdictName) -> Act:
    asked = (Asked(Wanted.ANGLE),) if name == "MORE_EVIDENCE" else ()
    given = Given(verdict=name, rule="R-1", asked=asked)
    return lambda database, case, by: database.verdicts.give(case, act(by), given, heard=True, picks=True)


ACTS: dict[str, Act] = {
    "grant": verdict("GRANT"),
    "refuse": verdict("REFUSE"),
    "more evidence": verdict("MORE_EVIDENCE"),
    "forgery": lambda database, case, by: database.forgeries.confirm(case, act(by), heard=True),
    "withdrawal": lambda database, case, _: database.hearings.withdraw(case, act("platform")),
    "statement": lambda database, case, _: database.hearings.state(case, act("m-1"), "merchant"),
    "buyer's appeal": lambda database, case, _: database.hearings.appeal(case, act("b-1"), "buyer"),
    "merchant's appeal": lambda database, case, _: database.hearings.appeal(case, act("m-1"), "merchant"),
    "buyer's photo": lambda database, case, by: database.further.send(
        case, act("b-1"), "buyer", [SentMedium(uri=f"claims/{by}.jpg")]
    ),
    "next": lambda database, _, by: database.assignments.next(act(by)),
    "timer": lambda database, _, __: database.timers.move_due(LATER_MS) + database.timers.expire_leases(LATER_MS),
}
STATES: dict[str, Callable[[Database, str], object]] = {
    "AWAITING_MERCHANT": lambda _database, _case: None,
    "READY": lambda database, case: database.hearings.state(case, act("m-1"), "merchant"),
    "DECIDED": lambda database, case: database.verdicts.give(
        case, act("ma"), Given(verdict="REFUSE", rule="R-1"), heard=True, picks=True
    ),
}
PAIRS = [pair for pair in combinations_with_replacement(ACTS, 2) if pair != ("timer", "timer")]
RACES = int(os.environ.get("RACES", "24"))
"""Pairs that are tried of these 65, others in each state; RACES=65 tries all."""


@pytest.mark.parametrize("state", STATES)
def test_of_two_acts_at_the_same_instant_one_comes_first_and_nothing_is_half_done(
    database: Database, state: str
) -> None:
    outcomes = Counter[str]()
    with ThreadPoolExecutor(2) as pool:
        for number, pair in enumerate(Random(state).sample(PAIRS, RACES)):  # noqa: S311 - no secret
            case = opened(database, number, state)
            start = threading.Barrier(2)

            def at_once(name: str, by: str, case: str = case, start: threading.Barrier = start) -> str:
                start.wait()
                try:
                    ACTS[name](database, case, by)
                except OperatorError as exc:  # anything else is a fault
                    return type(exc).__name__
                return "done"

            outcomes.update(pool.map(at_once, pair, (f"lin-{number}", f"chen-{number}")))

    assert outcomes["done"] > RACES / 4, outcomes  # in each state some acts cannot be
    check(database, {})
    check_hands(database)
    told_as_often_as_done(database)
    proved = prove(SqlAuditSeals(database.engine), Rfc3161Check([]))
    assert proved.broken is None
    doubled = "SELECT case_id FROM verdicts GROUP BY case_id, number HAVING count(*) > 1"
    assert database.rows(doubled) == []


def opened(database: Database, number: int, state: str) -> str:
    """Return a case of its own person, order and picture, where a race begins."""
    name = f"rr-{number}"
    evidence = some_evidence(name, buyer_id=f"b-{number}", order_id=f"o-{number}")
    [decision] = database.decide(suspecting(name), evidence)
    STATES[state](database, str(decision.case_id))
    return str(decision.case_id)


def told_as_often_as_done(database: Database) -> None:
    """Fail unless the platform is told of each verdict, appeal and end as often as the trails have one."""
    events = Counter((event.case_id, str(event.event)) for event in database.events())
    trails = Counter((entry.case_id, entry.action) for entry in database.entries())
    cases = {case for case, _ in trails}
    deciding = ("GRANTED", "REFUSED", "FORGERY_CONFIRMED")
    for case, (event, actions) in product(cases, {"DECIDED": deciding, "APPEALED": ("APPEALED",)}.items()):
        assert events[case, event] == sum(trails[case, action] for action in actions), (case, event)
