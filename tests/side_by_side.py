"""How the processes of one run share out the tests (``-n 2``): a file stays together, whole systems come one by one.

Tests of one file share fixtures. Whole systems of several processes take all processors and are disturbed on purpose,
so there is one of them at a time; they begin first, as they take longest. (Groups by mark, ``--dist loadgroup``, are
silently lost with pytest 9.2 and pytest-xdist 3.8: each test goes wherever there is room.)
"""

from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

SYSTEMS = frozenset({"integration", "faults"})


class SideBySide(LoadScopeScheduling):  # type: ignore[misc]  # xdist's class is untyped here
    """Deals out whole files, in the order in which they were collected; all systems are one piece."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return "systems" if is_a_system(nodeid) else _file(nodeid)


def is_a_system(nodeid: str) -> bool:
    """Return whether a test runs several processes of the product."""
    return not SYSTEMS.isdisjoint(PurePosixPath(_file(nodeid)).parts[:-1])


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
