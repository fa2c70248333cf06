"""What coverage measures: tests that come to the measured code on purpose, by an example of their own, as they run.

Python runs at half its speed while it is watched. Drawn examples go through the same lines a hundred times over, and
tests of these folders walk through the measured code by the way: what they reach, other tests say in so many words.
Nobody is watched between tests, nor while they are collected: what is measured is loaded before.
"""

from collections.abc import Callable, Generator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import is_hypothesis_test

BY_THE_WAY = tuple(
    f"tests/unit/{folder}" for folder in ("bench/", "demo/", "deploy/", "webhooks/", "wording/", "test_")
)


def measured(nodeid: str, test: Callable[..., Any] | None) -> bool:
    """Return whether what a test goes through counts as covered."""
    return not nodeid.startswith(BY_THE_WAY) and not is_hypothesis_test(test)


def watch_tests_alone(config: pytest.Config) -> None:
    """Load what is measured, and from then on watch nothing but tests; does nothing where nothing is measured."""
    coverage = Coverage.current()
    if coverage is None:
        return
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        _load(coverage.get_option("run:source"))
    while (watching := Coverage.current()) is not None:  # in one of several processes pytest-cov began two
        watching.stop()  # and the one below wakes up
    config.pluginmanager.register(Watch(coverage))


class Watch:
    """Watches each test that counts while it is set up and while it runs."""

    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch fixtures."""
        return (yield from self._watched(item))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch the test itself."""
        return (yield from self._watched(item))

    def _watched(self, item: pytest.Item) -> Generator[None, object, object]:
        if not measured(item.nodeid, getattr(item, "obj", None)):
            return (yield)
        self._coverage.start()
        try:
            return (yield)
        finally:
            self._coverage.stop()


def _load(packages: Any) -> None:
    for name in packages:
        for module in walk_packages(import_module(name).__path__, f"{name}."):
            import_module(module.name)
