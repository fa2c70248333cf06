"""Fixtures of real parts, and the summary that names those that are missing."""

from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from streams.adapters.kafka.embedded_broker import EmbeddedBroker
from tests.durations import by_folder
from tests.real import parts, topics
from tests.real.kafka import Kafka
from tests.real.postgres import Postgres


def pytest_configure() -> None:
    """Let drawn examples take their time: a busy machine is no finding."""
    settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy")


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """One Apache Kafka for the whole run, without topics: tests.real.topics makes and empties them."""
    parts.need("Apache Kafka")
    broker = Kafka()
    try:
        broker.start()
        yield broker
    finally:
        broker.remove()


@pytest.fixture
async def kafka_topics(kafka: Kafka) -> AsyncIterator[str]:
    """The address of that Kafka, up again if a test ended it, with every topic of the contract, empty."""
    kafka.start()
    await topics.create_all(kafka.address)
    yield kafka.address
    kafka.start()
    await topics.delete_all(kafka.address)


@pytest.fixture
def tansu() -> Iterator[EmbeddedBroker]:
    """A Tansu of the test's own: it starts in no time."""
    parts.need("Tansu")
    broker = EmbeddedBroker()
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for the whole run; each test takes a new database. Who wants to kill one starts its own."""
    parts.need("PostgreSQL")
    # Only a loss of power would tell the first setting; with the second, locks without bound are noticed.
    with Postgres("fsync=off", "max_locks_per_transaction=10") as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if terminalreporter.config.getoption("durations") is not None:
        phases = [report for kind in terminalreporter.stats.values() for report in kind if hasattr(report, "duration")]
        terminalreporter.section("seconds by folder")
        for folder, seconds in by_folder(phases).items():
            terminalreporter.line(f"{seconds:8.1f} {folder}")
    if parts.lacked:
        terminalreporter.section("real parts that are missing", red=True)
        for name, reason in parts.lacked.items():
            terminalreporter.line(f"{name}: {reason}")
