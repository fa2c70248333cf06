"""What the catalogue has of a claim's goods is compared with the claim, whether the request names it or not."""

from typing import Any

import pytest
from PIL import Image, ImageOps

from schemas.records import EvidenceGathered, PhotoSighted
from streams.errors import ReplicaBehind
from streams.sightings.found import Registered
from streams.wording import causes
from tests.agents.fakes import Memory
from tests.enrich.test_videos import Eyes, claim_of, gathered, registered
from tests.photos import a_picture, cropped, jpeg
from tests.unit.evidence.altered import with_a_patch
from tests.unit.policy.questions import codes, decided
from tests.videos import a_video

LISTING, OTHER, PACKED, OWN = (a_picture(seed, 640, 480) for seed in (1, 2, 3, 11))
FORGED, _ = with_a_patch(LISTING)


@pytest.fixture
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Eyes:
    return Eyes(tmp_path_factory.mktemp("eyes"))


async def listed(eyes: Eyes, memory: Memory, picture: Image.Image, name: str = "p-1-1", **changes: Any) -> None:
    await registered(eyes, memory, jpeg(picture, 92), photo_id=name, kind="photo", origin="listing", **changes)


async def claimed(
    eyes: Eyes, memory: Memory, picture: Image.Image, number: int = 1, **changes: Any
) -> EvidenceGathered:
    changes = {"references": ()} | changes
    return await gathered(eyes, memory, jpeg(picture, 85), number=number, kind="photo", **changes)


def compared(evidence: EvidenceGathered) -> set[str]:
    return {one.reference_id for one in claim_of(evidence).comparisons}


async def test_a_cropped_and_mirrored_forgery_of_a_listing_that_nobody_named_is_found(eyes: Eyes) -> None:
    memory = Memory()
    await listed(eyes, memory, LISTING)
    forged = ImageOps.mirror(cropped(FORGED, 0.16))
    evidence = await claimed(eyes, memory, forged)
    assert [(one.media_id, one.origin) for one in evidence.catalogue_media] == [("p-1-1", "listing")]
    assert "DERIVED_AND_ALTERED" in codes(decided(evidence))
    assert "NO_REFERENCE" not in codes(decided(evidence))


async def test_an_honest_claim_beside_the_catalogue_alone_is_cleared(eyes: Eyes) -> None:
    memory = Memory()
    await listed(eyes, memory, LISTING)
    assert codes(decided(await claimed(eyes, memory, OWN))) == []


async def test_without_anything_in_the_catalogue_there_is_no_reference(eyes: Eyes) -> None:
    assert codes(decided(await claimed(eyes, Memory(), OWN))) == ["NO_REFERENCE"]


async def test_a_dispatch_video_counts_for_its_own_order_alone(eyes: Eyes) -> None:
    memory = Memory()
    packing = a_video([OTHER, PACKED])
    await registered(eyes, memory, packing, photo_id="v-1", order_id="o-1")
    forged, _ = with_a_patch(PACKED)
    mine, others = await claimed(eyes, memory, forged), await claimed(eyes, memory, OWN, 2)
    assert [(one.media_id, one.kind, one.origin) for one in mine.catalogue_media] == [("v-1", "video", "dispatch")]
    assert "DERIVED_AND_ALTERED" in codes(decided(mine))
    assert others.catalogue_media == []


@pytest.mark.parametrize(
    "changes",
    [{"merchant_id": "m-9"}, {"product_id": "p-9"}, {"order_id": "o-9"}],
    ids=["merchant", "product", "order"],
)
async def test_what_is_of_other_goods_is_no_reference(eyes: Eyes, changes: dict[str, str]) -> None:
    memory = Memory()
    await listed(eyes, memory, LISTING, **changes)
    assert (await claimed(eyes, memory, OWN)).catalogue_media == []


async def test_a_photo_that_was_withdrawn_is_no_reference_any_more(eyes: Eyes) -> None:
    memory = Memory()
    await listed(eyes, memory, LISTING)
    memory.sightings = [one for one in memory.sightings if one.source != "catalogue"]
    assert (await claimed(eyes, memory, OWN)).catalogue_media == []


async def test_a_file_that_the_request_names_itself_is_compared_once(eyes: Eyes) -> None:
    memory = Memory()
    await listed(eyes, memory, LISTING)
    await listed(eyes, memory, OTHER, "r0")
    evidence = await claimed(eyes, memory, OWN, references=(("photo", jpeg(LISTING, 92)),))
    assert [one.media_id for one in evidence.catalogue_media] == ["catalogue:r0"]
    assert compared(evidence) == {"r0", "catalogue:r0"}


async def test_a_replay_is_held_against_the_same_photos_whatever_was_registered_since(eyes: Eyes) -> None:
    memory = Memory()
    await listed(eyes, memory, LISTING)
    first = await claimed(eyes, memory, FORGED)
    await listed(eyes, memory, OTHER, "p-1-2")
    again = await claimed(eyes, memory, FORGED)
    assert again.catalogue_media == first.catalogue_media
    assert compared(again) == compared(first) == {"p-1-1"}


async def test_a_replica_that_is_behind_gives_none_and_the_claim_is_not_clear(eyes: Eyes) -> None:
    memory = Memory()
    await listed(eyes, memory, LISTING)
    memory.behind = True
    evidence = await claimed(eyes, memory, OWN)
    assert evidence.catalogue_media == []
    assert "NOT_LOOKED" in codes(decided(evidence))


class LateAtFirst(Memory):
    """A log whose replica is behind when asked for the goods, and has caught up when asked for the photo."""

    async def registered(self, _: PhotoSighted, position: int, at_most: int) -> list[Registered]:  # noqa: ARG002
        raise ReplicaBehind(causes.earlier_photos_not_read(30, position, position + 2))


async def test_goods_that_were_not_looked_up_in_time_are_never_clear_though_the_photo_was(eyes: Eyes) -> None:
    memory = LateAtFirst()
    await listed(eyes, memory, LISTING)
    evidence = await claimed(eyes, memory, OWN, references=(("photo", jpeg(OTHER)),))

    assert claim_of(evidence).sighting_position is not None
    assert [(one.name, one.media_id) for one in evidence.readings if one.unmeasured] == [("earlier_sightings", "c1")]
    assert codes(decided(evidence)) == ["NOT_LOOKED"]
