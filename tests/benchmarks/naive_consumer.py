"""The naive consumer: what one would write instead, as a process on the same broker: tests.benchmarks.beside starts it.

For each request it reads all photos from the media folder, decodes them whole with Pillow, hashes them (imagehash, or
PDQ by Facebook's bindings), compares the claim with the references and, by NumPy, with every earlier claim, and sends
an answer. It keeps no copy, stores no decision, sees no mirrored photo, and says not what was altered.
"""

import argparse
import asyncio
import io
from collections.abc import Callable
from pathlib import Path

import imagehash
import msgspec
import numpy as np
import numpy.typing as npt
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from PIL import Image

from schemas.records import RefundRequested
from schemas.topics import DECISIONS, REQUESTS

WORDS = 4
"""64-bit words of a hash."""
NEAR_BITS = 31
ROOM = 4_096
"""How many hashes there is room for before the table of earlier ones is copied into a larger one."""

Hashes = npt.NDArray[np.uint64]
Hash = Callable[[Image.Image], Hashes]


def by_imagehash(picture: Image.Image) -> Hashes:
    """Return the 256 bits of imagehash's pHash."""
    return np.packbits(imagehash.phash(picture, hash_size=16).hash).view(np.uint64)


def by_pdq(picture: Image.Image) -> Hashes:
    """Return the 256 bits of PDQ, as HMA's library makes them."""
    import pdqhash  # noqa: PLC0415 - only where somebody installed it: pip install pdqhash

    bits, _ = pdqhash.compute(np.asarray(picture))
    return np.packbits(bits).view(np.uint64)


HASHES: dict[str, Hash] = {"imagehash": by_imagehash, "pdq": by_pdq}


class Earlier:
    """Every hash seen so far, looked through one by one."""

    def __init__(self, count: int) -> None:
        """Begin with so many drawn hashes."""
        self._hashes = np.zeros((count + ROOM, WORDS), np.uint64)
        self._hashes[:count] = np.random.default_rng(1).integers(0, 2**64, (count, WORDS), dtype=np.uint64)
        self._count = count

    def near(self, claim: Hashes) -> int:
        """Return how many earlier hashes are at most NEAR_BITS apart, and remember this one."""
        apart = np.bitwise_count(self._hashes[: self._count] ^ claim).sum(axis=1, dtype=np.uint16)
        if self._count == len(self._hashes):
            self._hashes = np.concatenate([self._hashes, np.zeros((ROOM, WORDS), np.uint64)])
        self._hashes[self._count] = claim
        self._count += 1
        return int((apart <= NEAR_BITS).sum())


def answer(request: RefundRequested, media: Path, earlier: Earlier, hashed: Hash) -> bytes:
    """Return what the naive consumer says of a request."""

    def of(uri: str) -> Hashes:
        with Image.open(io.BytesIO((media / uri).read_bytes())) as picture:
            return hashed(picture.convert("RGB"))

    claims = [of(medium.uri) for medium in request.claim_media]
    references = [of(medium.uri) for medium in request.reference_media]
    copied = any(int(np.bitwise_count(one ^ other).sum()) <= NEAR_BITS for one in claims for other in references)
    seen = sum(earlier.near(claim) for claim in claims)
    verdict = "REVIEW" if copied or seen else "CLEAR"
    return msgspec.json.encode({"request_id": request.request_id, "verdict": verdict})


async def consume(servers: str, media: Path, earlier: Earlier, hashed: Hash, ready: Path) -> None:
    """Answer requests until the process is ended; ``ready`` is written once it reads."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all")
    consumer = AIOKafkaConsumer(
        REQUESTS.name, bootstrap_servers=servers, group_id="naive", enable_auto_commit=False, max_poll_records=1
    )
    await asyncio.gather(producer.start(), consumer.start())
    while not consumer.assignment():  # noqa: ASYNC110 - aiokafka says it to who asks
        await asyncio.sleep(0.05)
    for partition in consumer.assignment():
        await consumer.position(partition)  # where it begins to read is settled now, not with the first request
    await asyncio.to_thread(ready.write_text, "ready\n")
    async for message in consumer:
        request = msgspec.json.decode(message.value, type=RefundRequested)
        await producer.send_and_wait(DECISIONS.name, answer(request, media, earlier, hashed), message.key)
        await consumer.commit()


def main() -> None:
    """Read what the process is told, and consume."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("servers")
    parser.add_argument("media", type=Path)
    parser.add_argument("ready", type=Path)
    parser.add_argument("--earlier", type=int, required=True)
    parser.add_argument("--hash", choices=sorted(HASHES), required=True)
    told = parser.parse_args()
    asyncio.run(consume(told.servers, told.media, Earlier(told.earlier), HASHES[told.hash], told.ready))


if __name__ == "__main__":
    main()
