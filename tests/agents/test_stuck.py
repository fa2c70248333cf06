"""A worker that does not read on says so, and is ended: it need not be known what holds it up."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types.tuples import TP

from streams.agents.health import SHOWN_S, SLOW_S, STALLED_S, Health
from tests.drawn import each

AT = TP("requests", 3)


class Runtime:
    """As much of a runtime as is asked for; a started worker with one partition of which nothing is read."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}
        self.metrics = SimpleNamespace(lag_age=self.gauge("lag_age"), ready=self.gauge("ready"))
        self.app = SimpleNamespace(rebalancing=False, consumer=SimpleNamespace(assignment=lambda: {AT}))
        self.limits = {AT.topic: SimpleNamespace(paused=False)}
        self.acknowledgements = {AT.topic: SimpleNamespace(open=0)}
        self.silent = False

    def gauge(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(set_function=lambda asked: self.told.update({name: asked}))

    def troubles(self) -> list[str]:
        return ["Kafka does not answer"] if self.silent else []


def a_worker(*, unmoved_s: float = 0, unknown_s: float = 0) -> tuple[Health, Runtime]:
    runtime, now = Runtime(), time.monotonic()
    given: Any = runtime
    health = Health(given, started=True)
    health._moved_at[AT] = now - unmoved_s
    health._could_look_at = now - unknown_s
    return health, runtime


@each(4, beyond=(1, 10_000))
def test_a_partition_that_is_not_read_on_is_said_first_and_ends_the_worker_later(beyond: int) -> None:
    assert a_worker(unmoved_s=SHOWN_S - 1)[0].unready() == []
    shown = a_worker(unmoved_s=SHOWN_S + 1)[0]
    assert "requests/3 is not read on" in shown.unready()[0]
    assert shown.stuck() == []
    assert a_worker(unmoved_s=STALLED_S + beyond)[0].stuck() != []


@each(4, beyond=(1, 1_000))
def test_what_is_slow_is_given_its_time(beyond: int) -> None:
    health, runtime = a_worker(unmoved_s=STALLED_S + beyond)
    runtime.acknowledgements[AT.topic].open = 1
    assert health.stuck() == []
    health._moved_at[AT] = time.monotonic() - SLOW_S - beyond
    assert health.stuck() != []


def test_a_topic_that_is_paused_is_no_reason() -> None:
    health, runtime = a_worker(unmoved_s=2 * SLOW_S)
    runtime.limits[AT.topic].paused = True
    assert health.stuck() == []


@pytest.mark.parametrize(("rebalancing", "words"), [(True, "being assigned anew"), (False, "lag is not known")])
def test_a_worker_that_cannot_see_how_far_it_is_is_ended(*, rebalancing: bool, words: str) -> None:
    health, runtime = a_worker(unknown_s=STALLED_S + 1)
    runtime.app.rebalancing = rebalancing
    assert words in health.stuck()[0]
    assert any(words in why for why in health.unready())


def test_a_broker_that_does_not_answer_is_waited_for_and_time_begins_after_it() -> None:
    health, runtime = a_worker(unmoved_s=2 * SLOW_S, unknown_s=2 * SLOW_S)
    runtime.silent = True
    health.keep_time()
    assert health.stuck() == []
    runtime.silent = False
    assert health.stuck() == []


def test_a_worker_that_starts_is_given_its_time() -> None:
    health, _ = a_worker(unknown_s=2 * SLOW_S)
    health.started = False
    health.keep_time()
    assert health.stuck() == []
    health.started = True
    assert health.stuck() == []


def test_a_database_that_is_away_is_waited_for_however_long_that_takes_and_time_begins_after_it() -> None:
    health, runtime = a_worker(unmoved_s=2 * SLOW_S, unknown_s=2 * SLOW_S)
    runtime.acknowledgements[AT.topic].open = 1
    away: list[str | None] = ["it does not answer"]
    health.watch("database", lambda: away[0])
    health.keep_time()
    assert health.stuck() == []
    assert health.unready() == ["database: it does not answer"]
    away[0] = None
    assert health.stuck() == []


@each(4, times=(1, 50))
def test_asking_how_a_worker_is_changes_nothing(times: int) -> None:
    health, runtime = a_worker(unmoved_s=2 * SLOW_S, unknown_s=SHOWN_S)
    runtime.silent = True
    for _ in range(times):
        assert (health.unready(), health.stuck(), runtime.told["ready"]()) == (["Kafka does not answer"], [], 0.0)
    runtime.silent = False

    assert "is not read on" in health.stuck()[0], "nobody kept the time meanwhile"
    assert runtime.told["ready"]() == 0.0
    health._moved_at[AT] = health._could_look_at = time.monotonic()
    assert (health.unready(), runtime.told["ready"]()) == ([], 1.0)
