"""Photos of goods enter the log of sightings, and leave it when they are withdrawn."""

import asyncio
from dataclasses import replace
from typing import Literal

import pytest

from schemas.records import CataloguePhotoRegistered
from streams.errors import MediaUnreadable
from streams.evidence.looking.kept_stills import MOST_STILLS
from streams.ports import Examined, ExaminedPart, MediumSource
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


async def test_of_a_video_of_the_catalogue_every_still_enters_the_log_and_leaves_it() -> None:
    memory = Memory()
    catalogue = a_catalogue(Filmed({"catalogue/r1.jpg": GOODS}), memory)

    await catalogue.register(a_catalogue_photo(kind="video"), AT_MS)
    assert [(one.sighting_id, one.media_id, one.part) for one in memory.published] == [
        ("catalogue:p-1-1#s1", "p-1-1", "s1"),
        ("catalogue:p-1-1#s2", "p-1-1", "s2"),
    ]

    await catalogue.register(a_catalogue_photo(kind="video", withdrawn=True), AT_MS)
    gone = {one.sighting_id for one in memory.published if one.withdrawn}
    assert gone == {f"catalogue:p-1-1#s{number}" for number in range(1, MOST_STILLS + 1)}, "those of other versions too"


class Filmed(PhotoBox):
    """An examiner of videos of two stills."""

    async def examine(self, source: MediumSource) -> Examined:
        look = await super().examine(source)
        parts = tuple(
            ExaminedPart(part=f"s{number}", at_ms=1_000 * number, sha256=f"{number:064x}", fingerprint=look.fingerprint)
            for number in (1, 2)
            if look.fingerprint is not None
        )
        return replace(look, kind="video", fingerprint=None, parts=parts)


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
