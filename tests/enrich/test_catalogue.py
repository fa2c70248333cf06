"""Photos of goods enter the log of sightings, and leave it when they are withdrawn."""

import asyncio
from typing import Literal

import pytest

from schemas.records import CataloguePhotoRegistered
from streams.errors import MediaUnreadable
from streams.ports import Examined, MediumSource
from tests.agents.fakes import Memory, PhotoBox, a_catalogue
from tests.builders import AT_MS

GOODS = b"the goods"


async def test_a_catalogue_photo_enters_the_log_under_its_own_id() -> None:
    memory = Memory()
    catalogue = a_catalogue(PhotoBox({"catalogue/r1.jpg": GOODS}), memory)

    await catalogue.register(a_catalogue_photo(), AT_MS)

    assert [sighting.sighting_id for sighting in memory.sightings] == ["catalogue:p-1-1"]


async def test_a_withdrawal_does_not_overtake_the_registration_that_it_takes_back() -> None:
    class Slow(PhotoBox):
        async def examine(self, source: MediumSource) -> Examined:
            looks.append(source)
            for _ in range(6 // len(looks)):  # the first look takes longest
                await asyncio.sleep(0)
            return await super().examine(source)

    looks: list[MediumSource] = []
    memory = Memory()
    catalogue = a_catalogue(Slow({"catalogue/r1.jpg": GOODS}), memory)

    await asyncio.gather(*(catalogue.register(a_catalogue_photo(withdrawn=w), AT_MS) for w in (False, True)))

    assert [sighting.withdrawn for sighting in memory.published] == [False, True]
    assert catalogue._registering._locks == {}


async def test_a_catalogue_photo_that_cannot_be_looked_at_says_why() -> None:
    catalogue = a_catalogue(PhotoBox({}), Memory())

    with pytest.raises(MediaUnreadable, match="not in the media store"):
        await catalogue.register(a_catalogue_photo(), AT_MS)


async def test_a_video_of_the_catalogue_keeps_the_contract_and_has_nothing_to_put_in_the_log() -> None:
    memory = Memory()

    await a_catalogue(PhotoBox({}), memory).register(a_catalogue_photo(kind="video"), AT_MS)

    assert memory.sightings == []


def a_catalogue_photo(
    kind: Literal["photo", "video"] = "photo", *, withdrawn: bool = False
) -> CataloguePhotoRegistered:
    return CataloguePhotoRegistered(
        photo_id="p-1-1",
        merchant_id="m-1",
        product_id="p-1",
        uri="catalogue/r1.jpg",
        registered_at_ms=AT_MS,
        kind=kind,
        withdrawn=withdrawn,
    )
