"""Fixtures of real parts, and the summary that names those that are missing."""

from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from streams import gc_tuning
from streams.adapters.kafka.embedded_broker import EmbeddedBroker
from tests.durations import by_folder
from tests.measured import watch_tests_alone
from tests.real import parts, topics
from tests.real.kafka import Kafka, a_broker
from tests.real.postgres import Postgres
from tests.side_by_side import SideBySide, longest_first

ANEW = "anew"


def pytest_configure(config: pytest.Config) -> None:
    """Let drawn examples take their time: a busy machine is no finding. They are the same in every run.

    ``make anew`` draws others: what it finds stops whoever asked for it, and nobody who changed something else.
    """
    busy = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile(ANEW, busy)
    settings.register_profile("same", busy, derandomize=True)
    if config.getoption("--hypothesis-profile") != ANEW:
        settings.load_profile("same")
        # Else it draws numbers that stand in the code, out of whatever modules earlier tests have loaded.
        pytest.MonkeyPatch().setattr(providers, "is_local_module_file", lambda _path: False)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return what shares out the tests of a run of several processes."""
    return SideBySide(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let what takes longest begin first in a run of several processes."""
    if hasattr(config, "workerinput"):
        by_name = {item.nodeid: item for item in items}
        slow = [item.nodeid for item in items if item.get_closest_marker("slow") is not None]
        items[:] = [by_name[name] for name in longest_first(by_name, slow)]


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Set ten thousand tests and their modules aside, as a worker does its own: they stay as long as the run lasts."""
    with gc_tuning.loading():
        watch_tests_alone(session.config)
        collected = yield
    gc_tuning.settle()
    return collected


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that prints the summary which real parts this one lacked."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["lacked"] = parts.lacked


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a process of the run lacked."""
    parts.lacked.update(getattr(node, "workeroutput", {}).get("lacked", {}))


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """One Apache Kafka for the whole run, without topics: tests.real.topics makes and empties them."""
    yield from a_broker()


@pytest.fixture
async def kafka_topics(kafka: Kafka) -> AsyncIterator[str]:
    """The address of that Kafka, up again if a test ended it, with every topic of the contract, empty."""
    kafka.start()
    await topics.make_anew(kafka.address)
    yield kafka.address
    kafka.start()


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
