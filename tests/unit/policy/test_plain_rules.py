"""What plain Python says of a rule is what CEL says of it, or nothing."""

from random import Random
from typing import Any

import pytest
from cel_expr_python import cel
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.policy.compiled import compile_policy
from streams.policy.expressions import Expression
from streams.policy.packaged import load_default
from streams.policy.plain_rules import plain, said, silent
from streams.policy.settling import answered
from tests.unit.policy.drawn_conditions import condition, values

KINDS = {"i": "int", "j": "int", "x": "double", "y": "double", "p": "bool", "q": "bool", "s": "string", "t": "string"}
TYPES = {"int": cel.Type.INT, "double": cel.Type.DOUBLE, "bool": cel.Type.BOOL, "string": cel.Type.STRING}
ENVIRONMENT = cel.NewEnv(
    variables={name: TYPES[kind] for name, kind in KINDS.items()} | {"texts": cel.Type.List(cel.Type.STRING)}
)
WHOLE = st.one_of(st.integers(-3, 3), st.sampled_from([2**63 - 1, -(2**63), 2**62, -(2**62)]))
SHARES = st.sampled_from([0.0, -0.0, 0.1, 0.5, 1.0, 1e300, -1e300])
TEXTS = st.sampled_from(["", "a", "ab", "王", "'", '"', "\\", "v['i']"])
VALUES = {"int": WHOLE, "double": SHARES, "bool": st.booleans(), "string": TEXTS}
KNOWN = st.fixed_dictionaries({}, optional={name: VALUES[kind] for name, kind in KINDS.items()})


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


INTS = st.recursive(
    st.one_of(st.sampled_from(["i", "j"]), st.integers(-3, 3).map(str)),
    lambda inner: st.tuples(inner, st.sampled_from("+-"), inner).map(lambda it: f"({it[0]} {it[1]} {it[2]})"),
    max_leaves=3,
)
DOUBLES = st.recursive(
    st.one_of(st.sampled_from(["x", "y"]), st.sampled_from(["0.0", "0.5", "1e10"])),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda it: f"({it[0]} {it[1]} {it[2]})"),
    max_leaves=3,
)
STRINGS = st.one_of(st.sampled_from(["s", "t"]), TEXTS.map(quoted))
COMPARED = ("<", "<=", ">", ">=", "==", "!=")
LEAVES = st.one_of(
    st.sampled_from(["p", "q", "true", "false", 's in ["a", "王"]', "i in [1, 2]", "s.contains(t)", "s.startsWith(t)"]),
    *(
        st.tuples(of, st.sampled_from(signs), of).map(" ".join)
        for of, signs in ((INTS, COMPARED), (DOUBLES, COMPARED), (STRINGS, COMPARED[4:]), (st.just("p"), COMPARED[4:]))
    ),
)
CONDITIONS = st.recursive(
    LEAVES.map("({})".format),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda all_: f"({' && '.join(all_)})"),
        st.lists(inner, min_size=2, max_size=4).map(lambda all_: f"({' || '.join(all_)})"),
        inner.map("!{}".format),
        st.tuples(inner, inner, inner).map(lambda it: f"({it[0]} ? {it[1]} : {it[2]})"),
    ),
    max_leaves=6,
)


def read(when: str) -> frozenset[str]:
    return Expression(ENVIRONMENT.compile(when)).names()


def both(when: str, known: dict[str, Any]) -> tuple[bool | None, object]:
    """Return what plain Python says of a condition, and what CEL says."""
    program = ENVIRONMENT.compile(when)
    written = plain(Expression(program), KINDS)
    assert written is not None, when
    return said(silent([written]), known), answered(program, known)


@given(CONDITIONS, KNOWN)
def test_what_is_said_plainly_is_what_cel_says(when: str, known: dict[str, Any]) -> None:
    plainly, answer = both(when, known)

    assert plainly in (None, answer)
    if known.keys() == KINDS.keys() and not read(when) & {"i", "j"}:  # nothing is missing, and no sum overflows
        assert plainly == answer


@pytest.mark.parametrize(
    ("when", "known"),
    [
        ("i > 5 || x > 0.5", {"i": 5, "x": 0.5}),
        ("p && i > 5", {"p": False}),
        ('s == "x" && i + j > 3', {"s": "y", "i": 2**63 - 1, "j": 1}),
        ("i + j > 3", {"i": -(2**63), "j": 2**63 - 1}),
        ("!(p || q)", {"p": True}),
    ],
)
def test_what_is_false_is_said_at_once(when: str, known: dict[str, Any]) -> None:
    assert both(when, known) == (False, False)


@pytest.mark.parametrize(
    ("when", "known"),
    [
        ("i > 5", {"i": 6}),
        ("p || i > 5", {"p": True}),
        ('s == "x" || i + j > 3', {"s": "x", "i": 2**63 - 1, "j": 1}),
        ("!(p && q)", {"p": False}),
        ('p ? s.startsWith("a") : i > 5', {"p": True, "s": "ab"}),
    ],
)
def test_what_is_true_is_said_at_once(when: str, known: dict[str, Any]) -> None:
    assert both(when, known) == (True, True)


@pytest.mark.parametrize(
    ("when", "known"),
    [("i > 5", {}), ("i + j < 0", {"i": 2**63 - 1, "j": 1}), ("i > 5 && p", {"p": False})],
)
def test_what_cannot_be_said_is_left_to_cel(when: str, known: dict[str, Any]) -> None:
    assert both(when, known)[0] is None


@pytest.mark.parametrize(
    "when",
    [
        's.matches("a")',
        "size(s) > 1",
        "i / j > 1",
        "i % 2 == 0",
        "double(i) > x",
        '"a" in texts',
        "s < t",
        '!(q in [1, "a"])',
        "!(q in [1, true])",
        "x < 1e400",
        "x in [-1e400]",
    ],
)
def test_what_only_cel_knows_is_not_written(when: str) -> None:
    assert plain(Expression(ENVIRONMENT.compile(when)), KINDS) is None


def test_every_rule_of_the_packaged_policy_is_written() -> None:
    rules = [one for scope in compile_policy(load_default()[1]).scopes.values() for one in scope.rules]

    assert [one.rule.id for one in rules if one.plain is None] == []


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_a_hundred_thousand_answers_are_those_of_cel(seed: int) -> None:
    """Fifty conditions of every operator with a hundred values each, twenty times; one alone, and all joined."""
    chance = Random(seed)  # noqa: S311 - to repeat what was found, no secret
    rules = [condition(chance) for _ in range(50)]
    programs = [ENVIRONMENT.compile(rule) for rule in rules]
    written = [plain(Expression(program), KINDS) for program in programs]
    known = [(program, one) for program, one in zip(programs, written, strict=True) if one is not None]
    alone = [silent([one]) for _, one in known]
    joined = silent([one for _, one in known])
    assert len(known) > 25  # of the others only CEL knows what they mean
    for _ in range(100):
        given_ = values(chance)
        answers = [answered(program, given_) for program, _ in known]
        plainly = [said(ask, given_) for ask in alone]
        wrong = [
            rules[programs.index(program)]
            for (program, _), answer, one in zip(known, answers, plainly, strict=True)
            if one not in (None, answer)
        ]
        assert wrong == [], given_
        assert (said(joined, given_) is False) == all(one is False for one in plainly)


def test_a_condition_that_is_nested_too_deep_for_python_is_left_to_cel() -> None:
    assert said(silent(["(" * 300 + "False" + ")" * 300]), {}) is None
