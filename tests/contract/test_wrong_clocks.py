"""Cases go on under a clock that steps a day ahead and back between any two acts: nothing is lost or waits for ever."""

from collections.abc import Callable
from contextlib import suppress
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
from streams.cases.procedure import Procedure
from streams.cases.reviewing.assignment import Terms
from streams.cases.sent_evidence import SentMedium
from streams.casework.quality.golden import GoldenCases
from streams.casework.record.proving import prove
from streams.casework.reviewing.assignments import Assignments
from streams.casework.reviewing.verdicts import Verdicts
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

    def decides_in_hand(self) -> None:
        """Decide what one is given, as the page does; a verdict of two needs the other one's hands, too."""
        by = self.draw.choice(("lin", "chen", "zhou", "wu"))
        found = self.database.assignments.next(self.act(by), golden=True)
        if found is not None:
            name: VerdictName = self.draw.choice(("GRANT", "REFUSE"))
            given = Given(verdict=name, rule="R-1")
            self.database.verdicts.give(found.assignment.case_id, self.act(by), given, heard=True, senior=by == "wu")

    def in_hand(self, do: Callable[[str, AuditAct], object]) -> None:
        by = self.draw.choice(("lin", "chen"))
        found = self.database.assignments.next(self.act(by), golden=True)
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
    "verdict in hand": lambda life, _: life.decides_in_hand(),
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


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_second_looks_and_golden_cases_end_under_a_clock_that_is_a_day_off(seed: int, database: Database) -> None:
    """Every verdict needs a second person's, and whoever asks for a case is given a golden one first."""
    golden = "rr-golden"
    decided_then(database, golden)
    GoldenCases(database.cases, database.casework).mark(golden, AuditAct(by="ma", note="clear", at_ms=NOW_MS))
    database.verdicts = Verdicts(database.casework, Procedure(second_review_share=1))
    database.assignments = Assignments(database.casework, Terms(golden_share=1))
    life = Life(database, Random(seed))  # noqa: S311 - no secret
    for number in range(CASES):
        name = f"rr-{number}"
        database.decide(suspecting(name), some_evidence(name, order_id=f"o-{number}"), now_ms=life.now())
    acts = [name for name in ACTS if name != "verdict"] + ["verdict in hand"] * 4 + ["verdict"]
    for _ in range(STEPS):
        case = life.draw.choice(sorted(life.cases()))
        with suppress(OperatorError):
            ACTS[life.draw.choice(acts)](life, case)
    later = life.at_ms
    while database.timers.move_due(later + LATER_MS) + database.timers.expire_leases(later + LATER_MS):
        later += LATER_MS

    assert {one.state for one in life.cases().values()} & WAITS == set()
    assert database.rows("SELECT count(*) FROM assignments WHERE ended_at_ms IS NULL") == [(0,)]
    assert database.rows("SELECT count(*) FROM assignments WHERE golden") != [(0,)]
    twice = (
        "SELECT count(*) FROM verdicts WHERE verdict <> 'MORE_EVIDENCE' GROUP BY case_id, reviewer HAVING count(*) > 1"
    )
    assert database.rows(twice) == []
    assert database.cases.show(golden).case.state == "CLOSED"
    proves(database, life.at_ms)


def decided_then(database: Database, name: str) -> None:
    """Have a case decided and closed a month ago."""
    then = NOW_MS - 30 * DAY_MS
    database.decide(suspecting(name), some_evidence(name, buyer_id="b-9", merchant_id="m-9"), now_ms=then)
    database.hearings.state(name, AuditAct(by="m-9", note="packed whole", at_ms=then + 1_000), "merchant")
    database.verdicts.decide(name, AuditAct(by="ma", note="real", at_ms=then + 2_000), "REFUSE", "R-1")
    database.timers.move_due(then + 20 * DAY_MS)


def proves(database: Database, at_ms: int) -> None:
    """Fail unless all that was done is sealed and every chain holds."""
    seals = SqlAuditSeals(database.engine)
    while seals.seal(at_ms, 1_000) is not None:
        pass
    assert prove(seals, Rfc3161Check([])).broken is None


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
    proves(database, life.at_ms)
