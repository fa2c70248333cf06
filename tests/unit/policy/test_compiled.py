"""A policy that does not hold what it promises is refused when it is read, with the place and what to do."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import PolicyError
from streams.policy.compiled import Policy, compile_policy
from streams.policy.document import digest_of
from streams.policy.packaged import load_default

GOOD = """\
name: shop
audit_share: 0.01
amount_limits:
  CNY: { single_minor: 20000, sum_30d_minor: 60000 }
may_be_unmeasured: [claim_rate_30d]
rules:
  - id: many
    for: request
    when: history.claims_30d >= 5
    reason: FREQUENT_CLAIMS
    score: 55
    recommend: [ASK_MERCHANT]
  - id: copied
    for: comparison
    when: comparison.hash_distance_bits <= 31
    reason: DERIVED_AND_ALTERED
    score: 90
"""


def used(policy: Policy, subject: str) -> list[list[str]]:
    return [[variable.name for variable in one.used] for one in policy.scopes[subject].rules]


def test_a_good_policy_compiles_and_knows_what_each_rule_reads() -> None:
    policy = compile_policy(GOOD)
    assert used(policy, "request") == [["history.claims_30d"]]
    assert used(policy, "comparison") == [["comparison.hash_distance_bits"]]
    assert used(policy, "sighting") == []


def test_the_packaged_policy_compiles() -> None:
    name, text = load_default()
    assert compile_policy(text).document.name == name == "default"


def test_a_name_within_quotes_is_not_a_variable_that_is_read() -> None:
    text = GOOD.replace("history.claims_30d >= 5", 'request.category == "history.claims_30d"')
    assert used(compile_policy(text), "request") == [["request.category"]]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("history.claims_30d >= 5", "history.claims_31d >= 5", "rule 'many' (line 9): 1:8: undeclared reference"),
        ("history.claims_30d >= 5", "history.claims_30d >= 5.0", "rule 'many' (line 9): 1:20: found no matching"),
        ("history.claims_30d >= 5", "history.claims_30d", "rule 'many' (line 9): the rule gives INT: write"),
        ("history.claims_30d >= 5", "dyn(true)", "rule 'many' (line 9): the rule gives DYN: write a condition"),
        ("history.claims_30d >= 5", "history.claims_30d >=", "rule 'many' (line 9): 1:22: Syntax error"),
        ("history.claims_30d >= 5", "comparison.same_bytes", "rule 'many' (line 9): 1:11: undeclared reference"),
        ("FREQUENT_CLAIMS", "FREQUENT_CLAIM", "rule 'many' (line 10): unknown reason code FREQUENT_CLAIM: use one of"),
        ("[ASK_MERCHANT]", "[ASK_HIM]", "rule 'many' (line 12): unknown recommendation ASK_HIM: use one of"),
        ("id: copied", "id: many", "rule 'many' (line 13): another rule has this id"),
        ("[claim_rate_30d]", "[claim_rate]", "line 5: claim_rate may not be listed under may_be_unmeasured"),
        ("[claim_rate_30d]", "[photo]", "a photo that nobody could look at is never clear"),
        ("score: 55", "score: 101", "line 11, $.rules[0].score: Expected `int` <= 100"),
        ("score: 55", "score: high", "line 11, $.rules[0].score: Expected `int`, got `str`"),
        ("score: 55", "scores: 55", "line 7, $.rules[0]: Object contains unknown field `scores`"),
        ("    score: 55\n", "", "line 7, $.rules[0]: Object missing required field `score`"),
        ("for: request", "for: buyer", "line 8, $.rules[0].for: Invalid enum value 'buyer'"),
        ("audit_share: 0.01", "audit_share: 2", "line 2, $.audit_share: Expected `float` <= 1.0"),
        ("audit_share: 0.01", "audit_share: .nan", "line 2, $.audit_share"),
        ("single_minor: 20000", "single_minor: -1", "line 3, $.amount_limits"),
        ("  CNY:", "  yuan:", "line 3, $.amount_limits"),
        ("name: shop", "name: shop\nname: other", "line 2: 'name' is given twice: keep one"),
        ("name: shop", "name: [shop", "not readable as YAML"),
        (GOOD, "", "the policy is empty"),
        (GOOD, "- a list", "line 1, $: Expected `object`, got `array`"),
    ],
)  # fmt: skip
def test_a_faulty_policy_is_refused_with_the_place_and_what_to_do(old: str, new: str, says: str) -> None:
    with pytest.raises(PolicyError) as refused:
        compile_policy(GOOD.replace(old, new))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.text(max_size=200))
def test_whatever_the_text_is_it_is_a_policy_or_a_policy_error(text: str) -> None:
    with pytest.raises(PolicyError):
        compile_policy(text)


def test_a_rule_may_end_in_a_comment_and_still_be_joined_with_others() -> None:
    text = GOOD.replace("when: history.claims_30d >= 5", "when: history.claims_30d >= 5 // many")
    assert used(compile_policy(text), "request") == [["history.claims_30d"]]


def test_hundreds_of_rules_compile() -> None:
    more = "".join(
        f"  - {{id: rule_{n}, for: request, when: request.amount_minor == {n}, reason: AMOUNT_LIMIT, score: 1}}\n"
        for n in range(300)
    )
    assert len(compile_policy(GOOD + more).scopes["request"].rules) == 301


def test_the_identity_of_a_policy_is_the_hash_of_its_text(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes(b"abc")
    assert digest_of(file.read_text()) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
