"""How wide the columns of a table become: none narrower than its longest word, and no cell lost."""

from collections.abc import Sequence
from typing import NamedTuple


class Wants(NamedTuple):
    """What a column needs at least, and what it takes at most, in cells of the screen."""

    least: int
    most: int


def widths(columns: Sequence[Wants], room: int) -> list[int] | None:
    """Return the width of each column, which together take ``room`` at most; None where they cannot.

    What is left beyond the least is given to the narrowest columns first: those that fold most gain most by it.
    """
    if sum(column.least for column in columns) > room:
        return None
    level = max((column.most for column in columns), default=0)
    while sum(_at(level, column) for column in columns) > room:
        level -= 1
    return [_at(level, column) for column in columns]


def _at(level: int, column: Wants) -> int:
    return max(column.least, min(column.most, level))
