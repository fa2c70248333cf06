"""How the processes of one run share out the tests (``-n``): a file stays together, systems come one after the other.

Tests of one file share fixtures. Whole systems of several processes take all processors and are disturbed on purpose,
so one process of the run has them, one by one, the longest first, and the others everything else. Who is done first
helps out, from the end of what waits: short ones are left by then. (Groups by mark, ``--dist loadgroup``, are silently
lost with pytest 9.2 and pytest-xdist 3.8: each test goes wherever there is room.)
"""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

SYSTEMS = frozenset({"integration", "faults"})


class SideBySide(LoadScopeScheduling):  # type: ignore[misc]  # xdist's class is untyped here
    """Deals out whole files: systems to the first process, from the first on, and to others from the last."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return _file(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        file = next_file(list(self.workqueue), of_systems=node is self.nodes[0])
        self.workqueue.move_to_end(file, last=False)
        super()._assign_work_unit(node)


def next_file(waiting: Iterable[str], *, of_systems: bool) -> str:
    """Return which of the files that wait, in their order, a process has next; ``of_systems``: systems are its own."""
    files = list(waiting)
    systems = [file for file in files if is_a_system(file)]
    others = [file for file in files if not is_a_system(file)]
    return (systems + others)[0] if of_systems else (others + systems[::-1])[0]


def longest_first(tests: Iterable[str], slow: Iterable[str]) -> list[str]:
    """Return the tests as they are shared out: files of systems with a ``slow`` test, other systems, the rest."""
    long = {_file(test) for test in slow}
    return sorted(tests, key=lambda test: (not is_a_system(test), _file(test) not in long))


def is_a_system(nodeid: str) -> bool:
    """Return whether a test, or a file of tests, runs several processes of the product."""
    return not SYSTEMS.isdisjoint(PurePosixPath(_file(nodeid)).parts[:-1])


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
