"""Sums of money in conditions: what one compares with a number means a sum in some currency, and says not in which."""

from collections.abc import Collection, Iterator

from streams.policy.document import PolicyDocument
from streams.policy.expressions import Expression, Node
from streams.policy.variable import MINOR, Variable

_LIMITS = "limits"
"""What the names of the limits in a request's own currency begin with."""
_COMPARED = frozenset({"_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_"})


def currencies_of(document: PolicyDocument) -> frozenset[str]:
    """Return the currencies for which a policy gives any limit or other sum."""
    limits = [document.amount_limits, *(one.amount_limits for one in document.overrides)]
    return frozenset().union(*limits, *(one.above_minor for one in document.not_eligible))


def compared_sums(expression: Expression, used: Collection[Variable]) -> tuple[Variable, ...]:
    """Return the sums that a condition compares with a number other than 0, whatever the currency.

    None where it asks for the currency, or for limits, which are in the request's own.
    """
    if any(one.name == "request.currency" or one.prefix == _LIMITS for one in used):
        return ()
    sums = {one.name: one for one in used if one.unit == MINOR}
    found = set[str]()
    for node in _below(expression.root) if sums else ():
        if node.kind == "call" and node.own.text(2) in _COMPARED:
            left, right = node.parts()
            for number, other in ((left, right), (right, left)):
                if _is_amount(number):
                    found |= {name for one in _below(other) if (name := expression.reference(one.number).name) in sums}
    return tuple(sums[name] for name in sorted(found))


def _is_amount(node: Node) -> bool:
    return node.kind == "constant" and bool(node.own.number(3) or node.own.double(5))


def _below(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts():
        yield from _below(part)
