"""A currency that a policy leaves out is met: a person looks, and no sum is taken for one of another currency."""

import pytest

from schemas.codec import decode
from schemas.records import RefundDecided
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.kept import SqlKeptEvidence
from streams.adapters.sql.policies import PolicyStore
from streams.judgement.explaining import Explaining
from streams.policy.engine import judge
from tests.builders import a_request
from tests.contract.judging import NOW_MS
from tests.contract.sql import Database
from tests.unit.policy.questions import a_policy, looked_at

KEY = b"key-2"
RULES = ("request; request.amount_minor > 5000; HIGH_RATE; 40", "request; history.sum_minor_30d > 5000; SUM_LIMIT; 40")


@pytest.mark.parametrize(
    ("currency", "amount_minor", "codes"),
    [
        ("CNY", 9_000, ["HIGH_RATE", "SUM_LIMIT"]),
        ("CNY", 4_000, ["SUM_LIMIT"]),
        ("JPY", 9_000, ["NOT_LOOKED"]),
        ("JPY", 4, ["NOT_LOOKED"]),
        ("KWD", 9_000, ["NOT_LOOKED"]),
    ],
)
def test_a_request_in_it_goes_to_a_person_who_reads_why(
    database: Database, currency: str, amount_minor: int, codes: list[str]
) -> None:
    policy = a_policy(*RULES)
    PolicyStore(database.engine).activate(policy, NOW_MS - 1, "ops")
    store = SqlDecisionStore(database.engine, KEY)
    store.decide([looked_at(a_request("rr-0", order_id="o-0", amount_minor=6_000))], judge, NOW_MS)
    asked = a_request("rr-1", order_id="o-1", currency=currency, amount_minor=amount_minor)

    [stored] = store.decide([looked_at(asked)], judge, NOW_MS)

    decision = decode(RefundDecided, stored.message)
    assert sorted(one.code for one in decision.reasons) == codes
    if codes == ["NOT_LOOKED"]:
        found = {(one.name, one.unmeasured_code) for one in decision.reasons[0].readings}
        assert found == {(name, "currency_without_limit") for name in ("amount_minor", "sum_minor_30d")}
    [explained] = Explaining(SqlKeptEvidence(database.engine), PolicyStore(database.engine), KEY).explain("rr-1")
    assert explained.decision == decision
    assert [one.fired for one in explained.answers] == (
        [None, None] if codes == ["NOT_LOOKED"] else ["HIGH_RATE" in codes, True]
    )
