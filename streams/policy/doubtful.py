"""Conditions that mean something other than they seem to: refused before a policy is stored.

A policy that judges already goes on as it is: an older version took it.
"""

import math
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from streams.policy.expressions import Expression, Node
from streams.policy.variables import BY_SUBJECT

_QUOTED = re.compile(r"'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_ZEROS = re.compile(r"(?<![\w.])0[0-9]+")
_SEARCHES = frozenset({"matches", "contains", "startsWith", "endsWith"})
_NUMBERS = frozenset({"int", "uint", "double"})


def doubts(condition: str, program: Any, expression: Expression) -> Iterator[str]:
    """Yield what is doubtful in a condition, a sentence each, with what to write instead; ``program`` is compiled.

    Numbers with zeros before them, numbers too large, searches for an empty text, and what can never be evaluated.
    """
    for found in _ZEROS.finditer(_QUOTED.sub("''", condition)):
        yield _zeros(found[0])
    for node in _below(expression.root):
        yield from _doubts(node)
    if not expression.names() & _variables() and (why := _failure(program)):
        yield f"this can never be evaluated: {why}"


@cache
def _variables() -> frozenset[str]:
    return frozenset(one.name for variables in BY_SUBJECT.values() for one in variables)


def _doubts(node: Node) -> Iterator[str]:
    function, last = (node.own.text(2), (node.parts() or [node])[-1]) if node.kind == "call" else ("", node)
    text = last.own.text(6) if last.kind == "constant" else None
    if text == "" and function in _SEARCHES:
        yield f"an empty text is found in every text, so {function}('') always holds: write what is looked for"
    if text is None or function not in _NUMBERS:
        return
    if _ZEROS.fullmatch(text.lstrip("+-")):
        yield _zeros(text)
    try:
        number = float(text)
    except ValueError:
        return
    if math.isnan(number):
        yield f"{function}('{text}') is no number, and no comparison with it holds: leave it out"
    elif not math.isfinite(number):
        yield f"{function}('{text}'): the number is too large"


def _zeros(number: str) -> str:
    return f"{number} is read as {int(number)} here and as another number elsewhere: write it without zeros before it"


def _failure(program: Any) -> str | None:
    try:
        value = program.eval(data={}).value()
    except Exception as exc:  # noqa: BLE001 - whatever the library raises, it would raise for each request
        return str(exc)
    return None if isinstance(value, bool) else str(value)


def _below(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts():
        yield from _below(part)
