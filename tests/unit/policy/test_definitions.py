"""Named conditions: rules ask them by name, and what is wrong with one is said with its place."""

from datetime import date

import pytest

from streams.errors import PolicyError
from streams.policy.compiled import compile_policy
from streams.policy.definitions import LONGEST, MOST
from streams.policy.soundness import sound, warnings
from tests.builders import a_request
from tests.unit.policy.questions import a_policy, decided, looked_at, stored

TODAY = date(2026, 9, 21)


def with_definitions(when: str, *definitions: str) -> str:
    """A policy of one rule; its condition stands at line 6, column 11, definitions from line 3 on."""
    named = "".join(f"\n  {one}" for one in definitions)
    return a_policy(f"request; {when}; HIGH_RATE; 40", extra=f"definitions:{named}\naudit_share: 0").text


@pytest.mark.parametrize(
    ("when", "amount", "fires"),
    [
        ("large", 9_000, True),
        ("large", 4_000, False),
        ("!large", 4_000, True),
        ("large && toy || request.category == 'large'", 9_000, False),
        ("known_toy_or_large", 9_000, True),
        ("request.merchant_id == 'large' || request.kind.matches(r'large\\b')", 9_000, False),
        ("['large'].exists(one, one == request.category) || large", 9_000, True),
    ],
)
def test_a_rule_asks_a_condition_by_its_name(when: str, amount: int, fires: bool) -> None:  # noqa: FBT001 - a table
    text = with_definitions(
        when.replace("'", '"'),
        'large: "request.amount_minor > 5000 // in the shop\'s currency"',
        "toy: request.category == 'toys'",
        "known_toy_or_large: toy || large",
    )
    decision = decided(looked_at(a_request(amount_minor=amount)), policy=stored(text))
    assert [one.code for one in decision.reasons] == (["HIGH_RATE"] if fires else [])


def test_it_is_as_if_its_condition_were_written_in_brackets() -> None:
    text = with_definitions(
        "!a && b", "a: request.orders_30d > 5 || request.amount_minor > 7", "b: request.orders_30d < 9"
    )
    policy = compile_policy(text)
    [rule] = policy.scopes["request"].rules
    assert (
        rule.condition.text.split()
        == "!( request.orders_30d > 5 || request.amount_minor > 7 ) && ( request.orders_30d < 9 )".replace(
            "( ", "("
        ).split()
    )
    assert {one.name for one in rule.used} == {"request.orders_30d", "request.amount_minor"}
    assert rule.plain is not None


@pytest.mark.parametrize(
    ("when", "definitions", "said"),
    [
        ("a", ["a: b", "b: c", "c: b || a"], r"line 6, column 6: a definition may not use itself: b uses c uses b"),
        ("a", ["a: a"], r"line 4, column 6: a definition may not use itself: a uses a"),
        ("larg", ["large: 'true'"], r"line 9, column \d+\): undeclared reference to 'larg': did you mean 'large'"),
        (
            "x",
            ["x: yy", "yyy: 'true'"],
            r"definition 'x' \(line 4, column 6\): undeclared reference to 'yy': did you mean 'yyy'",
        ),
        ("x", ["x: request.amount_minr > 5"], r"line 4, column 6\): undeclared.*did you mean 'request.amount_minor'"),
        ("x > 5", ["x: request.amount_minor"], r"definition 'x' \(line 4, column 6\): it gives INT: write a condition"),
        ("x", ["x: 1 +"], r"definition 'x' \(line 4, column \d+\): Syntax error"),
        (
            "x",
            ["x: '1 / 0 > 2'"],
            r"rule 'rule_0' \(line 4, column 1\d\): this can never be evaluated: a division by zero",
        ),
        ("true", ["request: 'true'"], r"line 4, column 3: request is what variables are called \(request\."),
        ("true", ["unmeasured: 'true'"], r"line 4, column 3: unmeasured is what variables are called"),
        ("true", ["size: 'true'"], r"line 4, column 3: size is a word of CEL"),
        ("true", ["'Large': 'true'"], r"this is no id: write small letters"),
        ("true", ["x: photo.sharpness > 3 && history.claims_30d"], r"definition 'x' \(line 4"),
        (
            "photo_is_small",
            ["photo_is_small: photo.width_px < 9"],
            r"definition 'photo_is_small' .*rules for claim_photo",
        ),
        ("true", [f"x{n}: 'true'" for n in range(10_000)], rf"line {MOST + 4}, column 3: 10,000 definitions, of which"),
        (
            "x30",
            ["x0: request.orders_30d > 1", *(f"x{n}: x{n - 1} || x{n - 1}" for n in range(1, 31))],
            rf"x\d+ stands for it has more than the {LONGEST:,} characters",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(when: str, definitions: list[str], said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        sound(with_definitions(when, *definitions))


def test_one_that_no_rule_asks_is_a_warning_and_checked_all_the_same() -> None:
    text = with_definitions("used", "used: request.amount_minor > 5", "lost: found", "found: photo.sharpness < 3.0")
    told = warnings(text, TODAY)
    assert [one for one in told if "remove it" in one] == [
        "line 5, column 3: no rule asks lost: remove it",
        "line 6, column 3: no rule asks found: remove it",
    ]


def test_a_warning_about_a_part_of_one_names_its_own_place() -> None:
    text = with_definitions("often", "often: history.claims_30d >= 0")
    [warned] = warnings(text, TODAY)
    assert warned.startswith("line 4, column 29: rule 'rule_0': history.claims_30d is 0 or more, so this always holds")
