"""Texts that no request has are refused, and those that only look like another's are told, each with its place."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import decode, encode
from schemas.errors import ContractError
from schemas.records import RefundRequested
from streams.errors import PolicyError
from streams.policy.compiled import compile_policy
from streams.policy.soundness import sound, warnings
from tests.builders import a_request, with_changes
from tests.unit.policy.questions import a_policy

TODAY = date(2026, 11, 30)
LISTED = ("categories", "merchants", "products", "buyers")


def with_rule(when: str) -> str:
    """A policy of one rule, whose texts may stand in straight quotes of either kind."""
    return a_policy("request; {}; AMOUNT_LIMIT; 40".format(when.replace("'", '"'))).text


def with_part(part: str) -> str:
    return a_policy("request; request.amount_minor > 5; AMOUNT_LIMIT; 40", extra=f"audit_share: 0\n{part}").text


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def is_of_a_request(**fields: str) -> bool:
    try:
        decode(RefundRequested, encode(with_changes(a_request(), **fields)))
    except ContractError:
        return False
    return True


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\u2028\u2029\ufeff"), max_size=5
    )
)
def test_a_merchant_is_refused_just_where_no_request_can_have_it(text: str) -> None:
    policy = with_part(f"overrides: [{{merchants: [{quoted(text)}], hold_s: 5}}]")
    if is_of_a_request(merchant_id=text):
        sound(policy)
    else:
        with pytest.raises(PolicyError, match="is no id") as refused:
            sound(policy)
        assert "line 4, column 26" in str(refused.value)


@pytest.mark.parametrize("name", LISTED[1:])
@pytest.mark.parametrize("part", ["overrides", "not_eligible"])
def test_an_id_with_a_blank_is_refused_in_every_list_and_in_no_list_of_categories(name: str, part: str) -> None:
    change = ", hold_s: 5" if part == "overrides" else ""
    with pytest.raises(PolicyError, match="'m 6' is no id: ids are 1 to 128 characters"):
        sound(with_part(f"{part}: [{{{name}: [m-5, m 6]{change}}}]"))
    sound(with_part(f"{part}: [{{categories: [m 6]{change}}}]"))


@pytest.mark.parametrize(
    ("when", "column", "said"),
    [
        ("request.merchant_id == 'm 5'", 35, "request.merchant_id is never 'm 5': ids are"),
        ("request.merchant_id in ['m-5', '']", 43, "request.merchant_id is never '': ids are"),
        ("'' != request.request_id", 11, "request.request_id is never '': ids are"),
        ("request.category == ''", 32, "request.category is never '': it is 1 to 64"),
        (f"request.reason_code == '{'x' * 65}'", 35, "it is 1 to 64 characters"),
    ],
)
def test_a_condition_that_asks_for_what_no_request_has_is_refused(when: str, column: int, said: str) -> None:
    with pytest.raises(PolicyError) as refused:
        sound(with_rule(when))
    assert said in str(refused.value)
    assert f"line 7, column {column}:" in str(refused.value)
    compile_policy(with_rule(when))  # one that judges already goes on


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ceramics ", "begins or ends with a blank"),
        ("\u3000陶瓷", "begins or ends with a blank"),
        ("cera\u0301mica", "has marks apart from their letters"),
        ("陶\u200b瓷", "holds U+200B, which nobody sees"),
    ],
)
def test_a_category_that_only_looks_like_another_is_a_warning(text: str, said: str) -> None:
    for policy in (
        with_rule(f"request.category == '{text}'"),
        with_part(f"excluded_categories: [{quoted(text)}]"),
        with_part(f"overrides: [{{categories: [{quoted(text)}], hold_s: 5}}]"),
        with_part(f"not_eligible: [{{categories: [toys, {quoted(text)}]}}]"),
        with_part(f"evidence_needed: {{{quoted(text)}: {{media: 2}}}}"),
    ):
        sound(policy)
        [warning] = warnings(policy, TODAY)
        assert said in warning
        assert warning.startswith("line ")


@pytest.mark.parametrize("text", ["陶瓷", "home & garden", "cerámica", "a.b:c", "Ⅷ"])
def test_a_category_as_people_write_it_is_no_warning(text: str) -> None:
    assert warnings(with_part(f"excluded_categories: [{quoted(text)}]"), TODAY) == []
    assert warnings(with_rule(f"request.category == '{text}'"), TODAY) == []


def test_what_is_meant_for_all_other_reasons_and_a_policy_whose_rules_are_all_off_are_warnings() -> None:
    [default] = warnings(with_part("evidence_needed: {Default: {media: 2}}"), TODAY)
    assert "what holds for all others is called default" in default
    text = with_rule("request.amount_minor > 5") + "rules_off: [rule_0]\n"
    [off] = warnings(text, TODAY)
    assert "every rule is named here" in off


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (with_rule("1 < request.amount_minor < 3"), "write 1 < a && a < 3"),
        (with_rule("3 >= request.amount_minor >= 1"), "write 1 >= a && a >= 3"),
        (with_rule("request.amount_minor > 99999999999999999999"), "whole numbers have at most 64 bits"),
        (with_rule("request.claims_differ == double('NaN')"), "is no number, and no comparison with it holds"),
        (with_rule("UNQUOTED").replace("'UNQUOTED'", "true ? true : false"), "a text with a colon and a blank in it"),
        (with_part("not_eligible: [{categories: [a], from: 20261201}]"), 'write a day in quotes, as "2026-12-01"'),
        (re.sub("name: .*", "name: '  '", with_rule("true"), count=1), "the name is blank"),
    ],
)
def test_an_error_says_what_to_write_instead(text: str, said: str) -> None:
    with pytest.raises(PolicyError) as refused:
        sound(text)
    assert said in str(refused.value)
