"""Parts of a condition that are made of constants alone and can never be evaluated, beside others that can.

``[1][5] > request.amount_minor`` type-checks, and fails for every request. Each largest part without a variable is
written out again and evaluated by itself.
"""

import json
import math
import re
from collections.abc import Iterator

from streams.policy.expressions import Expression, Node, refused
from streams.policy.protobuf import fields

_BETWEEN = re.compile(r"_([^_\[?]+)_")
_WRITTEN = {
    "_[_]": "{}[{}]",
    "_?_:_": "({} ? {} : {})",
    "@in": "({} in {})",
    "-_": "-({})",
    "!_": "!({})",
}
_NAME = re.compile(r"[A-Za-z]\w*")
_INT64 = 2**63
_MAP = 8
"""The field of ``cel.expr.Expr`` that holds a map."""


def failing(expression: Expression) -> Iterator[tuple[int, str]]:
    """Yield where each largest part of constants alone stands that cannot be evaluated, and what is wrong with it."""
    yield from _failing(expression, expression.root)


def _failing(expression: Expression, node: Node) -> Iterator[tuple[int, str]]:
    written = _written(node)
    if written is None:
        for part in _parts(node):
            yield from _failing(expression, part)
    elif node.kind != "constant" and (said := refused(written)):
        yield expression.offset(node), f"this can never be evaluated: {written}: {said}"


def _parts(node: Node) -> list[Node]:
    return [part for entry in _entries(node) for part in entry] if node.kind == "other" else node.parts()


def _entries(node: Node) -> list[tuple[Node, Node]]:
    """Return the keys and values of a map; none of another node."""
    found = fields(node.own.one(_MAP)).all(2)
    return [(Node.read(entry.one(3)), Node.read(entry.one(4))) for entry in map(fields, found)]


def _written(node: Node) -> str | None:
    """Return a part as CEL writes it; None where it holds a variable, or what is not written here."""
    if node.kind == "constant":
        return _constant(node)
    if node.kind == "other" and node.own.one(_MAP) is not None:
        entries = [(_written(key), _written(value)) for key, value in _entries(node)]
        return None if any(None in one for one in entries) else f"{{{', '.join(f'{k}: {v}' for k, v in entries)}}}"
    if node.kind not in {"list", "call"}:
        return None
    parts = [_written(part) for part in node.parts()]
    if any(part is None for part in parts):
        return None
    given = [part for part in parts if part is not None]
    return f"[{', '.join(given)}]" if node.kind == "list" else _call(node, given)


def _call(node: Node, given: list[str]) -> str | None:
    function = node.own.text(2) or ""
    template = _WRITTEN.get(function)
    if template is not None:
        return template.format(*given)
    if (between := _BETWEEN.fullmatch(function)) is not None:
        return f"({f' {between[1]} '.join(given)})"
    if _NAME.fullmatch(function) is None:
        return None
    first, *others = given if node.own.one(1) is not None else ("", *given)
    return f"{first}{'.' if first else ''}{function}({', '.join(others)})"


def _constant(node: Node) -> str | None:
    if (text := node.own.text(6)) is not None:
        return json.dumps(text, ensure_ascii=False)
    if (number := node.own.double(5)) is not None:
        return repr(number) if math.isfinite(number) else None
    if (positive := node.own.number(4)) is not None:
        return f"{positive}u"
    if (whole := node.own.number(3)) is not None:
        return str(whole) if whole < _INT64 else f"({whole - 2 * _INT64})"
    truth = node.own.number(2)
    return None if truth is None else str(bool(truth)).lower()
