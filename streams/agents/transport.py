"""How a worker's Faust app reads Kafka: what transactions committed and nothing else, without gaps in what it commits.

Faust reads aborted transactions too, unless it runs transactions of its own. What is set aside here leaves holes in the
offsets, as every transaction's marker does, and Faust's own reckoning over holes stops committing for good when the
first comes right after offset 0. Our lanes acknowledge in order and without gaps, so no reckoning is needed.

These classes lean on names that Faust and aiokafka keep to themselves: both are pinned exactly, and
tests/integration/test_transactions.py holds what is relied on.
"""

from typing import Any, ClassVar

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP, AppT, TransportT

from streams.adapters.kafka.clients import ISOLATION


class _Thread(AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = ISOLATION  # noqa: SLF001 - Faust offers no setting; it is read when this starts
        return consumer


class _Consumer(Consumer):
    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    def _new_offset(self, tp: TP) -> int | None:
        """Return what to commit: behind the last event that was acknowledged, as all before it were."""
        acknowledged = self._acked[tp]
        if not acknowledged:
            return None
        offset: int = max(acknowledged) + 1
        acknowledged.clear()
        self._acked_index[tp].clear()
        self._gap.pop(tp, None)
        return offset


class _Transport(Transport):
    Consumer: ClassVar[Any] = _Consumer


def transport(app: AppT) -> TransportT:
    """Return what ``app`` is to read and write Kafka by."""
    made: TransportT = _Transport(app.conf.broker_consumer, app)
    return made
