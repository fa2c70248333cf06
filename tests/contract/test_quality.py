"""How good the review is, and whether it keeps up, as both databases say."""

import pytest

from streams.adapters.sql.cases.quality import SqlQuality
from streams.cases.acts import AuditAct
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.reviewing.ordering import Lane
from streams.cases.states import CaseState
from streams.casework.quality.quality import QueueWatch, quality_of
from streams.casework.reviewing.assignments import Assigned
from streams.casework.reviewing.verdicts import Verdicts
from streams.metrics import Metrics
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import AtOnce, Database

MINUTE_MS = 60_000


def act(by: str, minutes: float) -> AuditAct:
    return AuditAct(by=by, note="as it was", at_ms=NOW_MS + int(minutes * MINUTE_MS))


def heard(database: Database, *names: str) -> None:
    evidence = [some_evidence(name, buyer_id=f"b-{name}") for name in names]
    database.decide(suspecting(*names), *evidence)
    for name in names:
        database.hearings.state(name, act("m-1", 10), "merchant")


def given(database: Database, by: str, minutes: float) -> Assigned:
    found = database.assignments.next(act(by, minutes))
    assert found is not None
    return found


def test_agreement_appeals_and_precision_come_from_what_people_decided(database: Database) -> None:
    heard(database, "rr-1", "rr-2")
    twice = Verdicts(database.casework, Procedure(second_review_share=1))
    twice.decide("rr-1", act("lin", 20), "REFUSE", "R-1")
    twice.decide("rr-1", act("chen", 21), "REFUSE", "R-1")
    twice.decide("rr-2", act("lin", 22), "GRANT", "R-2")
    twice.decide("rr-2", act("chen", 23), "GRANT", "R-2")
    database.hearings.appeal("rr-2", act("m-1", 24), "merchant")
    twice.decide("rr-2", act("ma", 25), "REFUSE", "R-2")

    found = quality_of(SqlQuality(database.engine), 1, NOW_MS + 60 * MINUTE_MS)

    assert (found.agreement.agreed.hits, found.agreement.agreed.of) == (2, 2)
    assert found.agreement.kappa == 1
    assert set(found.by_reviewer) == {"chen", "lin"}
    assert {rule: each.agreed.of for rule, each in found.by_rule.items()} == {"R-1": 1, "R-2": 1}
    assert (found.overturned.hits, found.overturned.of) == (1, 1)
    assert (found.precision["USED_BEFORE"].hits, found.precision["USED_BEFORE"].of) == (2, 2)


def test_waiting_handling_and_hearing_are_measured_apart(database: Database) -> None:
    heard(database, "rr-1")
    given(database, "lin", 13)
    database.verdicts.decide("rr-1", act("lin", 18), "GRANT", "R-1")

    found = quality_of(SqlQuality(database.engine), 1, NOW_MS + 60 * MINUTE_MS)

    assert (found.hearing.median_s, found.waiting.median_s, found.handling.median_s) == (600, 180, 300)


def test_what_is_missed_is_projected_from_the_random_audit(database: Database) -> None:
    heard(database, "rr-1", "rr-2", "rr-3")
    database.change("UPDATE cases SET reason_codes = 'RANDOM_AUDIT' WHERE request_id IN ('rr-1', 'rr-2')")
    database.decide(suspecting(), *(some_evidence(f"rr-{n}", buyer_id=f"b-{n}") for n in range(10, 16)))
    for name, verdict in (("rr-1", "REFUSE"), ("rr-2", "GRANT"), ("rr-3", "REFUSE")):
        database.verdicts.decide(name, act("lin", 20), verdict, "R-1")  # type: ignore[arg-type]

    found = quality_of(SqlQuality(database.engine), 1, NOW_MS + 60 * MINUTE_MS).recall

    assert (found.audited.hits, found.audited.of, found.cleared, found.caught) == (1, 2, 6, 1)
    assert found.recall == pytest.approx(1 / 4)


