"""What every loop that Numba compiles needs. Importing this takes Numba's import: only such loops' modules do.

Numba's cache notices a change of a function's own file only, so nothing here but what never changes is compiled in.
"""

from collections.abc import Callable
from typing import Any

from numba import njit, types
from numba.extending import intrinsic


def compiled(function: Callable[..., Any]) -> Any:
    """Return the function compiled on first use, kept in Numba's cache where one can be written."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder for a cache can be written: then it is compiled by each process
        return njit(nogil=True)(function)


def _count_ones(_typing: Any, word: Any) -> Any:  # pragma: no cover - runs while Numba compiles
    """Return how many bits are set: one instruction."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(word), code


ones: Any = intrinsic(_count_ones)
"""Counts the bits that are set in a word of 64, within a compiled loop."""
