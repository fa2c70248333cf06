"""Looks at a pair that are taken once: several steps ask for the same, and each look is many passes over pixels."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from streams.evidence.comparing.comparison import PairResult

Seen = TypeVar("Seen")


def once(look: Callable[[PairResult], Seen]) -> Callable[[PairResult], Seen]:
    """Return a look whose answer is kept with the pair, and not with another that was made of it."""

    @wraps(look)
    def kept(beside: PairResult) -> Seen:
        if look not in beside.kept:
            beside.kept[look] = look(beside)
        answer: Seen = beside.kept[look]
        return answer

    return kept
