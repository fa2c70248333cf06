"""Photos that show nothing join nobody's claims: a better one is asked for, and that is all."""

import hashlib
from collections.abc import Sequence

from PIL import Image

from schemas.digest import request_digest
from schemas.records import EvidenceGathered
from streams.errors import MediaUnreadable
from streams.evidence.colours import ColourImage
from streams.evidence.comparison import Photo
from streams.evidence.comparison import compare as compare_photos
from streams.evidence.examination import examine
from streams.evidence.limits import Limits
from streams.ports import Compared, Examined, MediumSource
from streams.wording import causes
from tests.agents.fakes import Memory, PhotoBox, a_catalogue, a_gatherer
from tests.builders import AT_MS, a_claim_medium, a_reference, a_request
from tests.enrich.test_catalogue import a_catalogue_photo
from tests.photos import a_picture, jpeg, png
from tests.unit.policy.questions import codes, decided

LIMITS = Limits(10_000_000, 10_000_000)
WHITE, BLUE = (png(Image.new("RGB", (640, 360), colour)) for colour in ("white", "#1e50c8"))
GOODS, OTHER = (jpeg(a_picture(seed)) for seed in (1, 2))


class RealEyes(PhotoBox):
    """An examiner that looks at its photos."""

    async def examine(self, source: MediumSource) -> Examined:
        photo = self.photos[source.uri]
        look = examine(photo, LIMITS)
        return Examined(
            readings=look.readings,
            sha256=hashlib.sha256(photo).hexdigest(),
            size_bytes=len(photo),
            fingerprint=look.fingerprint,
            features=look.features,
            provenance=look.provenance,
        )

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        def pixels() -> ColourImage:
            raise MediaUnreadable(causes.PICTURE_DAMAGED)

        ours, *theirs = (Photo(one.features or b"", pixels) for one in (claim, *references))
        return [Compared(readings=beside.readings) for beside in compare_photos(ours, theirs)]


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
