"""Photos that came after a request are held against the catalogue's photos of its goods, as its own are."""

import pytest
from PIL import Image

from schemas.codec import decode, encode
from schemas.digest import request_digest
from schemas.records import CaseEvidenceSent, EvidenceGathered
from streams.enrich.handler import Enrich
from streams.metrics import Metrics
from tests.agents.fakes import Memory, a_catalogue, a_gatherer
from tests.builders import AT_MS, a_claim_medium, a_request
from tests.enrich.test_follow_ups import incoming
from tests.enrich.test_videos import Eyes, registered
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_patch
from tests.unit.policy.questions import codes, decided

LISTING, OWN = a_picture(1, 640, 480), a_picture(11, 640, 480)
FORGED, _ = with_a_patch(LISTING)


@pytest.fixture
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Eyes:
    return Eyes(tmp_path_factory.mktemp("eyes"))


async def followed_up(eyes: Eyes, memory: Memory, picture: Image.Image) -> EvidenceGathered:
    """The evidence of a photo that came after a request which names no reference."""
    medium = a_claim_medium("f1.1", uri=eyes.put("further", jpeg(picture, 85)))
    request = a_request(claim_media=[medium], reference_media=[])
    sent = CaseEvidenceSent(
        case_id="c-1", follow_up=1, party="buyer", request=request, request_digest=request_digest(request),
        sent_at_ms=AT_MS,
    )  # fmt: skip
    enrich = Enrich(a_gatherer(eyes, memory), a_catalogue(eyes, memory), Metrics())
    [answer] = await enrich.look_further([incoming(encode(sent))])
    assert not isinstance(answer, Exception)
    return decode(EvidenceGathered, answer[0].value)


@pytest.mark.parametrize(("picture", "derived"), [(FORGED, True), (OWN, False)], ids=["forged", "own"])
async def test_a_further_photo_is_compared_with_a_listing_that_nobody_named(
    eyes: Eyes, picture: Image.Image, *, derived: bool
) -> None:
    memory = Memory()
    await registered(eyes, memory, jpeg(LISTING, 92), photo_id="p-1-1", kind="photo", origin="listing")
    evidence = await followed_up(eyes, memory, picture)

    assert evidence.follow_up == 1
    assert [one.media_id for one in evidence.catalogue_media] == ["p-1-1"]
    assert ("DERIVED_AND_ALTERED" in codes(decided(evidence))) is derived
