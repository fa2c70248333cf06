"""What a compiled CEL expression is made of: the variables that it reads, and constants that can never be evaluated.

CEL checks types when a rule is read; a regular expression, a time or a division by a literal zero it meets only when a
request comes. These are looked for here, so that a policy is refused before anybody is judged by it.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Any, NamedTuple

from cel_expr_python import cel

from streams.policy.protobuf import Fields, fields

_CONVERSIONS = frozenset({"timestamp", "duration", "int", "uint", "double", "bool"})
_DIVISIONS = frozenset({"_/_", "_%_"})
_COMPARISONS = frozenset({"_==_", "_!=_", "@in"})
_MOST_TEXTS = 1_000
"""Texts that one pattern may stand for at most; more are not tried."""
_STATUS = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$")
"""How CEL's library marks the kind of an error."""
_READ_AS_SIGN = re.compile(r"[\x07\x08\x0b\x0c]")
_SIGN = (
    r"the pattern holds a sign that nobody types: in a text, \b, \a, \f and \v are such signs, so it would match "
    r"nothing; write the pattern as r'\b...'"
)


class Fault(NamedTuple):
    """What can never be evaluated, and the character of the expression where it begins."""

    offset: int
    what: str


@dataclass(slots=True)
class Node:
    """A node of the syntax tree: the ``kind`` of ``cel.expr.Expr`` that it is, and its own fields."""

    number: int
    kind: str
    own: Any
    _parts: list["Node"] | None = None

    def parts(self) -> list["Node"]:
        """Return the nodes below it: what a call is made with, the thing it is called on first. They are read once."""
        if self._parts is None:
            self._parts = _parts(self)
        return self._parts

    @staticmethod
    def read(expr: bytes | None) -> "Node":
        """Return the node that a ``cel.expr.Expr`` holds."""
        return _node(expr)


class Reference(NamedTuple):
    """What a name or a call stands for; ``value`` is a constant's (``cel.expr.Constant``)."""

    name: str | None
    overloads: tuple[str, ...]
    value: bytes | None


_KINDS = {3: "constant", 4: "name", 6: "call", 7: "list", 9: "comprehension"}
"""Fields of ``cel.expr.Expr`` that matter here."""


class Expression:
    """The syntax tree of one compiled program (``cel.expr.CheckedExpr``)."""

    def __init__(self, program: Any) -> None:
        checked = fields(fields(program.serialize()).one(2))
        entries = map(fields, checked.all(2))
        self._references = {entry.number(1) or 0: _reference(fields(entry.one(2))) for entry in entries}
        self.root = _node(checked.one(4))
        positions = fields(checked.one(5)).all(4) if checked.one(5) else []
        self._offsets = {fields(one).number(1) or 0: fields(one).number(2) or 0 for one in positions}

    def offset(self, node: Node) -> int:
        """Return the character where a node begins; of a call with an operator, where that stands."""
        return self._offsets.get(node.number, 0)

    def names(self) -> frozenset[str]:
        """Return the names of the variables that the expression reads."""
        return frozenset(one.name for one in self._references.values() if one.name)

    def reference(self, number: int) -> Reference:
        """Return what the node of this number stands for."""
        return self._references.get(number, _NOTHING)

    def compared(self) -> Iterator[tuple[str, str, int]]:
        """Yield each variable that is compared with a constant text, that text, and where it stands.

        By ``==`` and ``!=``, either way round, and by ``in`` a list of constants.
        """
        for node in _all(self.root):
            function = node.own.text(2) if node.kind == "call" else None
            if function not in _COMPARISONS:
                continue
            sides = [
                (self.reference(one.number).name, one.parts() if one.kind == "list" else [one]) for one in node.parts()
            ]
            for (name, _), (_, others) in (sides, sides[::-1]):
                for other in others if name is not None else ():
                    if other.kind == "constant" and (text := other.own.text(6)) is not None:
                        yield str(name), text, self._offsets.get(other.number, 0)

    def faults(self) -> Iterator[Fault]:
        """Yield each constant that can never be evaluated: patterns, times, numbers written as text, divisions."""
        yield from self._faults(self.root, {})

    def _faults(self, node: Node, bound: Mapping[str, Node]) -> Iterator[Fault]:
        if node.kind == "comprehension":
            bound = {**bound, node.own.text(1): _node(node.own.one(2))}
        if node.kind == "call":
            function, arguments = node.own.text(2), node.parts()
            for at, what in _calls(function, arguments, bound):
                yield Fault(self._offsets.get(at.number, 0), what)
        if node.kind == "constant" and (number := node.own.double(5)) is not None and not math.isfinite(number):
            yield Fault(self._offsets.get(node.number, 0), "the number is too large")
        for part in node.parts():
            yield from self._faults(part, bound)


