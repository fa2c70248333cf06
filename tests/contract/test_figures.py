"""Figures for whoever leads a desk, on each database: verdicts over time, money, deadlines, who is at work."""

import pytest
from sqlalchemy import Engine, text

from schemas.units import DAY_MS
from streams.adapters.sql.cases.figures import SqlFigures
from streams.adapters.sql.cases.quality import SqlQuality
from streams.adapters.sql.cases.reach import SqlReach
from streams.cases.acts import AuditAct
from streams.cases.procedure import Procedure
from streams.cases.quality.figures import HOURS, AtWork, Money
from streams.casework.quality.figures import Figures, Statistics
from streams.casework.reviewing.verdicts import Verdicts
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database

MINUTE_MS = 60_000


def act(by: str, minutes: float) -> AuditAct:
    return AuditAct(by=by, note="seen", at_ms=round(NOW_MS + minutes * MINUTE_MS))


def figures(database: Database) -> Figures:
    return Figures(SqlQuality(database.engine), SqlFigures(database.engine), SqlReach(database.engine))


def statistics(database: Database, at_ms: int) -> Statistics:
    found = figures(database).statistics(7, at_ms)
    assert found is not None
    return found


def decided_two_of_three(database: Database) -> None:
    names = [f"rr-{number}" for number in (1, 2, 3)]
    evidence = [some_evidence(name, buyer_id=f"b-{name}") for name in names]
    database.decide(suspecting(*names), *evidence)
    database.decide(suspecting(), some_evidence("rr-clear", buyer_id="b-clear"))
    for name in names:
        database.hearings.state(name, act("m-1", 1), "merchant")
    alone = Verdicts(database.casework, Procedure(second_review_share=0))
    alone.decide("rr-1", act("lin", 5), "GRANT", "R-1")
    alone.decide("rr-2", act("lin", 6), "REFUSE", "R-1")


def test_money_is_held_cleared_granted_and_refused(database: Database) -> None:
    decided_two_of_three(database)

    found = statistics(database, NOW_MS + DAY_MS)
    later = statistics(database, NOW_MS + 30 * DAY_MS)

    assert found.money == [Money(currency="CNY", held=12_900, cleared=12_900, granted=12_900, refused=12_900)]
    assert later.money == [Money(currency="CNY", held=12_900, cleared=0, granted=0, refused=0)]


def test_verdicts_stand_in_their_day(database: Database) -> None:
    decided_two_of_three(database)

    found = statistics(database, NOW_MS + DAY_MS)

    assert len(found.periods) == 7
    assert [(one.granted, one.against) for one in found.periods[-2:]] in ([(0, 0), (1, 1)], [(1, 1), (0, 0)])
    assert sum(one.granted + one.against for one in found.periods) == 2


def test_deadlines_and_people_at_work_are_counted(database: Database) -> None:
    decided_two_of_three(database)
    taken = database.assignments.next(act("chen", 10))
    assert taken is not None

    found = figures(database).workload(NOW_MS + 11 * MINUTE_MS)

    assert found.people == [AtWork(name="chen", seen_at_ms=NOW_MS + 10 * MINUTE_MS, in_hand=1)]
    database.assignments.skip(taken.assignment.assignment_id, act("chen", 11))
    assert figures(database).workload(NOW_MS + 12 * MINUTE_MS).people[0].given_back == 1
    due = found.due
    assert due.late + due.in_4_hours + due.in_a_day + due.later + due.without == 1
    assert figures(database).workload(NOW_MS + DAY_MS).people == []


def test_cases_that_come_and_go_are_counted_by_the_hour(database: Database) -> None:
    names = [f"rr-{number}" for number in (1, 2, 3)]
    database.decide(suspecting(*names), *(some_evidence(name, buyer_id=f"b-{name}") for name in names))
    for name in names:
        database.hearings.state(name, act("m-1", 1), "merchant")
    taken = [database.assignments.next(act(by, 2)) for by in ("chen", "lin")]
    assert taken[0] is not None
    database.verdicts.decide(taken[0].case.request_id, act("chen", 3), "GRANT", "R-1")

    def moved(minutes: int) -> list[tuple[int, int]]:
        return [(one.arrived, one.decided) for one in figures(database).workload(act("", minutes).at_ms).hours]

    now = moved(4)
    assert (len(now), [sum(counts) for counts in zip(*now, strict=True)]) == (HOURS, [3, 1])
    assert moved(4 + 3 * 60)[:-3] == now[3:], "hours of the clock pass by"


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_decisions_of_some_days_are_counted_without_reading_those_before(engine: Engine) -> None:
    counted = "SELECT count(*) FROM decisions WHERE verdict = 'CLEAR' AND decided_at_ms >= 1"
    with engine.connect() as connection:
        plan = [str(row[-1]) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {counted}"))]

    assert plan == ["SEARCH decisions USING COVERING INDEX ix_decisions_decided_at_ms (decided_at_ms>?)"]
