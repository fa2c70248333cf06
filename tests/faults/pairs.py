"""Pairs of claim photos that are nearly the same, sent at once by two producers, and what their evidence must say.

Photos are drawn as fingerprints that stand in the address itself: an edit of a picture cannot make an exact number of
bits differ. All else of the workers is real but who looks at photos
(:func:`tests.faults.planted.faults.photos_by_address`).
"""

import asyncio
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer

from schemas.codec import decode, encode
from schemas.records import EvidenceGathered, MediumEvidence, RefundRequested
from schemas.topics import EVIDENCE, REQUESTS
from schemas.units import FINGERPRINT_BITS, NEAR_BITS
from tests.builders import a_claim_medium, a_request
from tests.faults.planted.drawn import address, poses
from tests.real import topics


@dataclass(frozen=True)
class Pair:
    """Two requests of different people whose photos differ in ``far`` bits, the second's mirrored or turned first."""

    first: RefundRequested
    second: RefundRequested
    far: int


def draw_pairs(count: int, chance: random.Random) -> list[Pair]:
    """Return pairs that differ in each number of bits up to 31, in each pose, in turn."""
    pairs = []
    for number in range(count):
        bits = chance.getrandbits(FINGERPRINT_BITS)
        far, lies = number % (NEAR_BITS + 1), number // (NEAR_BITS + 1) % 8
        other = poses(bits)[lies]
        for place in chance.sample(range(FINGERPRINT_BITS), far):
            other ^= 1 << place
        pairs.append(Pair(_asking(2 * number, bits), _asking(2 * number + 1, other), far))
    return pairs


async def send_at_once(address_: str, halves: Iterable[Sequence[RefundRequested]]) -> None:
    """Send several sequences of requests side by side, each by a producer of its own."""

    async def send(requests: Sequence[RefundRequested]) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=address_.removeprefix("kafka://"), acks="all", linger_ms=1)
        await producer.start()
        try:
            for request in requests:
                await producer.send(REQUESTS.name, key=request.buyer_id.encode(), value=encode(request))
                await asyncio.sleep(0)  # so that both keep pace
        finally:
            await producer.stop()

    await asyncio.gather(*map(send, halves))


async def failures(address_: str, pairs: Sequence[Pair]) -> list[str]:
    """Return what is wrong with the evidence of these pairs: nothing, when the later of each sees the earlier.

    However often evidence of one request was gathered, it must say the same each time.
    """
    wrong: list[str] = []
    said: dict[str, MediumEvidence] = {}
    for record in await topics.read_all(address_, EVIDENCE.name):
        evidence = decode(EvidenceGathered, record.value or b"")
        (found,) = (one for one in evidence.media if one.role == "claim")
        wrong += [f"{evidence.request.request_id}: {one.unmeasured}" for one in found.readings if one.unmeasured]
        before = said.setdefault(evidence.request.request_id, found)
        if before != found:
            wrong.append(f"{evidence.request.request_id} is reported otherwise: {_told(before)}, then {_told(found)}")
    for pair in pairs:
        wrong += _of(pair, said)
    return wrong


def _of(pair: Pair, said: dict[str, MediumEvidence]) -> list[str]:
    names = [pair.first.request_id, pair.second.request_id]
    there = sorted((said[name].sighting_position or -1, name) for name in names if name in said)
    if len(there) < len(names):
        return [f"{names} have not both evidence"]
    (_, earlier), (_, later) = there
    expected = {earlier: [], later: [(earlier, pair.far)]}
    return [
        f"{name} of {names} should have found {expected[name]}, and found {_told(said[name])}"
        for name in names
        if [(one.request_id, one.distance_bits) for one in said[name].sightings] != expected[name]
    ]


def _told(found: MediumEvidence) -> str:
    seen = [(one.request_id, one.position, one.distance_bits) for one in found.sightings]
    return f"{seen} at {found.sighting_position}"


def _asking(number: int, bits: int) -> RefundRequested:
    return a_request(
        f"rr-{number}",
        order_id=f"o-{number}",
        buyer_id=f"b-{number}",
        merchant_id=f"m-{number % 7}",
        claim_media=[a_claim_medium("c1", uri=address(bits))],
        reference_media=[],
    )
