"""Where the time of a run of tests went: seconds by folder, printed where pytest's ``--durations`` is given."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Protocol

DEPTH = 3
"""Parts of a path that a folder has at most: tests/unit/evidence, not the folders below it."""


class Timed(Protocol):
    """One phase of one test, as pytest reports it: set-up, call or tear-down."""

    @property
    def nodeid(self) -> str: ...

    @property
    def duration(self) -> float: ...


def by_folder(phases: Iterable[Timed]) -> Mapping[str, float]:
    """Return the seconds of each folder, the slowest first; fixtures count where they were first asked for."""
    seconds: dict[str, float] = defaultdict(float)
    for phase in phases:
        folder = PurePosixPath(phase.nodeid.partition("::")[0]).parent
        seconds["/".join(folder.parts[:DEPTH])] += phase.duration
    return dict(sorted(seconds.items(), key=lambda one: -one[1]))
