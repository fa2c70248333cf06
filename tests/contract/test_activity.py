"""What a buyer and a merchant did week by week, on each database."""

from sqlalchemy import Engine

from streams.adapters.sql.cases.case_files import SqlCaseRecords
from streams.cases.activity import WEEK_MS, Activity, Weeks
from tests.builders import AT_MS, a_request, an_evidence
from tests.contract.judging import suspecting
from tests.contract.sql import Database

NOW = AT_MS + 1_000


def test_claims_and_cases_are_counted_by_week_without_the_case_itself_and_what_is_older(
    database: Database, engine: Engine
) -> None:
    for number, weeks_ago in enumerate((0, 1, 1, 11, 13)):
        at_ms = AT_MS - weeks_ago * WEEK_MS
        request = a_request(f"rr-{number}", order_id=f"o-{number}", requested_at_ms=at_ms)
        evidence = an_evidence(request, appended_at_ms=at_ms)
        database.decide(suspecting(request.request_id), evidence, now_ms=at_ms)
    other = a_request("rr-other", buyer_id="b-2", merchant_id="m-2", order_id="o-9")
    database.decide(suspecting("rr-other"), an_evidence(other), now_ms=AT_MS)
    records = SqlCaseRecords(engine)

    found = records.activity(records.case("rr-0"), NOW)

    nothing = (0,) * 12
    expected = (1, *nothing[1:10], 2, 0)
    assert found == Activity(buyer=Weeks(expected, nothing), merchant=Weeks(expected, nothing))
