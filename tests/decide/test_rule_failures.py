"""A rule that fails while it is evaluated is counted by its name, and the request goes to review."""

import pytest

from streams.decide.rule_failures import counting_failures
from streams.metrics import Metrics
from streams.policy.engine import judge
from tests.unit.policy.questions import a_policy, a_question

DIVIDES = "request; request.amount_minor / history.claims_30d > 5; AMOUNT_LIMIT; 40"


@pytest.mark.parametrize(("rules", "failed"), [((DIVIDES,), 1), ((), 0)])
def test_a_division_by_zero_is_a_failed_rule_and_no_clear(rules: tuple[str, ...], failed: int) -> None:
    metrics = Metrics()
    decision = counting_failures(judge, metrics)(a_question(policy=a_policy(*rules)))

    assert metrics.registry.get_sample_value("sentinel_policy_rule_failures_total") == failed
    assert (decision.verdict, [one.code for one in decision.reasons]) == (
        ("REVIEW", ["NOT_LOOKED"]) if failed else ("CLEAR", [])
    )
