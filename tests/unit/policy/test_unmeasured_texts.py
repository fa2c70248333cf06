"""Every sentence that the program may give as a why has a Chinese form."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeGuard

import pytest

import streams
from schemas.records import ReasonText
from streams.policy.unmeasured_texts import why
from streams.policy.variables import VARIABLES

SOURCES = Path(streams.__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MAKERS = {"MediaUnreadable": 0, "ReplicaBehind": 0, "unmeasured": 1, "_unmeasured": 2, "_about": 3, "_not_looked": 1}
"""Calls that take a why, and the place of it among their arguments."""
BY_NAME = {"Reading": "unmeasured", "Recognised": "why"}
PASSED_ON = {
    "why",
    "str(exc)",
    "_why(look.readings)",
    "variable.absent",
    "reading.unmeasured",
    "_short(reading.unmeasured or '')",
}
"""What hands a why on that was made elsewhere."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def whys_in(function: Function) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in MAKERS and len(node.args) > MAKERS[name]:
            yield node.args[MAKERS[name]]
        if name in BY_NAME:
            yield from (keyword.value for keyword in node.keywords if keyword.arg == BY_NAME[name])


def sentences(expression: ast.expr, made: Sequence[ast.expr]) -> Iterator[str]:
    """Give what an expression may stand for, each with 7 for what is filled in."""
    if isinstance(expression, ast.Constant):
        yield str(expression.value)
    elif isinstance(expression, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "7" for part in expression.values)  # type: ignore[misc] # the constants of an f-string are texts
    elif isinstance(expression, ast.Name) and made:
        for value in made:
            yield from sentences(value, ())
    elif ast.unparse(expression) not in PASSED_ON:
        yield f"(a why that this test cannot read: {ast.unparse(expression)})"


def assigned(to: ast.expr, function: Function) -> list[ast.expr]:
    """Return what was assigned to a name on the way to where it is used: in the same block, or in one around it."""
    blocks = [block for node in ast.walk(function) for _, block in ast.iter_fields(node) if is_block(block)]
    for block in reversed(blocks):  # the innermost last, as ast.walk goes
        for place, statement in enumerate(block):
            if to in ast.walk(statement):
                before = [node for earlier in block[:place] for node in ast.walk(earlier)]
                found = [
                    node.value
                    for node in before
                    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(to)
                ]
                if found:
                    return found
    return []


def is_block(field: object) -> TypeGuard[list[ast.stmt]]:
    return isinstance(field, list) and bool(field) and isinstance(field[0], ast.stmt)


def said() -> set[str]:
    functions = [
        node
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, Function)
    ]
    found = {
        sentence
        for function in functions
        for expression in whys_in(function)
        for sentence in sentences(expression, assigned(expression, function))
    }
    return found | {variable.absent for variable in VARIABLES.values() if variable.absent}


@pytest.mark.parametrize("sentence", sorted(said()))
def test_every_why_that_the_program_says_is_known_in_chinese(sentence: str) -> None:
    text = why(sentence)
    assert text.en == sentence
    assert sentence not in text.zh
    assert CHINESE.search(text.zh)


def test_the_whys_of_photos_rules_and_earlier_photos_are_all_found() -> None:
    assert {
        "the picture is damaged or incomplete",
        "the file has 7 bytes; at most 7 are looked at",
        "looking at the photo took longer than 7 s",
        "the host 7 did not deliver the photo: it was too slow",
        "earlier photos could not be searched: after 7 s only 7 of 7 had been read",
        "rule 7 could not be evaluated: 7",
    } <= said()


def test_numbers_and_names_go_along() -> None:
    sentence = "the file has 31,000,000 bytes; at most 30,000,000 are looked at"
    assert why(sentence) == ReasonText(zh="文件有 31,000,000 字节，超过了 30,000,000 字节的上限", en=sentence)


def test_braces_and_line_ends_in_a_name_are_taken_as_they_are() -> None:
    assert why("rule a could not be evaluated: {rule}\nno").zh == "规则 a 无法执行：“{rule}\nno”"


def test_a_why_that_is_not_known_is_quoted_as_it_is() -> None:
    assert why("the moon was full").zh == "“the moon was full”"
