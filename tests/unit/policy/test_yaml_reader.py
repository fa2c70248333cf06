"""Numbers and names of a policy mean what they look like, whatever YAML reader a person knows."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.errors import PolicyError
from streams.policy.compiled import compile_policy
from streams.policy.packaged import load_default
from streams.policy.yaml_reader import DEEPEST, LONGEST, Source

OF_YAML_1_2 = re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+")
"""A number in YAML 1.2 and a text in 1.1, so that a writer of 1.1 leaves out the quotes."""
PLAIN: dict[str, Any] = {
    "0": 0,
    "-7": -7,
    "+5": 5,
    "20000": 20_000,
    "0.5": 0.5,
    ".5": 0.5,
    "5.": 5.0,
    "2e-2": 0.02,
    "1E+3": 1_000.0,
    "true": True,
    "False": False,
    "null": None,
    "~": None,
    "'020000'": "020000",
    '"no"': "no",
    "gold": "gold",
    "24h": "24h",
    "a:b": "a:b",
    "1,000": "1,000",
    "\u738b": "\u738b",
}
OTHERWISE = (
    *("020000", "-012", "00", "08", "0o17", "0O17", "0x1F", "0b101", "1_000", "1__0.5", "0_1"),
    *("200:00", "24:00", "1:2:3", "190:20:30.15", "-1:30"),
    *("yes", "No", "ON", "off", "y", "N"),
    *(".inf", "-.INF", ".NaN", "00.5", "1.2.3", "1_0e3"),
    *("2024-01-01", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43"),
    *("<<", "="),
)


@pytest.mark.parametrize(("text", "value"), PLAIN.items(), ids=PLAIN)
def test_a_plain_value_is_what_it_looks_like(text: str, value: object) -> None:
    found = Source(f"a: {text}\n").content["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", OTHERWISE)
def test_what_readers_take_for_different_things_is_refused_with_its_place(text: str) -> None:
    for policy, place in ((f"a: 1\nb: [1, {text}]\n", "line 2, column 8"), (f"x: 1\n{text}: 1\n", "line 2, column 1")):
        with pytest.raises(PolicyError, match=f"^{place}: .*(in plain decimal digits|write a day in quotes, as)"):
            Source(policy)


@pytest.mark.parametrize("text", OTHERWISE)
def test_in_quotes_it_is_a_text(text: str) -> None:
    assert Source(f"a: '{text}'\n\"{text}\": b\n").content == {"a": text, text: "b"}


@given(st.from_regex(r"[-+0-9_.:xobeEafnN]{1,8}", fullmatch=True))
def test_what_is_read_is_read_alike_by_yaml_1_1_or_refused(text: str) -> None:
    try:
        ours = Source(f"[{text}]").content[0]
        theirs = yaml.safe_load(f"[{text}]")[0]
    except (PolicyError, yaml.YAMLError, ValueError):
        return
    exponent = isinstance(ours, float) and isinstance(theirs, str)  # 1e3, a text for YAML 1.1 and a number since
    assert exponent or (ours, type(ours)) == (theirs, type(theirs))


@given(st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9))
def test_what_a_writer_of_yaml_writes_is_read_back_or_refused(value: object) -> None:
    assume(not (isinstance(value, str) and OF_YAML_1_2.fullmatch(value)))
    try:
        found = Source(yaml.safe_dump({"a": value}, allow_unicode=True)).content
    except PolicyError:
        return
    assert found == {"a": value}


def test_the_packaged_policy_is_the_same_to_every_reader() -> None:
    text = load_default()[1]
    assert Source(text).content == yaml.safe_load(text)


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, "line 1, column 4: anchors and aliases"),
        ("a: *b\n", "line 1, column 4: anchors and aliases"),
        ("a: !!int '5'\n", "line 1, column 4: tags"),
        ("a: !!python/object/apply:os.system [x]\n", "line 1, column 4: tags"),
        ("a: ! b\n", "line 1, column 4: tags"),
        ("a: 1\n'a': 2\n", "line 2, column 1: 'a' is given twice"),
        ("a: {b: 1, c: 2, b: 3}\n", "line 1, column 17: 'b' is given twice"),
        ("? [a]\n: 1\n", "line 1, column 3: a key is a text"),
        ("1: a\n", "line 1, column 1: a key is a text"),
        ("~: a\n", "line 1, column 1: a key is a text"),
        ("a: 1e999\n", "line 1, column 4: the number is too large"),
        ("a: 1.5e-400\n", "line 1, column 4: the number is too small: it is read as 0"),
        (f"a: {'9' * 5_000}\n", "line 1, column 4: the number is too long"),
        ("a: 1\n---\nb: 2\n", "line 2, column 1: not readable as YAML"),
        ("a: b\n c: d\n", "line 2, column 3: not readable as YAML"),
        ("a:\n\t- b\n", "line 2, column 1: not readable as YAML"),
        ("a: b\nc: \x07\n", "line 2, column 4: not readable as YAML: the character U+0007"),
        ("a: b\u2028c: d\n", "line 1, column 5: the character U+2028"),
        ("a: b\x85c: d\n", "line 1, column 5: the character U+0085"),
        ("a: " + "[" * 5_000, f"nested more than {DEEPEST} levels deep"),
        ("{a: " * 5_000, f"nested more than {DEEPEST} levels deep"),
        ("# much\n" * (LONGEST // 7 + 1), "at most 262,144 are read"),
        ("", "there is nothing here"),
        ("# nothing\n", "there is nothing here"),
    ],
    ids=repr,
)
def test_what_a_policy_does_not_need_is_refused_with_its_place(text: str, says: str) -> None:
    with pytest.raises(PolicyError) as refused:
        Source(text)
    assert says in str(refused.value)


A_RULE = """\
name: t
audit_share: 0
amount_limits: {{CNY: {{single_minor: 20000, sum_30d_minor: 60000}}}}
rules:
  - id: a
    for: request
    reason: AMOUNT_LIMIT
    score: 40
    when: {when}