def _reference(found: Fields) -> Reference:
    return Reference(found.text(1), tuple(one.decode() for one in found.all(3)), found.one(4))


_NOTHING = Reference(None, (), None)


def _calls(function: str, arguments: list[Node], bound: Mapping[str, Node]) -> Iterator[tuple[Node, str]]:
    if function == "matches" and arguments:
        for pattern in _texts(arguments[-1], bound):
            if _READ_AS_SIGN.search(pattern):
                yield arguments[-1], _SIGN
                return
            if said := refused(f'"".matches({json.dumps(pattern, ensure_ascii=False)})'):
                yield arguments[-1], said
                return
    elif function in _CONVERSIONS and len(arguments) == 1:
        for text in _texts(arguments[0], bound):
            if said := refused(f"{function}({json.dumps(text, ensure_ascii=False)})"):
                yield arguments[0], f"{function}({text!r}): {said}"
                return
    elif function in _DIVISIONS and arguments[1].kind == "constant" and _is_zero(arguments[1].own):
        yield arguments[1], "a division by zero"


def _texts(node: Node, bound: Mapping[str, Node]) -> list[str]:
    """Return the texts that a node may stand for, as far as constants say; none where they do not."""
    if node.kind == "constant":
        text = node.own.text(6)
        return [] if text is None else [text]
    if node.kind == "name":
        listed = bound.get(node.own.text(1))
        inner = [] if listed is None or listed.kind != "list" else listed.parts()
        return [text for one in inner for text in _texts(one, bound)]
    if node.kind != "call":
        return []
    function, arguments = node.own.text(2), node.parts()
    if function == "_?_:_":
        return _texts(arguments[1], bound) + _texts(arguments[2], bound)
    if function == "_+_":
        left, right = (_texts(one, bound) for one in arguments)
        return ["".join(pair) for pair in product(left, right)] if len(left) * len(right) <= _MOST_TEXTS else []
    return []


def _is_zero(constant: Fields) -> bool:
    return constant.number(3) == 0 or constant.number(4) == 0


@lru_cache(maxsize=1_024)
def refused(expression: str) -> str | None:
    """Return why a constant expression cannot be evaluated, or None where it can or does not compile."""
    try:
        program = _nothing().compile(expression)
    except RuntimeError:
        return None
    try:
        value = program.eval(data={})
        said = None if value.type() != cel.Type.ERROR else str(value.value())
    except Exception as exc:  # noqa: BLE001 - whatever the library raises, the constant cannot be used
        said = str(exc)
    return None if said is None else _STATUS.sub("", said)


@cache
def _nothing() -> Any:
    return cel.NewEnv(variables={})


def _node(expr: bytes | None) -> Node:
    found = fields(expr or b"")
    number = found.number(2) or 0
    for field, kind in _KINDS.items():
        if (own := found.one(field)) is not None:
            return Node(number, kind, fields(own))
    return Node(number, "other", found)


def _all(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts():
        yield from _all(part)


def _parts(node: Node) -> list[Node]:
    if node.kind == "call":
        target = node.own.one(1)
        return [_node(one) for one in ([] if target is None else [target]) + node.own.all(3)]
    if node.kind == "list":
        return [_node(one) for one in node.own.all(1)]
    if node.kind == "comprehension":
        return [_node(one) for field in (2, 4, 5, 6, 7) if (one := node.own.one(field)) is not None]
    return []
