"""What the producer answers comes as an offset, or as an error of ours."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import InvalidTimestampError, KafkaTimeoutError, MessageSizeTooLargeError
from faust.exceptions import ProducerSendError

from streams.agents.producing import buffer_of
from streams.delivery.messages import Outgoing
from streams.errors import BrokerUnavailable
from tests.drawn import each


class Producer:
    """Takes messages, and says later what became of each."""

    def __init__(self) -> None:
        self.sent: list[asyncio.Future[Any]] = []
        self.refuses: Exception | None = None

    async def send(self, *_: object) -> asyncio.Future[Any]:
        if self.refuses:
            raise self.refuses
        self.sent.append(asyncio.get_running_loop().create_future())
        return self.sent[-1]


def buffer(producer: Producer) -> Any:
    app: Any = SimpleNamespace(producer=producer)
    return buffer_of(app)(Outgoing("decisions", b"b-1", b"{}"))


@each(3, offset=(0, 2**62))
async def test_a_confirmed_message_says_where_it_stands(offset: int) -> None:
    producer = Producer()
    early, late = await buffer(producer), await buffer(producer)
    producer.sent[0].set_result(SimpleNamespace(offset=offset))
    assert await early == offset  # it was there when it was asked for
    asyncio.get_running_loop().call_soon(producer.sent[1].set_result, SimpleNamespace(offset=offset + 1))
    assert await late == offset + 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KafkaTimeoutError("slow"), "the broker did not take a message of decisions: KafkaTimeoutError"),
        (MessageSizeTooLargeError("3"), "it takes fewer bytes than the contract says"),
        (InvalidTimestampError(), "decisions: the clock of this host is far from the broker's"),
        (ProducerSendError("closed"), "ProducerSendError"),
    ],
)
async def test_a_refusal_is_the_brokers_whenever_it_comes(error: Exception, said: str) -> None:
    producer = Producer()
    sent = await buffer(producer)
    producer.sent[0].set_exception(error)
    with pytest.raises(BrokerUnavailable, match=said):
        await sent
    producer.refuses = error
    with pytest.raises(BrokerUnavailable, match=said):
        await buffer(producer)


async def test_what_is_no_refusal_comes_as_it_is() -> None:
    producer = Producer()
    sent = await buffer(producer)
    producer.sent[0].set_exception(ValueError("ours"))
    with pytest.raises(ValueError, match="ours"):
        await sent
