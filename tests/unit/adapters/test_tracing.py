"""Traces reach what takes them, and hold up nobody where it is away."""

import sys
from contextlib import AsyncExitStack

import pytest

from streams.adapters.tracing import over_otlp
from streams.agents.worker import open_tracer
from streams.errors import SettingsError
from streams.settings import Settings
from tests.real.collector import a_collector

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
AWAY = "http://127.0.0.1:1/v1/traces"


def test_spans_are_sent_over_otlp_when_a_worker_ends() -> None:
    with a_collector() as collector:
        tracer = over_otlp("decide", Settings(instance="decide-1"), collector.url)
        span = tracer.begin("process", f"00-{TRACE}-00f067aa0ba902b7-01", {"messages": 1})
        with span.part("decide"):
            pass
        span.end()
        tracer.close()
        assert collector.names_of(TRACE) == {"process", "decide"}


def test_where_nobody_takes_traces_the_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.adapters.tracing.SEND_S", 0.5)
    tracer = over_otlp("decide", Settings(), AWAY)
    for _ in range(5_000):  # more than are kept for sending
        tracer.begin("process", None, {}).end()
    tracer.close()


async def test_a_worker_without_the_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "streams.adapters.tracing", None)
    async with AsyncExitStack() as stack:
        with pytest.raises(SettingsError, match=r"SENTINEL_TRACES_URL.*refund-sentinel\[tracing\]"):
            open_tracer("enrich", Settings(traces_url=AWAY), stack)


async def test_a_worker_that_is_told_of_no_collector_follows_nothing() -> None:
    async with AsyncExitStack() as stack:
        assert open_tracer("enrich", Settings(), stack) is None
