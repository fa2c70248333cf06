"""Cases beside a policy: what they name differs from an ordinary request, and they must give what they say."""

from datetime import date

import pytest

from streams.errors import PolicyError
from streams.policy.compiled import Policy, compile_policy
from streams.policy.packaged import load_default
from streams.policy.trial_cases import Told, read_cases, run_case
from tests.builders import a_request
from tests.unit.policy.questions import a_policy, decided, looked_at

TODAY = date(2026, 9, 21)
DEFAULT = compile_policy(load_default()[1])


def told(given: str, policy: Policy = DEFAULT) -> Told:
    [case] = read_cases(f"- name: one\n  given: {{{given}}}\n  expect: {{verdict: CLEAR}}\n")
    return run_case(policy, case, TODAY)


def test_an_ordinary_request_is_cleared_by_the_packaged_policy() -> None:
    clear = told("")
    assert (clear.verdict, clear.reasons, clear.unsettled, clear.passed) == ("CLEAR", (), (), True)


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ("request.amount_minor: 30000", ("AMOUNT_LIMIT",)),
        ("request.category: gold", ("NOT_ELIGIBLE",)),
        ("request.currency: JPY", ("AMOUNT_LIMIT",)),
        ("history.claims_30d: 5", ("FREQUENT_CLAIMS",)),
        ("history.confirmed_forgeries: 1, history.claims_30d: 5", ("CONFIRMED_FORGER", "FREQUENT_CLAIMS")),
        ("photo.sharpness: 3", ("EVIDENCE_UNCLEAR",)),
        ("comparison.derived_score: 0.9, comparison.copied: 0.9", ("DERIVED_AND_ALTERED",)),
        ("sighting.distance_bits: 3", ("USED_BEFORE",)),
        ("request.older_references: 0", ("NO_REFERENCE",)),
        ("request.claim_photos: 0", ("EVIDENCE_MISSING",)),
        ("request.claim_photos: 0, request.reason_code: NOT_RECEIVED", ()),
        ("photo.sharpness: unmeasured", ("NOT_LOOKED",)),
        ("request.orders_30d: unmeasured, history.claim_rate_30d: unmeasured", ()),
    ],
)
def test_a_case_gives_the_reasons_that_a_request_like_it_would(given: str, reasons: tuple[str, ...]) -> None:
    assert told(given).reasons == reasons


