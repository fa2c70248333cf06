"""Cases go on under a clock that steps a day ahead and back between any two acts: nothing is lost or waits for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pytest

from schemas.units import DAY_MS, MINUTE_MS
from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.time_authority import Rfc3161Check
from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Party, Wanted
from streams.cases.case import Case
from streams.cases.looks import Given, VerdictName
from streams.cases.sent_evidence import SentMedium
from streams.casework.proving import prove
from streams.errors import OperatorError
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database

CASES = 4
STEPS = 120
STEP_AT_MOST_MS = 5 * 60 * MINUTE_MS
LATER_MS = 900 * DAY_MS
"""After which every wait of the packaged procedure is over, whatever a clock said when it began."""
WAITS = {"AWAITING_MERCHANT", "AWAITING_BUYER_EVIDENCE", "AWAITING_BOTH", "DECIDED"}
"""States that time alone ends; a person is waited for in the others."""


@dataclass
class Life:
    """Some cases, and a clock that is right, or a day off."""

    database: Database
    draw: Random
    at_ms: int = NOW_MS

    def now(self) -> int:
        """Return what the clock says, a little later than it was."""
        self.at_ms += self.draw.randrange(MINUTE_MS, STEP_AT_MOST_MS)
        return self.at_ms + self.draw.choice((-DAY_MS, 0, DAY_MS))

    def act(self, by: str) -> AuditAct:
        return AuditAct(by=by, note="as it was", at_ms=self.now())

    def cases(self) -> dict[str, Case]:
        return {case.case_id: case for case in self.database.cases.list_cases()}

    def verdict(self, case: str) -> None:
        names: tuple[VerdictName, ...] = ("GRANT", "REFUSE", "MORE_EVIDENCE")
        name, by = self.draw.choice(names), self.draw.choice(("lin", "chen", "zhou"))
        asked = (Asked(self.draw.choice((Wanted.ANGLE, Wanted.DISPATCH_VIDEO))),) if name == "MORE_EVIDENCE" else ()
        self.database.verdicts.give(
            case, self.act(by), Given(verdict=name, rule="R-1", asked=asked), heard=True, senior=True, picks=True
        )

    def in_hand(self, do: Callable[[str, AuditAct], object]) -> None:
        by = self.draw.choice(("lin", "chen"))
        found = self.database.assignments.next(self.act(by))
        if found is not None:
            do(found.assignment.assignment_id, self.act(by))

    def sent(self, case: str, by: Party) -> None:
        self.database.further.send(case, self.act("m-1"), by, [SentMedium(uri=f"claims/{self.at_ms}.jpg")])

    def passes(self) -> None:
        """Let the timers look: nothing is moved whose time has not come by their clock."""
        before, now = self.cases(), self.now()
        self.database.timers.move_due(now)
        for case_id, case in self.cases().items():
            was = before[case_id]
            if was.state != case.state:
                assert was.due_at_ms is not None, (was, case)
                assert was.due_at_ms <= now, (was, case)
        self.database.timers.expire_leases(now)


ACTS: dict[str, Callable[[Life, str], object]] = {
    "statement": lambda life, case: life.database.hearings.state(case, life.act("m-1"), "merchant"),
    "buyer's evidence": lambda life, case: life.sent(case, "buyer"),
    "merchant's evidence": lambda life, case: life.sent(case, "merchant"),
    "verdict": Life.verdict,
    "merchant's appeal": lambda life, case: life.database.hearings.appeal(case, life.act("m-1"), "merchant"),
    "buyer's appeal": lambda life, case: life.database.hearings.appeal(case, life.act("b-1"), "buyer"),
    "demand": lambda life, case: life.database.human_reviews.demand(case, life.act("b-1"), "buyer"),
    "next": lambda life, _: life.in_hand(lambda _id, act: act),
    "hold": lambda life, _: life.in_hand(life.database.assignments.hold),
    "skip": lambda life, _: life.in_hand(life.database.assignments.skip),
    "heartbeat": lambda life, _: life.in_hand(life.database.assignments.heartbeat),
    "time": lambda life, _: life.passes(),
    "more time": lambda life, _: life.passes(),
}


@pytest.mark.parametrize("seed", [1, 2])
def test_under_a_clock_that_is_a_day_off_now_and_then_every_wait_ends_and_the_trail_holds(
    seed: int, database: Database
) -> None:
    life = Life(database, Random(seed))  # noqa: S311 - no secret
    for number in range(CASES):
        name = f"rr-{number}"
        database.decide(suspecting(name), some_evidence(name, order_id=f"o-{number}"), now_ms=life.now())
    done = 0
    for _ in range(STEPS):
        case = life.draw.choice(sorted(life.cases()))
        try:
            ACTS[life.draw.choice(sorted(ACTS))](life, case)
            done += 1
        except OperatorError:  # it cannot go that way from where it stands
            pass
        for one in life.cases().values():
            assert one.state not in WAITS or one.due_at_ms is not None, one
            assert one.due_at_ms is None or one.due_at_ms <= life.at_ms + 200 * DAY_MS, one
    while database.timers.move_due(life.at_ms + LATER_MS) + database.timers.expire_leases(life.at_ms + LATER_MS):
        pass

    assert done > STEPS / 4
    assert {one.state for one in life.cases().values()} & WAITS == set()
    seals = SqlAuditSeals(database.engine)
    while seals.seal(life.at_ms, 1_000) is not None:
        pass
    assert prove(seals, Rfc3161Check([])).broken is None
