"""One table of reasons: every code in both languages, and words that never fail."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import ReasonText
from streams.policy.compiled import compile_policy
from streams.policy.packaged import load_default
from streams.policy.reasons import TEXT_LIMIT, reasons, words
from streams.policy.variables import BY_SUBJECT, ONLY_UNMEASURED, VARIABLES
from streams.wording import money
from tests.unit.policy.questions import a_policy, codes, decided, text_of

OF_THE_CONTRACT = {
    "DERIVED_AND_ALTERED",
    "RESENT_REFERENCE",
    "USED_BEFORE",
    "KNOWN_FORGERY",
    "AI_LABEL",
    "SCENE_REGENERATED",
    "CONTRADICTS_ITSELF",
    "EVIDENCE_MISSING",
    "EVIDENCE_UNCLEAR",
    "NOT_LOOKED",
    "CONTENT_CHANGED",
    "NOT_ELIGIBLE",
    "AMOUNT_LIMIT",
    "FREQUENT_CLAIMS",
    "HIGH_RATE",
    "CONFIRMED_FORGER",
    "CREDIT_SIGNAL",
    "MERCHANT_OBJECTION",
    "RANDOM_AUDIT",
}
EVERY_CODE = sorted(reasons().reasons)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def nothing(_: str) -> None:
    return None


def test_the_table_holds_every_code_of_the_contract() -> None:
    assert set(EVERY_CODE) >= OF_THE_CONTRACT


@pytest.mark.parametrize("code", EVERY_CODE)
def test_each_reason_ends_with_a_text_that_needs_nothing(code: str) -> None:
    last = reasons().reasons[code].texts[-1]
    assert last.placeholders == frozenset()
    assert words(code, nothing) == ReasonText(zh=last.zh, en=last.en)


@pytest.mark.parametrize("code", EVERY_CODE)
def test_what_texts_are_filled_with_is_declared(code: str) -> None:
    engine = {"engine.others", "engine.reading", "engine.about", "engine.why"}
    for wording in reasons().reasons[code].texts:
        assert wording.placeholders <= set(VARIABLES) | engine


def test_every_rule_of_the_packaged_policy_has_texts() -> None:
    policy = compile_policy(load_default()[1])
    assert {rule.reason for rule in policy.document.rules} <= set(EVERY_CODE)


@pytest.mark.parametrize("code", EVERY_CODE)
@pytest.mark.parametrize("subject", list(BY_SUBJECT))
def test_a_rule_about_any_subject_may_give_any_reason(code: str, subject: str) -> None:
    if subject == "sighting":
        return
    decision = decided(policy=a_policy(f"{subject}; true; {code}; 50"))
    assert codes(decision) == [code]
    assert "{" not in text_of(decision, code).zh + text_of(decision, code).en


@given(
    st.sampled_from(EVERY_CODE),
    st.dictionaries(st.sampled_from(sorted(VARIABLES)), st.text(max_size=5_000)),
    st.integers(0, 400),
)
def test_words_never_fail_and_never_grow_without_bound(code: str, known: dict[str, str], others: int) -> None:
    text = words(code, known.get, others)
    assert 0 < len(text.zh) <= TEXT_LIMIT + 50
    assert 0 < len(text.en) <= TEXT_LIMIT + 50


def test_a_value_with_braces_is_taken_as_it_is() -> None:
    text = words("NOT_ELIGIBLE", {"request.category": "{request.currency}"}.get)
    assert text.zh == "“{request.currency}”类商品不适用“仅退款”。请决定是否要求退货。"


def test_two_variables_never_share_the_name_of_a_reading() -> None:
    names = [variable.reading for variable in VARIABLES.values() if variable.is_reading]
    assert sorted(set(names)) == sorted(names)
    assert not set(names) & set(ONLY_UNMEASURED)


@pytest.mark.parametrize(
    ("minor", "currency", "expected"),
    [
        (12_900, "CNY", "129.00 CNY"),
        (5, "EUR", "0.05 EUR"),
        (1_234_567, "USD", "12,345.67 USD"),
        (129, "JPY", "129 JPY"),
        (1_500, "KWD", "1.500 KWD"),
    ],
)
def test_amounts_are_written_with_the_decimals_of_their_currency(minor: int, currency: str, expected: str) -> None:
    assert money.in_words(minor, currency) == expected
