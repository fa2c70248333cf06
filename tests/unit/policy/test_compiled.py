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
        ("history.claims_30d >= 5", "history.claims_31d >= 5", "rule 'many' (line 9, column 11): undeclared reference"),
        ("history.claims_30d >= 5", "history.claims_30d >= 5.0", "rule 'many' (line 9, column 30): found no matching"),
        ("history.claims_30d >= 5", "history.claims_30d", "rule 'many' (line 9, column 11): the rule gives INT: write"),
        ("history.claims_30d >= 5", "dyn(true)", "rule 'many' (line 9, column 11): the rule gives DYN: write"),
        ("history.claims_30d >= 5", "history.claims_30d >=", "rule 'many' (line 9, column 32): Syntax error"),
        ("history.claims_30d >= 5", "comparison.same_bytes", "rule 'many' (line 9, column 11): undeclared reference"),
        (">= 5", ">= 5 and true", "(line 9, column 35): Syntax error: write && for and, || for or, and ! for not; the"),
        ("history.claims_30d >= 5", "not (1 > 2)", "'not': write && for and, || for or, and ! for not; the variables"),
        (">= 5", "= 5", "Syntax error: write == to compare; the variables"),
        (">= 5", ">= '5'", "'(int, string)': compare whole numbers with 5, decimals with 5.0, and texts"),
        ("history.claims_30d >= 5", "request.category == toys", "'toys': a text is written in quotes, as \"toys\""),
        ("history.claims_30d >= 5", "comparison.same_bytes", "'comparison.same_bytes': rules for comparison have it"),
        ("history.claims_30d >= 5", f"{'(' * 99}true{')' * 99}", "nested more than 32 levels deep: use fewer brackets"),
        ("history.claims_30d >= 5", "!limits.currency_listed", "a condition that begins with !, [, {, & or a quote"),
        ("history.claims_30d >= 5", '"features" in unmeasured', "a condition that begins with !, [, {, & or a quote"),
        ("  CNY:", "  cny:", "$.amount_limits.cny: this is no currency: write its ISO 4217 code"),
        ("id: many", "id: Many rules", "$.rules[0].id: this is no id: write small letters"),
        ("FREQUENT_CLAIMS", "FREQUENT_CLAIM", "FREQUENT_CLAIM, which has no words for people: "),
        ("[ASK_MERCHANT]", "[ASK_HIM]", "rule 'many' (line 12, column 17): unknown recommendation ASK_HIM: "),
        ("id: copied", "id: many", "rule 'many' (line 13, column 9): another rule has this id"),
        ("[claim_rate_30d]", "[claim_rate]", "line 5, column 21: claim_rate may not be listed under"),
        ("[claim_rate_30d]", "[photo]", "a photo that nobody could look at is never clear"),
        ("score: 55", "score: 101", "line 11, column 5, $.rules[0].score: 101 is too large: write at most 100"),
        ("score: 55", "score: high", "line 11, column 5, $.rules[0].score: this is a text: write a whole number"),
        ("score: 55", "scores: 55", "line 11, column 5, $.rules[0].scores: unknown key 'scores': did you mean"),
        ("    score: 55\n", "", "line 7, column 5, $.rules[0]: score is missing: add it"),
        ("for: request", "for: buyer", "line 8, column 5, $.rules[0].for: unknown value 'buyer': use one of"),
        ("audit_share: 0.01", "audit_share: 2", "$.audit_share: 2 is too large: write at most 1 (0.02 is two"),
        ("audit_share: 0.01", "audit_share: .nan", "line 2, column 14: '.nan' is read as different things"),
        ("single_minor: 20000", "single_minor: -1", "line 4, column 10, $.amount_limits.CNY.single_minor: -1 is"),
        ("  CNY:", "  yuan:", "line 4, column 3, $.amount_limits.yuan: this is no currency"),
        ("name: shop", "name: shop\nname: other", "line 2, column 1: 'name' is given twice: keep one"),
        ("name: shop", "name: [shop", "line 2, column 12: not readable as YAML: expected ',' or ']'"),
        (GOOD, "", "line 1, column 1: there is nothing here"),
        ("when: history.claims_30d >= 5", "when: ''", "the condition is empty: write when the rule fires"),
        ("history.claims_30d >= 5", "len(request.category) > 5", "reference to 'len': functions are size, contains"),
        ("history.claims_30d >= 5", "request.kind == \u201cx\u201d", "write a text in straight quotes"),
        ("history.claims_30d >= 5", "history.claims_30d \uff1e 5", "is a full-width character: write the narrow one"),
        ("history.claims_30d >= 5", "hist\u043ery.claims_30d >= 5", "\u043e (U+043E) is no letter of a name"),
        ("history.claims_30d >= 5", "history.claims_30d\u200b >= 5", "U+200B is a character that does not show"),
        ("history.claims_30d >= 5", "history.claims_30d\u00a0>= 5", "U+00A0 is a character that does not show"),
        ("history.claims_30d >= 5", '"history.claims_30d = 5 // and\uff0c more"', "Syntax error: write == to"),
        ("name: shop", f"name: !{'x' * 2000} shop", f"tags (!{'x' * 59}\u2026) are not used"),
        ("score: 55", "score\uff1a55", "line 11 has a full-width colon (\uff1a), which is a text"),
        ("    score: 55", "\tscore: 55", "lines begin with blanks, never with a tab"),
        ("score: 55", "from: 2026-12-01", 'write a day in quotes, as "2026-12-01"'),
        ("single_minor: 20000", "single_minor: 200.00", "write a whole number in the currency's smallest unit, as"),
        ("name: shop", "name: shop\nhold_s: 1d", "$.hold_s: this is a text: write a whole number of seconds, as"),
        ("name: shop", f"name: {'s' * 65}", "$.name: this is too long: write at most 64 characters"),
        ("for: request", "for: request\n    tags: new", "$.rules[0].tags: this is a text: write a list, as [a, b]"),
        (
            "name: shop",
            "name: shop\noverrides: [{categories: [toys], amount_limits: {CNY: {single_minor: 5}}}]",
            "$.overrides[0].amount_limits.CNY: sum_30d_minor is missing",
        ),
        (GOOD, "- a list", "line 1, column 1, $: this is a list: write keys with"),
    ],
)  # fmt: skip
def test_a_faulty_policy_is_refused_with_the_place_and_what_to_do(old: str, new: str, says: str) -> None:
    with pytest.raises(PolicyError) as refused:
        compile_policy(GOOD.replace(old, new))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("history.claims_30d", "history.claim_30d", "history.claims_30d"),
        ("comparison.hash_distance_bits", "comparison.hash_distance", "comparison.hash_distance_bits"),
        ("FREQUENT_CLAIMS", "FREQUENT_CLAIM", "FREQUENT_CLAIMS"),
        ("ASK_MERCHANT", "ask_merchant", "ASK_MERCHANT"),
        ("[claim_rate_30d]", "[claim_rate]", "claim_rate_30d"),
        ("for: comparison", "for: comparisons", "comparison"),
        ("amount_limits:", "amount_limit:", "amount_limits"),
        ("audit_share:", "Audit_Share:", "audit_share"),
        ("single_minor:", "singel_minor:", "single_minor"),
        ("    score: 55", "    scroe: 55", "score"),
    ],
)
def test_a_misspelt_name_is_told_with_the_one_that_was_meant_and_its_place(old: str, new: str, meant: str) -> None:
    text = GOOD.replace(old, new)
    line = next(at for at, one in enumerate(text.splitlines(), 1) if new.strip() in one)
    with pytest.raises(PolicyError, match=rf"line {line}, column \d+.*did you mean '{meant}'\?"):
        compile_policy(text)


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
