"""The platform's side: it asks, and reads what comes back. Workers are real processes that it does not know."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from schemas.digest import request_digest
from schemas.records import DeadLetter, RefundDecided, RefundRequested
from schemas.topics import DEAD_LETTERS, DECISIONS, EVIDENCE, REQUESTS
from tests.builders import a_claim_medium, a_reference, a_request
from tests.faults.load import Key, write
from tests.real import topics

LIMIT_S = 240
KEY = b"b-1"


@dataclass(frozen=True)
class Platform:
    """A platform with its media folder and the broker's address."""

    address: str
    media: Path
    limit_s: float = LIMIT_S
    """How long it waits for what it reads."""

    def photo(self, name: str, photo: bytes) -> str:
        """Return the address of a photo that was just uploaded."""
        return write(self.media, name, photo)

    async def ask(self, *requests: RefundRequested, times: int = 1) -> list[RefundDecided]:
        """Return the decision of each request, once each was answered ``times`` times in all."""
        await topics.produce(
            self.address, REQUESTS.name, [(each.buyer_id.encode(), msgspec.json.encode(each)) for each in requests]
        )
        return [
            msgspec.json.decode(found[0], type=RefundDecided) for found in await self.answers(*requests, times=times)
        ]

    async def answers(self, *requests: RefundRequested, times: int = 1) -> list[list[bytes]]:
        """Return every answer that each request got, once each has at least ``times`` of them."""
        keys = [(each.request_id, request_digest(each)) for each in requests]
        found: dict[Key, list[bytes]] = {}

        async def all_answered() -> bool:
            found.update(await self._decisions())
            return all(len(found.get(key, ())) >= times for key in keys) or await _again_soon()

        await topics.until(all_answered, self.limit_s)
        return [found[key] for key in keys]

    async def send(self, values: Sequence[bytes | None], key: bytes = KEY) -> list[tuple[str, int, int]]:
        """Return where messages stand that no platform should send."""
        places = await topics.produce(self.address, REQUESTS.name, [(key, value) for value in values])
        return [(REQUESTS.name, *place) for place in places]

    async def letters(self, *places: tuple[str, int, int]) -> list[DeadLetter]:
        """Return the dead letter of each place, once each has one."""
        found: dict[tuple[str, int, int], DeadLetter] = {}

        async def all_there() -> bool:
            for record in await topics.read_all(self.address, DEAD_LETTERS.name):
                letter = msgspec.json.decode(record.value or b"", type=DeadLetter)
                found[letter.identity] = letter
            return set(places) <= set(found) or await _again_soon()

        await topics.until(all_there, self.limit_s)
        return [found[place] for place in places]

    async def evidence_of(self, request_id: str) -> tuple[str, int, int]:
        """Return where the first evidence of a request stands, once it is there."""
        found: list[tuple[str, int, int]] = []

        async def it_is_there() -> bool:
            records = await topics.read_all(self.address, EVIDENCE.name)
            found[:] = [
                (EVIDENCE.name, at.partition, at.offset)
                for at in records
                if msgspec.json.decode(at.value or b"{}")["request"]["request_id"] == request_id
            ]
            return bool(found) or await _again_soon()

        await topics.until(it_is_there, self.limit_s)
        return found[0]

    async def _decisions(self) -> dict[Key, list[bytes]]:
        found: dict[Key, list[bytes]] = defaultdict(list)
        for record in await topics.read_all(self.address, DECISIONS.name):
            value = record.value or b""
            told = msgspec.json.decode(value)
            found[told["request_id"], told["request_digest"]].append(value)
        return found


async def _again_soon() -> bool:
    await asyncio.sleep(0.2)  # each look costs the broker a connection
    return False


def a_claim(request_id: str, claim: str | None, reference: str | None = None, **changes: object) -> RefundRequested:
    """Return a request with one claim photo and one reference, each named by its address or left out."""
    given: dict[str, object] = {
        "order_id": f"o-{request_id}",
        "buyer_id": f"b-{request_id}",
        "claim_media": [] if claim is None else [a_claim_medium(uri=claim)],
        "reference_media": [] if reference is None else [a_reference(uri=reference)],
    }
    return a_request(request_id, **given | changes)


def codes(decided: RefundDecided) -> set[str]:
    return {reason.code for reason in decided.reasons}


def whys(decided: RefundDecided) -> str:
    """Return why readings of the reasons could not be made."""
    readings = [reading for reason in decided.reasons for reading in reason.readings]
    return "; ".join(reading.unmeasured for reading in readings if reading.unmeasured is not None)
