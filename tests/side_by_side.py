"""How the processes of one run share out the tests (``-n``): a file stays together, systems come one after the other.

Tests of one file share fixtures. Whole systems of several processes take all processors and are disturbed on purpose,
so the first process of the run has them, one by one, the longest first. The second has what works without a pause, and
the others have what waits for browsers, brokers and databases: so from beginning to end some wait and one works.
Who is done with its own helps out, with systems last and from their end: short ones are left by then. (Groups by mark,
``--dist loadgroup``, are silently lost with pytest 9.2 and pytest-xdist 3.8: each test goes wherever there is room.)
"""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

SYSTEMS, WORKING, WAITING = "systems", "working", "waiting"
OWN_FIRST = ((SYSTEMS, WAITING, WORKING), (WORKING, WAITING, SYSTEMS), (WAITING, WORKING, SYSTEMS))
"""Of which kind the files are that the first, the second, and each further process has: its own, then others'."""
FOLDERS = {"integration": SYSTEMS, "faults": SYSTEMS, "contract": WAITING, "browser": WAITING}
"""All other tests work."""


class SideBySide(LoadScopeScheduling):  # type: ignore[misc]  # xdist's class is untyped here
    """Deals out whole files, of its own kind first, to each process."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return _file(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        file = next_file(list(self.workqueue), self.nodes.index(node))
        self.workqueue.move_to_end(file, last=False)
        super()._assign_work_unit(node)


def next_file(waiting: Iterable[str], process: int) -> str:
    """Return which of the files that wait, in their order, the process with this number, from 0, has next."""
    files: dict[str, list[str]] = {kind: [] for kind in OWN_FIRST[0]}
    for file in waiting:
        files[kind_of(file)].append(file)
    own, *others = OWN_FIRST[min(process, len(OWN_FIRST) - 1)]
    helped_with = [file for kind in others for file in files[kind][:: -1 if kind == SYSTEMS else 1]]
    return [*files[own], *helped_with][0]


def longest_first(tests: Iterable[str], slow: Iterable[str]) -> list[str]:
    """Return the tests as they are shared out: files of systems with a ``slow`` test, other systems, the rest."""
    long = {_file(test) for test in slow}
    return sorted(tests, key=lambda test: (kind_of(test) != SYSTEMS, _file(test) not in long))


def kind_of(nodeid: str) -> str:
    """Return whether a test, or a file of tests, runs whole systems, waits for real parts, or works without a pause."""
    return next((FOLDERS[part] for part in PurePosixPath(_file(nodeid)).parts[:-1] if part in FOLDERS), WORKING)


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
