"""Conditions that fail whatever they look at, though each of their parts can be evaluated: found by drawn values.

``int("x" + request.category) > 3`` type-checks, and so do four lists of ten values within one another, which reach
CEL's limit of steps. Each request would go to review, as one that nobody could judge.
"""

import random
from collections.abc import Iterator, Sequence

from streams.policy.closed_values import closed_values
from streams.policy.compiled import CompiledRule, Policy
from streams.policy.ranges import ranges
from streams.policy.settling import answered
from streams.policy.variable import Got, Variable

DRAWS = 24
_STEPS = "Iteration budget exceeded"
_TEXTS = ("ceramics", "", "7", "2026-11-30", "2026-11-30T08:00:00Z", "true", "90s", "a" * 60)
"""What texts may hold: words, numbers, days, durations."""
_NUMBERS = (0, 1, 2, 7, 40, 1_000, 60_000)


def too_long(policy: Policy) -> Iterator[tuple[str, int, str]]:
    """Yield the path of each condition that reached the limit of steps for all drawn values, 0, and what to do."""
    for path, one, said in _failing(policy):
        if all(_STEPS in each for each in said):
            what = (
                "this takes more steps than CEL allows, whatever was drawn for it to look at: all would go to review. "
                "Write shorter lists, and fewer of all, exists, filter and map within one another"
            )
            yield path, 0, one.rule.said(what)


def failing_always(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield the path of each condition that failed for all drawn values in another way, and how it failed."""
    for path, one, said in _failing(policy):
        if not all(_STEPS in each for each in said):
            why = said[0].partition(" [")[0].rpartition(": ")[2]
            what = (
                f"rule {one.rule.id!r} failed whatever was drawn for it to look at ({why}): all would go to review. "
                "Try it with `policy test`"
            )
            yield path, what


def _failing(policy: Policy) -> Iterator[tuple[str, CompiledRule, Sequence[str]]]:
    for path, one in policy.conditions():
        said = _answers(one)
        if said:
            yield path, one, said


def _answers(one: CompiledRule) -> list[str]:
    """Return why the condition failed for each draw; empty where it could say something once."""
    lot = random.Random(one.condition.text)  # noqa: S311 - the same draws at each check
    drawn = {each.name: _drawn(each, lot) for each in one.used}
    found = []
    for draw in range(DRAWS):
        answer = answered(one.program, {name: values[draw] for name, values in drawn.items()})
        if isinstance(answer, bool):
            return []
        found.append(answer)
    return found


def _drawn(variable: Variable, lot: random.Random) -> Sequence[Got]:
    """Return as many values as there are draws, each that is known several times, in an order by lot."""
    known = _known(variable)
    values = [known[place % len(known)] for place in range(DRAWS)]
    return lot.sample(values, DRAWS)


def _known(variable: Variable) -> Sequence[Got]:
    if variable.kind == "bool":
        return (False, True)
    if variable.kind == "list(string)":
        return ([], ["altered_fraction"], list(_TEXTS[:3]))
    if variable.kind == "string":
        return sorted(closed_values().get(variable.name, _TEXTS))
    least, most = ranges().get(variable.name, (0, _NUMBERS[-1]))
    numbers = [min(max(one, least), most) for one in _NUMBERS]
    return [float(one) for one in (*numbers, 0.3, 0.7)] if variable.kind == "double" else [int(one) for one in numbers]
