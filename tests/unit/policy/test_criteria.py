"""What is published of a policy: every reason that it may give for some request, and none that it never gives."""

import pytest

from streams.policy.compiled import compile_policy
from streams.policy.criteria import codes_of, criteria
from tests.unit.policy.questions import a_policy

RULES = ("request; request.amount_minor > 5; AMOUNT_LIMIT; 40", "request; history.claims_30d > 5; FREQUENT_CLAIMS; 40")


def codes(extra: str) -> frozenset[str]:
    return codes_of(compile_policy(a_policy(*RULES, extra=extra).text))


@pytest.mark.parametrize(
    ("extra", "more", "less"),
    [
        ("not_eligible: [{categories: [gold]}]", "NOT_ELIGIBLE", None),
        ("overrides: [{categories: [gold], audit_share: 0.2}]", "RANDOM_AUDIT", None),
        ("rules_off: [rule_0]", None, "AMOUNT_LIMIT"),
        ("overrides: [{categories: [gold], rules_off: [rule_0]}]", None, None),
    ],
)
def test_the_criteria_are_the_reasons_that_a_policy_may_give(extra: str, more: str | None, less: str | None) -> None:
    usual = codes("audit_share: 0")
    assert {"AMOUNT_LIMIT", "FREQUENT_CLAIMS", "NOT_LOOKED"} <= usual
    assert codes(f"audit_share: 0\n{extra}") == (usual | {more} if more else usual - {less})


def test_goods_that_are_not_eligible_are_published_in_both_languages() -> None:
    policy = a_policy(*RULES, extra="audit_share: 0\nnot_eligible: [{categories: [gold]}]")
    page = criteria(compile_policy(policy.text))
    assert "该类商品不适用“仅退款”\n  These goods are not eligible for a refund without return" in page
