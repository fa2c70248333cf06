"""`policy overview`: what rules did in the last days beside the days before, and whom the policy sends to review."""

from collections.abc import Iterable, Mapping

import pytest
from sqlalchemy import text

from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.engine import open_engine, writing
from streams.adapters.sql.policies import PolicyStore
from streams.clock import now_ms
from streams.judgement.versions import read
from streams.policy.engine import judge
from tests.builders import DAY_MS, a_claim_medium, a_request
from tests.command_line import run
from tests.unit.policy.questions import looked_at

TEXT = """
name: shop
rules:
  - {id: dear, for: request, when: request.amount_minor > 5000, reason: AMOUNT_LIMIT, score: 40, tags: [money]}
  - {id: toys, for: request, when: request.category == "toys", reason: NOT_ELIGIBLE, score: 30}
  - {id: once, for: request, when: request.category == "lamps", reason: NOT_ELIGIBLE, score: 30}
  - {id: never, for: request, when: request.amount_minor > 900000, reason: SUM_LIMIT, score: 30}
amount_limits: {}
audit_share: 0
overrides: [{categories: [books], audit_share: 1}]
"""


def decide(url: str, days_ago: int, requests: Iterable[tuple[str, str, int]]) -> None:
    engine, at_ms = open_engine(url), now_ms() - days_ago * DAY_MS - 1
    PolicyStore(engine).seed(read(TEXT), at_ms)
    made = [
        a_request(
            name,
            buyer_id=f"b-{name}",
            category=category,
            amount_minor=amount,
            requested_at_ms=at_ms,
            claim_media=[a_claim_medium(capture_source="live_camera" if category == "toys" else "album")],
        )
        for name, category, amount in requests
    ]
    SqlDecisionStore(engine).decide([looked_at(one) for one in made], judge, at_ms)
    engine.dispose()


@pytest.fixture
def two_months(upgraded: Mapping[str, str]) -> Mapping[str, str]:
    """Twenty dear claims of forty now, and one of eleven before (and a lamp); two toys, both dear; two books."""
    url = upgraded["database_url"]
    decide(url, 45, [(f"old-{n}", "ceramics", 9_000 if n == 0 else 100) for n in range(10)])
    decide(url, 31, [("old-lamp", "lamps", 100)])
    decide(url, 90, [("too-old", "ceramics", 9_000)])
    now = [(f"rr-{n}", "ceramics", 9_000 if n < 18 else 100) for n in range(36)]
    decide(url, 2, [*now, ("t-1", "toys", 9_000), ("t-2", "toys", 9_000), ("bk-1", "books", 1), ("bk-2", "books", 2)])
    engine = open_engine(url)
    with writing(engine) as connection:
        for name, verdict in (("rr-0", "REFUSE"), ("rr-1", "GRANT"), ("t-1", "REFUSE"), ("bk-1", "FORGERY_CONFIRMED")):
            given = {"name": name, "verdict": verdict}
            connection.execute(text("UPDATE cases SET verdict = :verdict WHERE request_id = :name"), given)
    engine.dispose()
    return upgraded


def test_rules_are_told_beside_the_days_before(two_months: Mapping[str, str]) -> None:
    [told] = run("policy", "overview", "--json", settings=two_months).records

    assert (told["judged"], told["judged_before"], told["not_judged"]) == (40, 11, {})
    dear = told["rules"]["dear"]
    assert (dear["fired"], dear["alone"], dear["hit_rate"]["value"]) == (20, 18, 0.5)
    assert (dear["hit_rate_before"]["value"], dear["tags"]) == (0.0909, ["money"])
    assert dear["drift"]["p"] < 0.05
    assert (dear["precision"]["value"], dear["precision"]["of"]) == (0.6667, 3)
    assert told["silent"] == ["never", "once"], "one never fired, one not in these 30 days"
    assert told["rules"]["once"]["newest_at_ms"] is not None
    assert told["overlap"] == [{"rules": ["dear", "toys"], "both": 2, "of_each": [0.1, 1.0]}]


def test_shares_of_groups_and_the_random_audit_are_told(two_months: Mapping[str, str]) -> None:
    [told] = run("policy", "overview", "--json", settings=two_months).records

    by_category = told["flagged_by"]["category"]
    assert (by_category["ceramics"]["judged"], by_category["ceramics"]["review_after"]) == (36, 18)
    assert by_category["toys"]["interval_95"] == [0.3424, 1.0]
    assert set(told["flagged_by"]["capture"]) == {"album", "live_camera"}
    assert told["differences"]["merchant"] is None
    assert 0 < told["differences"]["capture"]["p"] < 1
    books, ceramics = told["audit"]["books"], told["audit"]["ceramics"]
    assert (books["cleared"], books["drawn"], books["expected"], books["missed"]["value"]) == (2, 2, 2.0, 1.0)
    assert (ceramics["cleared"], ceramics["drawn"], ceramics["missed"]["value"]) == (18, 0, None)


def test_people_read_it_as_tables(two_months: Mapping[str, str]) -> None:
    told = run("policy", "overview", "--days", "30", settings=two_months)
    assert told.status == 0
    for words in ("dear", "silent for 30 days: never, once", "dear + toys", "random audit by category"):
        assert words in told.text