"""


@pytest.mark.parametrize(
    ("when", "place"),
    [
        ("request.amount > 5", "line 9, column 11"),
        ("'request.kind == \"it''s\" || request.amount > 5'", "line 9, column 39"),
        ("request.kind == 'a' ||\n          request.amount > 5", "line 10, column 11"),
        (">-\n      request.kind == 'a' ||\n      request.amount > 5", "line 11, column 7"),
        ("|\n      request.kind == 'a' ||\n      // why\n      request.amount > 5", "line 12, column 7"),
        ('"request.kind == \\"a\\" || request.amount > 5"', "line 9, column 37"),
    ],
)
def test_an_error_in_a_rule_has_its_place_in_the_file_however_the_rule_is_written(when: str, place: str) -> None:
    with pytest.raises(PolicyError, match=rf"rule 'a' \({place}\): undeclared reference to 'request.amount'"):
        compile_policy(A_RULE.format(when=when))


@given(code=st.integers(0xD800, 0xDFFF), written=st.sampled_from(["a: {}", "a: [b, {}]", "{}: 1", "a: {{b: {}}}"]))
def test_half_of_a_character_is_refused_wherever_it_stands(code: int, written: str) -> None:
    """YAML's escapes can write it; neither a database nor a decision can hold it."""
    with pytest.raises(PolicyError, match=rf"line 1, .*U\+{code:04X} is half of a character"):
        Source(written.format(f'"x\\u{code:04x}"'))


def test_a_character_written_as_both_its_halves_is_refused_too_and_written_whole_it_is_taken() -> None:
    with pytest.raises(PolicyError, match=r"U\+D83D is half of a character"):
        Source('a: "\\ud83d\\ude00"')
    assert Source('a: "\\U0001f600"').content == {"a": "\U0001f600"}
