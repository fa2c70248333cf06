"""What people decide counts at once, with the verdict and in its transaction, for whoever is judged next."""

from msgspec.structs import astuple

from streams.adapters.sql.cases.quality import SqlQuality
from streams.cases.acts import AuditAct
from streams.casework.quality.quality import quality_of
from streams.history.merchants import MerchantRecord, MerchantWindow
from streams.history.windows import WINDOWS_DAYS
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


def test_an_appeal_that_changes_the_verdict_is_an_overturned_one_in_the_buyers_record(database: Database) -> None:
    for number, on_appeal in ((1, "GRANT"), (2, "REFUSE")):
        name = f"rr-{number}"
        database.decide(suspecting(name), some_evidence(name, buyer_id="b-1"))
        database.hearings.state(name, act("m-1", 1_000), "merchant")
        database.verdicts.decide(name, act("lin.wei", 3_000), "REFUSE", "R-1")
        database.hearings.appeal(name, act("b-1", 6_000), "buyer")
        database.verdicts.decide(name, act("chen.yu", 8_000), on_appeal, "R-1")  # type: ignore[arg-type]

    judge = suspecting()
    database.decide(judge, some_evidence("rr-9", buyer_id="b-1"), now_ms=NOW_MS + 9_000)

    assert [window.overturned for window in judge.asked[0].history.windows] == [1] * 6
    assert judge.asked[0].history.windows[0].granted == 1


def test_objections_and_those_that_did_not_hold_are_in_the_merchants_record(database: Database) -> None:
    names = ("rr-1", "rr-2", "rr-3")
    database.decide(suspecting(), *(some_evidence(one, buyer_id=f"b-{one}", merchant_id="m-5") for one in names))
    for name in names:
        database.hearings.object_to(name, act("m-5", 1_000))
    database.verdicts.decide("rr-1", act("lin.wei", 3_000), "GRANT", "R-1")
    database.verdicts.decide("rr-2", act("lin.wei", 3_000), "REFUSE", "R-1")

    judge = suspecting()
    later = [some_evidence(f"rr-{at}", buyer_id="b-9", merchant_id=f"m-{at}") for at in (5, 6)]
    database.decide(judge, *later, now_ms=NOW_MS + 9_000)

    records = [question.merchant for question in judge.asked]
    assert records[0] is not None
    assert [astuple(window) for window in records[0].windows] == [(3, 0, 3, 2, 1)] * 6
    assert records[0].windows[0].overturn_rate == 0.5
    assert records[1] == MerchantRecord(windows=(MerchantWindow(),) * len(WINDOWS_DAYS))


def test_a_verdict_changes_the_merchants_counts(database: Database) -> None:
    for name, verdict in (("rr-1", "REFUSE"), ("rr-2", "GRANT"), ("rr-3", "REFUSE")):
        database.decide(suspecting(name), some_evidence(name, buyer_id=f"b-{name}", merchant_id="m-5"))
        database.hearings.state(name, act("m-5", 1_000), "merchant")
        database.verdicts.decide(name, act("lin.wei", 2_000), verdict, "R-1")  # type: ignore[arg-type]

    found = quality_of(SqlQuality(database.engine), 1, NOW_MS + 60_000)

    assert found.by_merchant == {"m-5": {"GRANT": 1, "REFUSE": 2}}