def test_a_case_passes_only_with_its_verdict_and_all_its_reasons() -> None:
    text = "- {name: a, given: {history.claims_30d: 9}, expect: {verdict: REVIEW, reasons: [%s]}}\n"
    right, wrong = (read_cases(text % code)[0] for code in ("FREQUENT_CLAIMS", "HIGH_RATE"))
    assert (run_case(DEFAULT, right, TODAY).passed, run_case(DEFAULT, wrong, TODAY).passed) == (True, False)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("history.claims_30days: 5", "line 2.*did you mean 'history.claims_30d'"),
        ("request.currency: cny", "request.currency is never 'cny': did you mean 'CNY'"),
        ("request.currency: yuan", "request.currency is never 'yuan': write its ISO 4217 code"),
        ("history.claims_30d: many", "history.claims_30d is int: 'many' is none"),
        ("operating_points.derived: 0.1", "the policy's own"),
        ("photo.declared_ai: 1", "is bool"),
        ("request.amount_minor: -5", "line 2, column 11: request.amount_minor is never -5: it is 0 or more"),
        ("comparison.hash_distance_bits: 257", "is never 257: it is 0 to 256"),
        ("comparison.derived_score: 1.5", "is never 1.5: it is 0 to 1"),
        ("request.claim_photos: 21", "line 2, column 11: request.claim_photos is never 21: it is 0 to 20"),
        ("request.amount_minor: 9223372036854775808", "whole numbers have at most 64 bits"),
        ("request.merchant_id: m 5", "request.merchant_id is never 'm 5': ids are"),
        ("request.category: ''", "request.category is never '': it is 1 to 64 characters"),
        ("unmeasured: [features]", "unmeasured follows from what is written as unmeasured"),
        ("request.kind: refund-only", "line 2.*request.kind is never 'refund-only': did you mean 'refund_only'"),
        ("photo.capture_source: camera", "photo.capture_source is never 'camera': did you mean 'live_camera'"),
    ],
)
def test_what_a_case_cannot_give_is_named_with_its_place(given: str, said: str) -> None:
    with pytest.raises(PolicyError, match=f"(?s){said}"):
        told(given)


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        (
            "{verdict: REVIEW, reasons: [AMOUNT_LIMIT, HIGH_RAT]}",
            "line 1, column 63: unknown reason code HIGH_RAT.*'HIGH_RATE'",
        ),
        ("{verdict: CLEAR, reasons: [AMOUNT_LIMIT]}", "line 1, column 13: CLEAR has no reasons"),
    ],
)
def test_what_no_decision_says_cannot_be_expected(expect: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        read_cases(f"- {{name: a, expect: {expect}}}\n")


def test_a_case_without_what_it_expects_is_an_error_with_its_place() -> None:
    with pytest.raises(PolicyError, match=r"line 1.*expect"):
        read_cases("- name: one\n")


def test_a_sum_in_a_currency_that_the_policy_leaves_out_is_not_compared_as_if_it_were_its_own() -> None:
    """A case and a request are settled by one rule of the engine."""
    text = a_policy("request; request.amount_minor > 5000; HIGH_RATE; 40").text
    case = "- name: one\n  given: {request.currency: %s, request.amount_minor: %d}\n  expect: {verdict: REVIEW}\n"
    for currency, amount, found in (("CNY", 9_000, ("HIGH_RATE",)), ("JPY", 9_000, ("NOT_LOOKED",)), ("CNY", 9, ())):
        [one] = read_cases(case % (currency, amount))
        assert run_case(compile_policy(text), one, TODAY).reasons == found
        asked = a_request(currency=currency, amount_minor=amount)
        reasons = decided(
            looked_at(asked), policy=a_policy("request; request.amount_minor > 5000; HIGH_RATE; 40")
        ).reasons
        assert tuple(one.code for one in reasons) == found


OWN = """
name: shop
rules:
  - {id: dear, for: request, when: request.amount_minor > 500, reason: AMOUNT_LIMIT, score: 40}
  - {id: a1, for: request, when: history.days_since_first_claim < 3, reason: HIGH_RATE, score: 5, when_unmeasured: pass}
amount_limits: {}
audit_share: 0
overrides:
  - {categories: [toys], rules_off: [dear]}
  - {merchants: [m-7], rules_off: [dear]}
  - {products: [p-9], buyers: [b-9], rules_off: [dear], from: "2026-10-01"}
not_eligible: [{buyers: [b-1]}]
"""


@pytest.mark.parametrize(
    ("case", "reasons"),
    [
        ("given: {}", ("AMOUNT_LIMIT",)),
        ("given: {request.category: toys}", ()),
        ("given: {request.merchant_id: m-7}", ()),
        ("given: {request.merchant_id: m-8}", ("AMOUNT_LIMIT",)),
        ('product: p-9, buyer: b-9, day: "2026-10-01"', ()),
        ('product: p-9, buyer: b-9, day: "2026-09-30"', ("AMOUNT_LIMIT",)),
        ("buyer: b-1", ("NOT_ELIGIBLE", "AMOUNT_LIMIT")),
        ("given: {history.days_since_first_claim: 2}", ("AMOUNT_LIMIT", "HIGH_RATE")),
    ],
)
def test_a_case_sees_the_overrides_and_days_of_the_policy(case: str, reasons: tuple[str, ...]) -> None:
    [one] = read_cases(f"- {{name: one, expect: {{verdict: CLEAR}}, {case}}}\n")
    assert run_case(compile_policy(OWN), one, TODAY).reasons == reasons


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]\n", "line 1, column 1: there is no case here, so nothing would be tested"),
        ("- {name: ' ', expect: {verdict: CLEAR}}\n", "line 1, column 4: the name is blank"),
        (
            "- {name: a, expect: {verdict: CLEAR}}\n- {name: a, expect: {verdict: REVIEW}}\n",
            "line 2, column 4: another case is called 'a'",
        ),
        ("- {name: a, expect: {verdict: REVIEW, reasons: []}}\n", "line 1, column 39: REVIEW has a reason always"),
        (
            "- {name: a, expect: {verdict: REVIEW, reasons: [HIGH_RATE, HIGH_RATE]}}\n",
            "line 1, column 60: HIGH_RATE stands here twice",
        ),
    ],
)
def test_cases_that_test_nothing_or_can_never_pass_are_errors(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        read_cases(text)
