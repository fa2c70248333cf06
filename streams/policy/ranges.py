"""Comparisons that no value can meet, a share above one, a count below zero, or that every one does."""

import math
from collections.abc import Container, Iterator, Mapping
from functools import cache

from streams.policy.compiled import Policy
from streams.policy.expressions import Expression, Node
from streams.policy.variable import Variable
from streams.policy.variables import VARIABLES

MOST_MEDIA = 20
"""Claim media of a request at most, by its contract."""
_INT64 = 2**63
_TURNED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_", "_==_": "_==_"}
"""A comparison, and the same with its sides changed."""
_MOST = {"bits": 256.0, "quarter turns": 3.0}


def useless(policy: Policy) -> Iterator[tuple[str, int, str]]:
    """Yield the path of each condition with a comparison that no value or every one meets; where, and what is wrong."""
    for path, one in policy.conditions():
        expression = one.expression
        for node in below(expression.root):
            found = compared(expression, node, ranges())
            if found is not None and (what := _useless(*found)) is not None:
                yield path, expression.offset(node), one.rule.said(what)


def _useless(name: str, function: str, number: float) -> str | None:
    """Return what is wrong with a comparison; None where some values meet it and others do not."""
    least, most = ranges()[name]
    never = _never(function, number, least, most)
    if not never and not _always(function, number, least, most):
        return None
    values = f"{least:g} to {most:g}" if math.isfinite(most) else f"{least:g} or more"
    return f"{name} is {values}, so this {'never' if never else 'always'} holds: remove it, or mend the number"


def compared(expression: Expression, node: Node, names: Container[str]) -> tuple[str, str, float] | None:
    """Return which one of ``names`` a node compares with a number, and how; None where it does not."""
    function = node.own.text(2) if node.kind == "call" else None
    if function not in _TURNED:
        return None
    left, right = node.parts()
    for name, number, how in ((left, right, function), (right, left, _TURNED[function])):
        known, value = expression.reference(name.number).name, _number(number)
        if known is not None and known in names and value is not None:
            return known, how, value
    return None


def _never(function: str, number: float, least: float, most: float) -> bool:
    return {
        "_>_": number >= most,
        "_>=_": number > most,
        "_<_": number <= least,
        "_<=_": number < least,
        "_==_": not least <= number <= most,
    }[function]


@cache
def ranges() -> Mapping[str, tuple[float, float]]:
    """Return the least and the greatest value of variables whose unit says so."""
    return {one.name: found for one in VARIABLES.values() if one.is_reading and (found := _range(one)) is not None}


def _always(function: str, number: float, least: float, most: float) -> bool:
    return {
        "_>_": number < least,
        "_>=_": number <= least,
        "_<_": number > most,
        "_<=_": number >= most,
        "_==_": False,
    }[function]


def _range(variable: Variable) -> tuple[float, float] | None:
    if variable.name == "request.claim_photos":
        return 0.0, float(MOST_MEDIA)
    if variable.unit.startswith("share of") or variable.unit == "probability":
        return 0.0, 1.0
    return (0.0, _MOST.get(variable.unit, math.inf)) if variable.kind == "int" else None


def _number(node: Node) -> float | None:
    if node.kind != "constant":
        return None
    if (whole := node.own.number(3)) is not None:
        return float(whole - 2 * _INT64 if whole >= _INT64 else whole)
    double: float | None = node.own.double(5)
    return double


def below(node: Node) -> Iterator[Node]:
    """Yield a part of a condition, and all within it."""
    yield node
    for part in node.parts():
        yield from below(part)
