"""What people decide counts at once, with the verdict and in its transaction, for whoever is judged next."""

from streams.adapters.sql.cases.quality import SqlQuality
from streams.cases.acts import AuditAct
from streams.casework.quality import quality_of
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database


def act(by: str, after_ms: int) -> AuditAct:
    return AuditAct(by=by, note="as it was", at_ms=NOW_MS + after_ms)


def found_on(database: Database, number: int, person: str = "b-1") -> tuple[int, int]:
    """How much people granted and refused to the person, as the judge of the person's next claim is told."""
    judge = suspecting()
    database.decide(judge, some_evidence(f"rr-{number}", buyer_id=person), now_ms=NOW_MS + 1_000 * number)
    longest = judge.asked[0].history.windows[-1]
    return longest.granted, longest.refused


def test_a_verdict_an_appeal_and_the_verdict_on_it_change_the_buyers_record_at_once(database: Database) -> None:
    database.decide(suspecting("rr-1"), some_evidence("rr-1", buyer_id="b-1"))
    database.hearings.state("rr-1", act("m-1", 1_000), "merchant")
    assert found_on(database, 2) == (0, 0)

    database.verdicts.decide("rr-1", act("lin.wei", 3_000), "REFUSE", "R-1")
    assert found_on(database, 4) == (0, 1)
    assert found_on(database, 5, "b-2") == (0, 0)

    database.hearings.appeal("rr-1", act("b-1", 6_000), "buyer")
    assert found_on(database, 7) == (0, 0)
    database.verdicts.decide("rr-1", act("chen.yu", 8_000), "GRANT", "R-1")
    assert found_on(database, 9) == (1, 0)


def test_a_verdict_changes_the_merchants_counts(database: Database) -> None:
    for name, verdict in (("rr-1", "REFUSE"), ("rr-2", "GRANT"), ("rr-3", "REFUSE")):
        database.decide(suspecting(name), some_evidence(name, buyer_id=f"b-{name}", merchant_id="m-5"))
        database.hearings.state(name, act("m-5", 1_000), "merchant")
        database.verdicts.decide(name, act("lin.wei", 2_000), verdict, "R-1")  # type: ignore[arg-type]

    found = quality_of(SqlQuality(database.engine), 1, NOW_MS + 60_000)

    assert found.by_merchant == {"m-5": {"GRANT": 1, "REFUSE": 2}}
