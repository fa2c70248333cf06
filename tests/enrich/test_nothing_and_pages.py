"""Photos that show nothing, and pages of one template, join nobody's claims."""

from PIL import Image

from schemas.digest import request_digest
from schemas.records import EvidenceGathered
from tests.agents.fakes import Memory, a_catalogue, a_gatherer
from tests.builders import AT_MS, a_claim_medium, a_reference, a_request
from tests.enrich.eyes import RealEyes
from tests.enrich.test_catalogue import a_catalogue_photo
from tests.photos import a_picture, jpeg, png
from tests.unit.evidence.altered import with_a_crack
from tests.unit.evidence.drawn_pages import a_chat, a_size_chart, a_tracking_page, a_way_bill, an_order_page
from tests.unit.policy.questions import codes, decided

WHITE, BLUE = (png(Image.new("RGB", (640, 360), colour)) for colour in ("white", "#1e50c8"))
GOODS, OTHER = (jpeg(a_picture(seed)) for seed in (1, 2))


async def gathered(memory: Memory, number: int, *photos: bytes, goods: bytes = GOODS) -> EvidenceGathered:
    """A buyer's request with these photos, and one of the goods."""
    request = a_request(
        f"rr-{number}",
        buyer_id=f"b-{number}",
        order_id=f"o-{number}",
        claim_media=[a_claim_medium(f"c{at}", uri=f"{number}/{at}") for at in range(len(photos))],
        reference_media=[a_reference("r1", uri="goods")],
    )
    eyes = RealEyes({"goods": goods} | {f"{number}/{at}": photo for at, photo in enumerate(photos)})
    return await a_gatherer(eyes, memory).gather(request, request_digest(request), AT_MS, AT_MS)


async def test_of_two_buyers_with_a_picture_of_nothing_each_is_asked_for_a_better_one_and_nobody_is_accused() -> None:
    memory = Memory()
    for number, photo in enumerate((WHITE, BLUE, WHITE)):
        evidence = await gathered(memory, number, photo)
        decision = decided(evidence)
        assert (codes(decision), decision.score) == (["EVIDENCE_UNCLEAR"], 30)
        assert [medium.sightings for medium in evidence.media] == [[], []]
    assert memory.published == []


async def test_beside_a_sound_photo_of_the_same_claim_only_the_blank_one_is_unclear() -> None:
    evidence = await gathered(Memory(), 1, OTHER, WHITE)
    decision = decided(evidence)
    assert codes(decision) == ["EVIDENCE_UNCLEAR"]
    assert {reading.media_id for reading in decision.reasons[0].readings} == {"c1"}


async def test_a_listing_that_shows_nothing_keeps_an_honest_claim_from_being_cleared_and_says_why() -> None:
    decision = decided(await gathered(Memory(), 1, OTHER, goods=WHITE))
    assert codes(decision) == ["NOT_LOOKED"]


async def test_a_photo_of_the_catalogue_that_shows_nothing_does_not_enter_the_log() -> None:
    memory = Memory()
    await a_catalogue(RealEyes({"catalogue/r1.jpg": WHITE}), memory).register(a_catalogue_photo(), AT_MS)
    assert memory.published == []


async def test_two_honest_buyers_who_send_pages_of_one_template_are_not_accused_and_share_no_cluster() -> None:
    for draw in (an_order_page, a_way_bill, a_size_chart, a_chat, a_tracking_page):
        memory = Memory()
        for seed in (1, 2, 3):
            evidence = await gathered(memory, seed, png(draw(seed)))
            assert [medium.sightings for medium in evidence.media] == [[], []], draw.__name__
            assert set(codes(decided(evidence))) & {"USED_BEFORE", "KNOWN_FORGERY", "OTHERS_LISTING"} == set()


async def test_a_forged_photo_that_two_buyers_sent_in_chats_is_used_before() -> None:
    memory, forged = Memory(), with_a_crack(a_picture(9))[0]
    first = decided(await gathered(memory, 1, png(a_chat(1, forged))))
    second = decided(await gathered(memory, 2, png(a_chat(2, forged))))
    assert ("USED_BEFORE" in codes(first), "USED_BEFORE" in codes(second)) == (False, True)
