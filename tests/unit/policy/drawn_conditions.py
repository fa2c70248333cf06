"""Conditions and values drawn by the thousand, faster than Hypothesis draws trees: of every operator that rules use."""

import math
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = {"i": "int", "j": "int", "x": "double", "y": "double", "p": "bool", "q": "bool", "s": "string", "t": "string"}
INTS = (0, 1, -1, 2, 3, 7, 255, 2**31, 2**53, 2**62, -(2**62), 2**63 - 1, -(2**63))
DOUBLES = (0.0, -0.0, 0.1, 0.5, 0.1 + 0.2, 0.3, 1.0, -1.0, 5e-324, 1e300, -1e300, 1.7976931348623157e308)
BEYOND = (math.inf, -math.inf, math.nan)
"""What a sum of doubles may become, so that a value may be it too; CEL has no word for it."""
TEXTS = ("", "a", "ab", "b", "A", "王", "e\u0301", "é", "'", '"', "\\", "\n", "{0}", "v['i']", "\U0001f3fa", "a" * 50)
KINDS_OF_VALUES = ("int", "double", "string", "bool")
CALLS = ("startsWith", "endsWith", "contains")


def values(chance: Random) -> dict[str, Any]:
    """Return values of the variables by name; one in eight is missing."""
    drawn: dict[str, Callable[[], Any]] = {
        "int": lambda: chance.choice(INTS) if chance.random() < 0.5 else chance.randrange(-4, 5),
        "double": lambda: chance.choice((*DOUBLES, *BEYOND)) if chance.random() < 0.7 else chance.uniform(-2, 2),
        "bool": lambda: chance.random() < 0.5,
        "string": lambda: chance.choice(TEXTS),
    }
    return {name: drawn[kind]() for name, kind in KINDS.items() if chance.random() > 0.125}


def condition(chance: Random, depth: int = 4) -> str:
    """Return a condition as CEL writes it, at most so many levels deep."""
    ways = (_joined, _joined, _joined, _not, _chosen, _truth, _listed, _compared, _compared)
    return chance.choice(ways if depth > 0 else ways[5:])(chance, depth - 1)


def _joined(chance: Random, depth: int) -> str:
    sign = chance.choice((" && ", " || "))
    return f"({sign.join(condition(chance, depth) for _ in range(chance.randrange(2, 4)))})"


def _not(chance: Random, depth: int) -> str:
    return f"!({condition(chance, depth)})"


def _chosen(chance: Random, depth: int) -> str:
    given = [condition(chance, depth) for _ in range(3)]
    return chance.choice(("({} ? {} : {})", "({} == {})", "({} != {})")).format(*given)


def _truth(chance: Random, _depth: int) -> str:
    return chance.choice(("p", "q", "true", "false"))


def _listed(chance: Random, _depth: int) -> str:
    """Return whether a value is in a list; one list in ten holds several types, of which only CEL knows."""
    of = chance.choice(KINDS_OF_VALUES)
    others = KINDS_OF_VALUES if chance.random() < 0.1 else (of,)
    listed = [of, *(chance.choice(others) for _ in range(chance.randrange(3)))]
    return f"({_value(of, chance, 1)} in [{', '.join(_constant(kind, chance) for kind in listed)}])"


def _compared(chance: Random, _depth: int) -> str:
    of = chance.choice(KINDS_OF_VALUES[:3])
    if of == "string" and chance.random() < 0.5:
        return f"{_value(of, chance, 0)}.{chance.choice(CALLS)}({_value(of, chance, 0)})"
    signs = ("==", "!=") if of == "string" else ("<", "<=", ">", ">=", "==", "!=")
    return f"({_value(of, chance, 2)} {chance.choice(signs)} {_value(of, chance, 2)})"


def _value(kind: str, chance: Random, depth: int) -> str:
    if depth > 0 and kind in {"int", "double"} and chance.random() < 0.4:
        sign = chance.choice("+-" if kind == "int" else "+-*")
        return f"({_value(kind, chance, depth - 1)} {sign} {_value(kind, chance, depth - 1)})"
    if depth > 0 and chance.random() < 0.15:
        chosen = [_value(kind, chance, depth - 1) for _ in range(2)]
        return f"({condition(chance, 0)} ? {chosen[0]} : {chosen[1]})"
    if chance.random() < 0.65:
        return chance.choice([name for name, one in KINDS.items() if one == kind])
    return _constant(kind, chance)


def _constant(kind: str, chance: Random) -> str:
    if kind == "int":
        return str(chance.choice(INTS))
    if kind == "bool":
        return chance.choice(("true", "false"))
    if kind == "double":
        return repr(chance.choice(DOUBLES))
    text = chance.choice(TEXTS)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
