"""What keeps us from Kafka though it may be up is said in words."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from streams.adapters.kafka import diagnosis
from streams.adapters.kafka.diagnosis import why_away
from streams.settings import Settings
from tests.real.kafka import free_ports


def asked_at(server: str) -> Settings:
    return Settings.model_validate({"broker": f"kafka://{server}"})


class Bootstrap:
    """A connection to a cluster that says where its brokers are."""

    def __init__(self, *brokers: tuple[str, int]) -> None:
        self.answer = SimpleNamespace(brokers=[(at, host, port, None) for at, (host, port) in enumerate(brokers)])

    async def send(self, _request: object) -> Any:
        return self.answer

    def close(self) -> None:
        """There is nothing to close."""


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Any:
    def named(*brokers: tuple[str, int]) -> None:
        async def connected(*_: object, **__: object) -> Bootstrap:
            return Bootstrap(*brokers)

        monkeypatch.setattr(diagnosis, "create_conn", connected)

    return named


async def test_brokers_that_are_named_by_addresses_of_another_network_are_told(cluster: Any) -> None:
    closed = free_ports(1)
    cluster(("127.0.0.1", closed), ("a..b", 9092))
    said = await why_away(asked_at("127.0.0.1:9092"), {})
    assert said is not None
    assert f"its brokers are at 127.0.0.1:{closed}, a..b:9092, which cannot be reached from here" in said
    assert "mend advertised.listeners" in said


async def test_one_broker_that_can_be_reached_is_enough(cluster: Any) -> None:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        cluster(("127.0.0.1", free_ports(1)), ("127.0.0.1", server.sockets[0].getsockname()[1]))
        assert await why_away(asked_at("127.0.0.1:9092"), {}) is None


async def test_a_host_that_nobody_knows_is_named() -> None:
    said = await why_away(asked_at("a..b:9092"), {})
    assert said == "nobody here knows the host a..b: set SENTINEL_BROKER right"
