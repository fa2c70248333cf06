"""Collages are evidence by their panels: each is compared, looked up, and found again in other collages."""

import pytest
from PIL import Image

from schemas.records import EvidenceGathered
from tests.agents.fakes import Memory
from tests.enrich.test_videos import Eyes, claim_of, gathered
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_patch
from tests.unit.evidence.drawn_collages import (
    ONE_AND_TWO,
    STACKED,
    a_collage,
    joined,
    on_white,
    own_photo,
    taken_again,
    with_a_banner,
    with_a_sticker,
)
from tests.unit.evidence.drawn_pages import a_shop_page
from tests.unit.policy.questions import codes, decided

LISTING, OTHER_GOODS = a_picture(1), a_picture(2)
OWN = [taken_again(LISTING, seed) for seed in (5, 6)]
SCENES = [a_picture(seed) for seed in (41, 42, 43, 44, 45)]
ACCUSING = {"DERIVED_AND_ALTERED", "SCENE_REGENERATED", "RESENT_REFERENCE", "USED_BEFORE", "OTHERS_LISTING"}


@pytest.fixture
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Eyes:
    return Eyes(tmp_path_factory.mktemp("eyes"))


async def claimed(
    eyes: Eyes, memory: Memory, picture: Image.Image, number: int, listing: Image.Image = LISTING
) -> EvidenceGathered:
    listed = [("photo", jpeg(listing, 92))]
    return await gathered(eyes, memory, jpeg(picture, 88), number=number, kind="photo", references=listed)


async def test_two_buyers_who_show_the_listing_beside_their_own_photo_are_not_accused(eyes: Eyes) -> None:
    memory = Memory()
    await claimed(eyes, memory, a_collage([LISTING, OWN[0]], gap=6), 1)
    evidence = await claimed(eyes, memory, a_collage([LISTING, OWN[1]], gap=6), 2)
    assert ACCUSING.isdisjoint(codes(decided(evidence)))
    medium = claim_of(evidence)
    assert [one.part for one in medium.parts] == ["p1", "p2"]
    assert medium.fingerprint is not None
    assert [one.sighting_position is not None for one in medium.parts] == [True, True]
    assert medium.parts[1].region is not None
    assert medium.parts[1].region.x > 590


async def test_two_buyers_who_show_the_listing_where_no_seam_divides_it_from_their_own_photo_are_not_accused(
    eyes: Eyes,
) -> None:
    memory, listing = Memory(), on_white(LISTING)
    for number, own in enumerate((own_photo(40), own_photo(41)), 1):
        evidence = await claimed(eyes, memory, joined(listing, own), number, listing)
        assert codes(decided(evidence)) == ["LIKE_REFERENCE"]


async def test_two_buyers_who_show_the_shops_own_page_of_an_article_are_not_accused(eyes: Eyes) -> None:
    memory, listing = Memory(), on_white(LISTING).crop((100, 0, 700, 800))
    for number in (1, 2):
        evidence = await claimed(eyes, memory, a_shop_page(number, listing), number, listing)
        assert codes(decided(evidence)) == ["EVIDENCE_MISSING", "LIKE_REFERENCE"]


async def test_a_panel_that_another_buyer_sent_in_another_collage_is_found(eyes: Eyes) -> None:
    memory = Memory()
    await claimed(eyes, memory, a_collage(SCENES[:3], ONE_AND_TWO, size=(1500, 1000), gap=8), 1, OTHER_GOODS)
    again = a_collage([SCENES[3], SCENES[0]], size=(1500, 900), gap=4)
    evidence = await claimed(eyes, memory, again, 2, OTHER_GOODS)
    assert "USED_BEFORE" in codes(decided(evidence))
    (found,) = claim_of(evidence).sightings
    assert (found.part, found.of_part) == ("p1", "p2")
    assert found.sighting_id.endswith(":c1#p1")


async def test_a_photo_that_was_sent_alone_is_found_in_a_collage_and_the_other_way_round(eyes: Eyes) -> None:
    both = a_collage(SCENES[:2], STACKED, size=(800, 1200))
    for first, then in ((SCENES[0], both), (both, SCENES[1])):
        memory = Memory()
        await claimed(eyes, memory, first, 1, OTHER_GOODS)
        assert "USED_BEFORE" in codes(decided(await claimed(eyes, memory, then, 2, OTHER_GOODS)))


async def test_a_forged_panel_is_told_beside_its_reference(eyes: Eyes) -> None:
    forged, _ = with_a_patch(LISTING)
    evidence = await claimed(eyes, Memory(), a_collage([SCENES[0], forged], gap=6), 1)
    assert codes(decided(evidence)) == ["LIKE_REFERENCE"]
    (comparison,) = claim_of(evidence).comparisons
    assert {one.name: one.value for one in comparison.readings}["claim_part"] == "p2"
    assert all(region.x >= 600 for region in comparison.regions)
    assert comparison.overlay is not None


async def test_one_sticker_that_two_buyers_lay_on_the_listing_beside_their_own_photos_makes_no_picture_of_theirs(
    eyes: Eyes,
) -> None:
    memory = Memory()
    await claimed(eyes, memory, with_a_sticker(a_collage([LISTING, OWN[0]], gap=6)), 1)
    evidence = await claimed(eyes, memory, with_a_sticker(a_collage([OWN[1], LISTING], gap=6)), 2)
    assert ACCUSING.isdisjoint(codes(decided(evidence)))
    assert "LIKE_REFERENCE" in codes(decided(evidence))
    assert [one.shared_alteration for one in claim_of(evidence).sightings] == [0.0]


async def test_a_forged_panel_is_found_again_under_the_sticker_of_two_buyers(eyes: Eyes) -> None:
    memory, (forged, _) = Memory(), with_a_patch(LISTING)
    await claimed(eyes, memory, with_a_sticker(a_collage([SCENES[0], forged], gap=6)), 1)
    evidence = await claimed(eyes, memory, with_a_sticker(a_collage([forged, SCENES[1]], gap=6)), 2)
    assert "USED_BEFORE" in codes(decided(evidence))


@pytest.mark.parametrize("place", ["above", "below"])
async def test_the_banner_of_a_platform_is_no_photo_of_two_buyers(eyes: Eyes, place: str) -> None:
    memory = Memory()
    for number, scene in enumerate(SCENES[:2], 1):
        picture = with_a_banner(scene, below=place == "below")
        evidence = await claimed(eyes, memory, picture, number, OTHER_GOODS)
        assert [one.part for one in claim_of(evidence).parts] == ["p1", "p2"]
        assert "USED_BEFORE" not in codes(decided(evidence))
        assert claim_of(evidence).sightings == []


async def test_a_photo_is_found_again_below_the_banner_of_a_platform(eyes: Eyes) -> None:
    memory = Memory()
    await claimed(eyes, memory, with_a_banner(SCENES[0]), 1, OTHER_GOODS)
    evidence = await claimed(eyes, memory, with_a_banner(SCENES[0]), 2, OTHER_GOODS)
    assert ("p2", "p2") in [(one.part, one.of_part) for one in claim_of(evidence).sightings]
    assert "p1" not in {one.of_part for one in claim_of(evidence).sightings}
    assert "USED_BEFORE" in codes(decided(evidence))
