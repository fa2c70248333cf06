"""What is wrong with the text of a policy is said in Chinese too, as it comes from whoever read it."""

import re
from datetime import date

import pytest

from streams.errors import PolicyError
from streams.policy.soundness import sound, warnings
from streams.wording.problems import in_chinese
from tests.unit.policy.test_compiled import GOOD

QUOTED = re.compile(r"'[^']*'|`[^`]*`|\([^)]*\)|\$[\w.\[\]]*|deploy/docs/policy\.md|use(d)? one of .*")
ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}")

WRONG = {
    "an unknown key": ("audit_share", "audit_shar"),
    "a key that is missing": ("audit_share: 0.01\n", ""),
    "a key twice": ("name: shop", "name: shop\nname: shop"),
    "a type": ("score: 55", "score: much"),
    "a bound": ("score: 55", "score: 101"),
    "one of a few": ("for: request", "for: requests"),
    "a reason": ("FREQUENT_CLAIMS", "FREQUENT_CLAIM"),
    "a reason that is like none": ("FREQUENT_CLAIMS", "ZZZ"),
    "a recommendation": ("ASK_MERCHANT", "ASK_MERCHANTS"),
    "an id twice": ("id: copied", "id: many"),
    "a variable": ("history.claims_30d", "history.claims_31d"),
    "a comparison of two kinds": ("history.claims_30d >= 5", "history.claims_30d >= 5.0"),
    "words of another language": ("claims_30d >= 5", "claims_30d >= 5 and true"),
    "one sign of equality": ("claims_30d >= 5", "claims_30d = 5"),
    "a text without quotes": ("history.claims_30d >= 5", "request.category == toys"),
    "a variable of other rules": ("history.claims_30d >= 5", "comparison.same_bytes"),
    "too many brackets": ("history.claims_30d >= 5", f"{'(' * 99}true{')' * 99}"),
    "a condition that YAML reads": ("history.claims_30d >= 5", "'features' in unmeasured"),
    "a condition that begins as a tag": ("history.claims_30d >= 5", "!limits.currency_listed"),
    "a currency": ("CNY:", "cny:"),
    "an id": ("id: many", "id: Many rules"),
    "no condition": ("history.claims_30d >= 5", "history.claims_30d + 5"),
    "no expression": ("history.claims_30d >= 5", "history.claims_30d >="),
    "a division": ("history.claims_30d >= 5", "history.claims_30d / 0 >= 5"),
    "a reading that is never unmeasured": ("[claim_rate_30d]", "[photo]"),
    "an anchor": ("name: shop", "name: &a shop"),
    "a tag": ("name: shop", "name: !!str shop"),
    "a number that is read in two ways": ("0.01", "0o17"),
    "a list without its end": ("[claim_rate_30d]", "[claim_rate_30d"),
    "a colon too many": ("name: shop", "name: shop: b"),
    "a tab": ("  - id: many", "\t- id: many"),
    "a character": ("shop", "sh\x07op"),
    "a line's end of some readers": ("shop", "sh\u2028op"),
    "a file of its own": ("name: shop", "include: [limits.yaml]\nname: shop"),
    "an override of nothing": ("name: shop", "name: shop\noverrides: [{categories: [toys]}]"),
    "a list of nothing": ("name: shop", "name: shop\noverrides: [{categories: [], audit_share: 0.5}]"),
    "a band that recommends nothing": ("name: shop", "name: shop\nscore_bands: [{name: high, from: 80}]"),
    "more than a claim can have": ("name: shop", "name: shop\nevidence_needed: {default: {photos: 20, videos: 20}}"),
    "money with decimals": ("single_minor: 20000", "single_minor: 200.00"),
    "hours for seconds": ("name: shop", "name: shop\nhold_s: 24h"),
    "a share in percent": ("audit_share: 0.01", "audit_share: 1.5"),
    "too little": ("score: 55", "score: -1"),
    "a text that is too long": ("name: shop", f"name: {'s' * 65}"),
    "no list": ("[claim_rate_30d]", "claim_rate_30d"),
    "nothing": ("audit_share: 0.01", "audit_share:"),
    "an empty condition": ("history.claims_30d >= 5", "''"),
    "a function": ("history.claims_30d >= 5", "len(request.category) > 5"),
    "curly quotes": ("history.claims_30d >= 5", "request.kind == \u201cx\u201d"),
    "a full-width sign": ("history.claims_30d >= 5", "history.claims_30d \uff1e 5"),
    "a full-width colon": ("score: 55", "score\uff1a55"),
    "a column of its own": ("    score: 55", "   score: 55"),
    "a day without quotes": ("score: 55", "from: 2026-12-01"),
    "a text that is never there": ("history.claims_30d >= 5", "request.kind == 'refund-only'"),
    "a text that is like none": ("history.claims_30d >= 5", "request.kind == 'x'"),
    "a reading that there is none of": ("history.claims_30d >= 5", "true && 'feature' in unmeasured"),
    "a reason of the engine's": ("FREQUENT_CLAIMS", "RANDOM_AUDIT"),
    "a rule that is off": ("name: shop", "name: shop\noverrides: [{rules_off: [manu]}]"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_with_a_policy_is_said_in_chinese(wrong: str) -> None:
    old, new = WRONG[wrong]
    assert old in GOOD

    with pytest.raises(PolicyError) as refused:
        sound(GOOD.replace(old, new, 1))
    chinese = in_chinese(str(refused.value))

    assert chinese is not None, str(refused.value)
    assert ENGLISH.search(QUOTED.sub("", chinese)) is None, chinese


USELESS = """
not_eligible: [{categories: [toys], until: "2026-01-01"}]
overrides: [{categories: [toys], hold_s: 5}, {hold_s: 9}]
score_bands: [{name: highest, from: 99, recommend: [ASK_MERCHANT]}]
"""


def test_what_is_of_no_use_in_a_policy_is_said_in_chinese() -> None:
    limits = "amount_limits:\n  EUR: { single_minor: 9, sum_30d_minor: 5 }"
    always = "  - {id: always, for: request, when: 'true', reason: HIGH_RATE, score: 5}\n"
    never = always.replace("always", "never").replace("true", "false")
    found = warnings(GOOD.replace("amount_limits:", limits) + always + never + USELESS, date(2026, 9, 21))

    found += warnings(
        "name: a\naudit_share: 0\nrules: []\namount_limits: {RMB: {single_minor: 1, sum_30d_minor: 2}}\n", date.min
    )
    assert len(found) == 8
    for english in found:
        chinese = in_chinese(english)
        assert chinese is not None, english
        assert ENGLISH.search(QUOTED.sub("", chinese)) is None, chinese


def test_an_empty_policy_and_two_files_that_give_one_key_are_refused_in_chinese() -> None:
    for text in ("", f"--- # file: a.yaml\nname: shop\n--- # file: b.yaml\n{GOOD}", "--- # file: a.yaml\n- 1\n"):
        with pytest.raises(PolicyError) as refused:
            sound(text)
        chinese = in_chinese(str(refused.value))
        assert chinese is not None, str(refused.value)
        assert ENGLISH.search(QUOTED.sub("", chinese)) is None, chinese
