"""What keeps us from Kafka though it may be up is said in words."""

import asyncio
import ssl
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import IllegalSaslStateError

from streams.adapters.kafka import diagnosis
from streams.adapters.kafka.diagnosis import why_away, why_refused
from streams.settings import Settings
from tests.real.kafka import free_ports


def asked_at(server: str) -> Settings:
    return Settings.model_validate({"broker": f"kafka://{server}"})


class Bootstrap:
    """A connection to a cluster that says where its brokers are."""

    def __init__(self, *brokers: tuple[str, int]) -> None:
        self.answer = SimpleNamespace(brokers=[(at, host, port, None) for at, (host, port) in enumerate(brokers)])
        self.answer.error_code = IllegalSaslStateError.errno

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


async def test_a_broker_that_is_named_otherwise_than_its_certificate_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]

        async def connected(host: str, *_: object, **__: object) -> Bootstrap:
            if host == "localhost":
                wrong = ssl.SSLCertVerificationError()
                wrong.verify_code, wrong.verify_message = 62, "certificate is not valid for 'localhost'."
                raise wrong
            return Bootstrap(("localhost", port))

        monkeypatch.setattr(diagnosis, "create_conn", connected)
        said = await why_refused(asked_at("127.0.0.1:9092"), {})
    assert said is not None
    assert f"Kafka at localhost:{port} has a certificate that is not trusted" in said


async def test_a_host_that_nobody_knows_is_named() -> None:
    said = await why_away(asked_at("a..b:9092"), {})
    assert said == "nobody here knows the host a..b: set SENTINEL_BROKER right"