def test_the_queue_and_a_forecast_are_shown_as_metrics(database: Database) -> None:
    heard(database, "rr-1", "rr-2", "rr-3")
    given(database, "lin", 12)
    database.verdicts.decide("rr-1", act("lin", 14), "GRANT", "R-1")
    metrics = Metrics()

    found = SqlQuality(database.engine).queue(NOW_MS + 20 * MINUTE_MS)
    QueueWatch(SqlQuality(database.engine), AtOnce(), metrics).show(found)

    assert (found.arrivals, found.reviewers, found.backlog) == (3, 1, 2)
    assert (found.waited_ms, found.handled_ms) == (2 * MINUTE_MS, 2 * MINUTE_MS)
    assert found.open[CaseState.READY].cases == 2
    assert found.waiting[Lane.OTHER].oldest_ms == NOW_MS + 10 * MINUTE_MS
    assert metrics.registry.get_sample_value("sentinel_review_queue_cases", {"lane": "other"}) == 2
    assert metrics.registry.get_sample_value("sentinel_review_queue_oldest_seconds", {"lane": "other"}) == 600
    assert metrics.registry.get_sample_value("sentinel_case_handling_seconds") == 120
    assert metrics.registry.get_sample_value("sentinel_cases", {"state": "APPEALED"}) == 0


def test_what_was_given_back_undecided_is_told_by_how_and_the_most_by_one_person(database: Database) -> None:
    heard(database, "rr-1", "rr-2", "rr-3")
    for number, (by, conflict) in enumerate([("lin", False), ("local:lin", True), ("chen", False)]):
        given(database, by, 12 + number)
        [mine] = database.assignments.in_hand(by)
        database.assignments.skip(mine.assignment_id, act(by, 13 + number), conflict=conflict)
    given(database, "wu", 16)
    database.timers.expire_leases(NOW_MS + 40 * MINUTE_MS)
    metrics = Metrics()

    found = SqlQuality(database.engine).queue(NOW_MS + 50 * MINUTE_MS)
    QueueWatch(SqlQuality(database.engine), AtOnce(), metrics).show(found)

    assert (found.given_back, found.given_back_most) == ({"skipped": 3, "handed_over": 0, "lease_expired": 1}, 2)
    assert metrics.registry.get_sample_value("sentinel_cases_given_back", {"how": "skipped"}) == 3
    assert metrics.registry.get_sample_value("sentinel_cases_given_back_most") == 2
    assert SqlQuality(database.engine).queue(NOW_MS + 120 * MINUTE_MS).given_back_most == 0


def test_a_deadline_that_nobody_moved_a_case_on_for_is_told_until_somebody_does(database: Database) -> None:
    database.decide(suspecting("rr-1"), some_evidence("rr-1"))
    records, metrics = SqlQuality(database.engine), Metrics()
    hearing_ends_ms = DEFAULT.of("ceramics").hearing_ends_ms(NOW_MS)
    watch = QueueWatch(records, AtOnce(), metrics)

    def overdue_s(at_ms: int) -> float | None:
        watch.show(records.queue(at_ms))
        return metrics.registry.get_sample_value("sentinel_case_overdue_seconds")

    assert overdue_s(hearing_ends_ms - 1) == 0
    assert overdue_s(hearing_ends_ms + 90_000) == 90
    database.timers.move_due(hearing_ends_ms + 90_000)
    assert overdue_s(hearing_ends_ms + 91_000) == 0


def test_an_empty_database_has_figures_too(database: Database) -> None:
    found = quality_of(SqlQuality(database.engine), 30, NOW_MS)
    assert (found.agreement.kappa, found.recall.recall, found.waiting.median_s) == (None, None, None)
    queue = SqlQuality(database.engine).queue(NOW_MS)
    assert (queue.backlog, queue.reviewers_needed) == (0, None)
