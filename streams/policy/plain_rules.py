"""Rules as plain Python, to say cheaply of most requests that no rule fires, and of some that one does.

CEL has every value handed over before it says anything, which costs more than all else in judging. What is written here
knows a part of CEL alone: where a value is missing, a sum overflows, or a rule uses more of CEL, it is CEL's to say. A
property test holds that both agree.
"""

from ast import literal_eval
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

from streams.policy.expressions import Expression, Node
from streams.policy.protobuf import Fields, fields

Silent = Callable[[Mapping[str, Any]], bool]
"""Says of values of variables by name whether no condition is true; raises where it cannot say."""
_INT64 = 2**63
_KINDS = ("int64", "double")
_COMPARED = {"less": "<", "less_equals": "<=", "greater": ">", "greater_equals": ">="}
_WRITTEN = {
    "logical_and": "({} and {})",
    "logical_or": "({} or {})",
    "logical_not": "(not {})",
    "conditional": "({1} if {0} else {2})",
    "equals": "({} == {})",
    "not_equals": "({} != {})",
    "in_list": "({} in {})",
    "starts_with_string": "{}.startswith({})",
    "ends_with_string": "{}.endswith({})",
    "contains_string": "({1} in {0})",
    **{f"{name}_{kind}": f"({{}} {sign} {{}})" for name, sign in _COMPARED.items() for kind in _KINDS},
    **{f"{name}_double": f"({{}} {sign} {{}})" for name, sign in (("add", "+"), ("subtract", "-"), ("multiply", "*"))},
    **{f"{name}_int64": f"whole({{}} {sign} {{}})" for name, sign in (("add", "+"), ("subtract", "-"))},
}
"""Overloads of CEL that mean the same in Python, between values of the types that CEL has checked."""


class _NotPlain(Exception):
    """An expression uses what only CEL knows."""


class _BeyondCel(Exception):
    """A sum is larger than CEL's whole numbers, or a condition nested deeper than Python reads."""


def plain(expression: Expression, names: Iterable[str]) -> str | None:
    """Return a rule's condition as Python over the values ``v``; None where only CEL knows what it means.

    ``names`` are the variables that are one value each, no list.
    """
    try:
        return _written(expression, expression.root, frozenset(names))
    except _NotPlain:
        return None


def silent(conditions: Iterable[str]) -> Silent:
    """Return what says whether all of these conditions are false: each was made by :func:`plain`."""
    source = f"lambda v: not ({' or '.join(conditions) or 'False'})"
    try:
        made: Silent = eval(source, {"__builtins__": {}, "whole": _whole})  # noqa: S307 - of :func:`plain`'s own words
    except (SyntaxError, RecursionError, MemoryError):  # nested deeper than Python reads
        return _unsure
    return made


def cel_takes(text: Any) -> bool:
    """Return whether CEL takes a text at all, whatever the rule is: half a character fails each rule of its subject."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def said(ask: Silent, known: Mapping[str, Any]) -> bool | None:
    """Return whether one of the conditions that ``ask`` knows is true; None where only CEL can say."""
    try:
        return not ask(known)
    except (KeyError, TypeError, _BeyondCel):
        return None


def _unsure(_known: Mapping[str, Any]) -> bool:
    raise _BeyondCel


def _written(expression: Expression, node: Node, names: frozenset[str]) -> str:
    named = expression.reference(node.number)
    if node.kind == "constant":
        return _constant(node.own)
    if node.kind == "call":
        if len(named.overloads) != 1 or named.overloads[0] not in _WRITTEN:
            raise _NotPlain
        template, parts = _WRITTEN[named.overloads[0]], node.parts()
        if template.count("{") != len(parts):
            raise _NotPlain
        return template.format(*(_written(expression, one, names) for one in parts))
    if node.kind == "list":
        return _constants(node.parts())
    if named.value is not None:
        return _constant(fields(named.value))
    if named.name in names:
        return f"v[{named.name!r}]"
    raise _NotPlain


def _constants(parts: Sequence[Node]) -> str:
    """Return a list of constants; of several types only CEL knows what is in it: to Python ``True`` is in ``[1]``."""
    if any(one.kind != "constant" for one in parts):
        raise _NotPlain
    written = [_constant(one.own) for one in parts]
    if len({type(literal_eval(one)) for one in written}) > 1:
        raise _NotPlain
    return f"({''.join(f'{one}, ' for one in written)})"


def _constant(own: Fields) -> str:
    """Return a constant (``cel.expr.Constant``) as Python writes it."""
    if (text := own.text(6)) is not None:
        return repr(text)
    if (number := own.double(5)) is not None:
        if not isfinite(number):  # Python has no word for it
            raise _NotPlain
        return repr(number)
    if (whole := own.number(3)) is not None:
        return repr(whole - 2 * _INT64 if whole >= _INT64 else whole)
    if (truth := own.number(2)) is not None:
        return repr(bool(truth))
    raise _NotPlain


def _whole(number: int) -> int:
    if -_INT64 <= number < _INT64:
        return number
    raise _BeyondCel
