"""A few examples, drawn once for all: for what holds of most photos, and need not hold of every one.

Hypothesis is for what holds always: its examples are the same in every run too (tests.conftest), but others in
`make anew` and with another release of it.
"""

import random

import pytest


def each(count: int, **ranges: tuple[int, int]) -> pytest.MarkDecorator:
    """Return a mark that runs a test with ``count`` drawn examples; a range's ends are both in it."""
    return pytest.mark.parametrize(tuple(ranges), drawn(count, **ranges))


def drawn(count: int, **ranges: tuple[int, int]) -> list[tuple[int, ...]]:
    """Return ``count`` examples, each with a number from every range: always the same ones for the same ranges."""
    chance = random.Random(repr(sorted(ranges.items())))  # noqa: S311 - no secret
    return [tuple(chance.randint(*ends) for ends in ranges.values()) for _ in range(count)]
