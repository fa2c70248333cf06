"""Fixtures of real parts, and the summary that names those that are missing."""

from collections.abc import Iterator

import pytest

from tests.real import parts
from tests.real.kafka import Kafka


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """One Apache Kafka for the whole run, without topics: tests.real.topics makes and empties them."""
    parts.need("Apache Kafka")
    broker = Kafka()
    broker.start()
    yield broker
    broker.remove()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if missing := parts.all_missing():
        terminalreporter.section("real parts that are missing", red=True)
        for name, reason in missing.items():
            terminalreporter.line(f"{name}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if parts.in_ci() and parts.all_missing() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
