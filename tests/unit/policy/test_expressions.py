"""Constants of a rule that can never be evaluated are found when it is read, and so are the variables that it reads."""

import pytest
from cel_expr_python import cel
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import PolicyError
from streams.policy.compiled import compile_policy
from streams.policy.expressions import Expression
from tests.unit.policy.questions import a_policy

ENVIRONMENT = cel.NewEnv(
    variables={"text": cel.Type.STRING, "number": cel.Type.INT, "texts": cel.Type.List(cel.Type.STRING)}
)


def faults(when: str) -> list[tuple[str, str]]:
    """What can never be evaluated: the rest of the expression from there on, and why."""
    return [(when[fault.offset :], fault.what) for fault in Expression(ENVIRONMENT.compile(when)).faults()]


@pytest.mark.parametrize(
    ("when", "begins", "says"),
    [
        ('text.matches("(phone")', '"(phone")', "missing ): (phone"),
        ("matches(text, '[')", "'[')", "missing ]"),
        ('text.matches("\\bfake\\b")', '"\\b', "a sign that nobody types"),
        ('text.matches(r"\\d(")', 'r"', "missing )"),
        ('text == "王" && text.matches("王(")', '"王(")', "missing )"),
        ('text.matches("""a{1001}""")', '"""a{', "invalid repetition size"),
        ('text.matches("(?=a)")', '"(?=a)")', "invalid perl operator"),
        ('text.matches("a" + "(" + "b")', '+ "b")', "missing )"),
        ('text.matches(number > 5 ? "a" : "*")', '? "a"', "no argument for repetition operator"),
        ('number > 5 || !(text.startsWith("a") && text.matches("(")) ', '"("))', "missing )"),
        ('texts.exists(one, one.matches("("))', '"("))', "missing )"),
        ('["a", "("].exists(one, text.matches(one))', "one))", "missing )"),
        ('["a"].all(x, ["("].exists(y, x.matches(y)))', "y)))", "missing )"),
        ('timestamp("2024") < timestamp("2024-01-01T00:00:00Z")', '"2024")', "String to Timestamp"),
        ('duration("1 day") > duration("1h")', '"1 day")', "String to Duration"),
        ('int("x") > number', '"x")', "cannot convert string to int"),
        ("number / 0 > 1", "0 > 1", "a division by zero"),
        ("number % 0 == 1", "0 == 1", "a division by zero"),
        ("1e400 > double(number)", "1e400", "the number is too large"),
    ],
)
def test_a_constant_that_can_never_be_evaluated_is_found_where_it_stands(when: str, begins: str, says: str) -> None:
    [(rest, what)] = faults(when)
    assert rest.startswith(begins)
    assert says in what


@pytest.mark.parametrize(
    "when",
    [
        'text.matches("^(phone|watch)s?$")',
        "text.matches(text)",
        'text.matches("(" + text + ")")',
        'text == "(" || texts.exists(one, one == "[")',
        'text.contains("(") && text.startsWith("*")',
        "number / 100 > 0 && number % 7 == 0 && 0 / 5 == number",
        'int("12") == number && timestamp("2024-01-01T00:00:00Z") < timestamp("2025-01-01T00:00:00Z")',
        'text.matches("(?i)ai\\\\s*generated|王")',
    ],
)
def test_what_may_be_evaluated_is_left_alone(when: str) -> None:
    assert faults(when) == []


@given(st.text(alphabet="ab(|)[]*+?{}1,\\\\.^$", max_size=8))
def test_a_pattern_is_refused_just_where_it_could_not_be_used(pattern: str) -> None:
    quoted = "'" + pattern.replace("\\", "\\\\") + "'"
    program = ENVIRONMENT.compile(f"text.matches({quoted})")
    used = program.eval(data={"text": "ab"})
    assert bool(faults(f"text.matches({quoted})")) is (used.type() == cel.Type.ERROR)


def test_the_names_that_an_expression_reads_are_found() -> None:
    when = 'texts.exists(number, number.matches(text)) || text == "texts"'
    assert Expression(ENVIRONMENT.compile(when)).names() & {"text", "number", "texts"} >= {"text", "texts"}


def test_a_policy_with_such_a_rule_is_refused_with_line_and_column() -> None:
    text = a_policy('request; request.category.matches("(phone"); AMOUNT_LIMIT; 40').text
    line = next(at for at, one in enumerate(text.splitlines(), 1) if "when" in one)
    column = text.splitlines()[line - 1].index('"(phone') + 1
    with pytest.raises(PolicyError, match=rf"rule 'rule_0' \(line {line}, column {column}\): .*missing \): \(phone"):
        compile_policy(text)
