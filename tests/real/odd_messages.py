"""Messages that Kafka takes and aiokafka's producer does not make: header names of any bytes, times of any kind."""

from collections.abc import Sequence

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.structs import TopicPartition

CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
GZIP, ZSTD = CODECS["gzip"], CODECS["zstd"]
NewHeader = tuple[bytes, bytes | None]


class _Name(str):  # noqa: SLOT000 - its bytes are what it is for
    """A header's name whose bytes are not its own."""

    raw: bytes

    def encode(self, *_: str) -> bytes:
        return self.raw


def a_batch(
    values: Sequence[bytes | None],
    headers: Sequence[NewHeader] = (),
    *,
    key: bytes | None = b"b-1",
    time_ms: int = 1,
    codec: int = 0,
) -> bytes:
    """Return records as one batch, each with these headers and this time."""
    builder = _DefaultRecordBatchBuilderPy(2, codec, 0, -1, -1, -1, 1 << 30)
    names = []
    for raw, content in headers:
        name = _Name()
        name.raw = raw
        names.append((name, content))
    for offset, value in enumerate(values):
        assert builder.append(offset, time_ms, key, value, names) is not None
    return bytes(builder.build())


async def send_batch(address: str, topic: str, partition: int, batch: bytes) -> int:
    """Return the offset of the first record of a batch, once the broker has it."""
    client = AIOKafkaClient(bootstrap_servers=address.removeprefix("kafka://"))
    await client.bootstrap()
    try:
        await client.add_topic(topic)
        leader = client.cluster.leader_for_partition(TopicPartition(topic, partition))
        answer = await client.send(leader, ProduceRequest(None, -1, 10_000, [(topic, [(partition, batch)])]))
        ((_, ((_, code, offset, *_),)),) = answer.topics
        if code:
            raise for_code(code)(topic)
        return int(offset)
    finally:
        await client.close()
