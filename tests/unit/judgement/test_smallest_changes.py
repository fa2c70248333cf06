"""What `policy explain` names as the smallest change that flips a rule is the smallest: all others were tried."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.judgement.explaining import Change, _distance, _smallest
from streams.policy.compiled import CompiledRule, compile_policy
from streams.policy.facts import facts
from streams.policy.settling import answered
from tests.unit.policy.questions import a_policy, a_question

COUNTS = ("history.claims_30d", "history.claims_7d", "request.claim_photos")
MOST = 300
"""Up to where every value of a count is tried."""
NUMBERS = st.one_of(
    st.sampled_from(COUNTS),
    st.integers(0, 90).map(str),
    st.integers(0, 90).map(hex),
    st.tuples(st.sampled_from(COUNTS), st.sampled_from("+-*"), st.integers(0, 9)).map(
        lambda it: f"{it[0]} {it[1]} {it[2]}"
    ),
    st.tuples(st.sampled_from(COUNTS), st.sampled_from("+-*"), st.sampled_from(COUNTS)).map(" ".join),
)
COMPARED = st.tuples(NUMBERS, st.sampled_from(("<", "<=", ">", ">=", "==", "!=")), NUMBERS).map(" ".join)
LEAVES = st.one_of(COMPARED, st.just("request.claim_photos in [2, 5, 9]"), st.just("history.claims_7d % 7 == 3"))
CONDITIONS = st.recursive(
    LEAVES.map("({})".format),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from((" && ", " || ")), inner).map(lambda it: f"({''.join(it)})"),
        inner.map("!{}".format),
    ),
    max_leaves=3,
)
VALUES = st.fixed_dictionaries({name: st.integers(0, 60) for name in COUNTS})


def smallest(when: str, values: dict[str, int]) -> tuple[CompiledRule, bool, Change | None]:
    policy = compile_policy(a_policy(f"request; {when}; SUM_LIMIT; 5").text)
    [rule] = policy.scopes["request"].rules
    own: dict[str, Any] = {one.name: values[one.name] for one in rule.used}
    fired = answered(rule.program, own) is True
    subject = facts(a_question(), policy.document).subjects["request"][0]
    return rule, fired, _smallest(rule, own, subject, fired=fired)


@settings(max_examples=150, deadline=None)
@given(CONDITIONS, VALUES)
def test_no_value_alone_flips_a_rule_by_a_smaller_change(when: str, values: dict[str, int]) -> None:
    rule, fired, change = smallest(when, values)
    own = {one.name: values[one.name] for one in rule.used}
    costs = [
        _distance(own[name], instead)
        for name in own
        for instead in range(MOST + 1)
        if answered(rule.program, {**own, name: instead}) is (not fired)
    ]

    if change is None:
        assert costs == []
    else:
        assert answered(rule.program, {**own, change.variable: change.instead}) is (not fired)
        assert _distance(change.value, change.instead) <= min(costs, default=1.0)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(1, 40), st.integers(0, 2_000_000))
def test_a_limit_that_no_constant_names_is_found_by_halving(factor: int, percent: int, amount: int) -> None:
    when = f"request.amount_minor * {factor} > {percent} * 100000 + request.freight_minor"
    policy = compile_policy(a_policy(f"request; {when}; SUM_LIMIT; 5").text)
    [rule] = policy.scopes["request"].rules
    subject = facts(a_question(), policy.document).subjects["request"][0]
    values = {"request.amount_minor": amount, "request.freight_minor": 0}
    last = percent * 100_000 // factor  # the last amount that does not fire
    change = _smallest(rule, values, subject, fired=amount > last)

    assert change is not None
    assert change == Change(
        variable="request.amount_minor", value=amount, instead=last if amount > last else last + 1
    ) or _distance(change.value, change.instead) <= _distance(amount, last + (amount <= last))
