"""Loads the compiled loops when they are first needed: a worker's start does not wait for Numba."""

from collections.abc import Callable, Sequence
from functools import cache
from os import environ
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

_ROOM = 4_096


@cache
def kernels() -> ModuleType:
    """Return :mod:`streams.sightings.kernels`: importing Numba takes a part of a second that only a search pays."""
    from streams.sightings import kernels as compiled  # noqa: PLC0415 - what this function is for

    return compiled


class Near(NamedTuple):
    """What is near: rows, in how many bits they differ, and which of the asked hashes each is near."""

    rows: npt.NDArray[np.int64]
    bits: npt.NDArray[np.uint16]
    asked: npt.NDArray[np.uint16]


def near(kernel: Callable[..., int], arguments: Sequence[Any]) -> Near:
    """Return what a kernel finds; it runs again with more room where it found more than there was room for."""
    room = _ROOM
    while True:
        rows, bits, asked = np.empty(room, np.uint32), np.empty(room, np.uint16), np.empty(room, np.uint16)
        found = kernel(*arguments, (rows, bits, asked))
        if found <= room:
            return Near(rows[:found].astype(np.int64), bits[:found], asked[:found])
        room = found


def keep_compiled(folder: Path) -> None:
    """Let Numba keep what it compiles in ``folder``, where nobody said otherwise; to be called before the first use."""
    environ.setdefault("NUMBA_CACHE_DIR", str(folder.absolute()))
