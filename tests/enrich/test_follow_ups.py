"""Photos that came after a request: looked at like its own, and answered with the follow-up's number."""

from schemas.codec import decode, encode
from schemas.digest import request_digest
from schemas.errors import ContractError
from schemas.records import CaseEvidenceSent, EvidenceGathered
from streams.delivery.messages import Incoming
from streams.enrich.handler import Enrich
from streams.metrics import Metrics
from tests.agents.fakes import Memory, PhotoBox, a_catalogue, a_gatherer
from tests.builders import AT_MS, a_claim_medium, a_reference, a_request

REQUEST = a_request(claim_media=[a_claim_medium("c1", uri="claims/c1.jpg")], reference_media=[a_reference("r1")])
DIGEST = request_digest(REQUEST)
PHOTOS = {"claims/c1.jpg": b"a cup", "claims/f1.jpg": b"a cup from below", REQUEST.reference_media[0].uri: b"goods"}


def incoming(value: bytes) -> Incoming:
    return Incoming(
        topic="case.evidence.v1",
        partition=0,
        offset=0,
        generation=1,
        key=b"b-1",
        value=value,
        timestamp_ms=AT_MS,
        acknowledge=lambda: None,
        stale=lambda: False,
    )


def enriching(memory: Memory) -> Enrich:
    box = PhotoBox(PHOTOS)
    return Enrich(a_gatherer(box, memory), a_catalogue(box, memory), Metrics())


def a_follow_up() -> CaseEvidenceSent:
    medium = a_claim_medium("f1.1", uri="claims/f1.jpg")
    request = a_request(claim_media=[medium], reference_media=REQUEST.reference_media)
    return CaseEvidenceSent(
        case_id="c-1", follow_up=1, party="buyer", request=request, request_digest=DIGEST, sent_at_ms=AT_MS
    )


async def test_a_follow_up_is_answered_with_its_number_under_the_requests_own_digest() -> None:
    memory = Memory()

    [answer] = await enriching(memory).look_further([incoming(encode(a_follow_up()))])

    assert not isinstance(answer, Exception)
    [message] = answer
    evidence = decode(EvidenceGathered, message.value)
    assert (message.topic, message.key) == ("refund.evidence.v1", REQUEST.buyer_id.encode())
    assert (evidence.case_id, evidence.follow_up, evidence.request_digest) == ("c-1", 1, DIGEST)
    photo, reference = evidence.media
    assert (photo.media_id, photo.role, reference.media_id) == ("f1.1", "claim", "r1")
    assert [compared.reference_id for compared in photo.comparisons] == ["r1"]
    assert [sighting.sighting_id for sighting in memory.sightings] == [f"claim:{REQUEST.request_id}:{DIGEST}:f1.1"]


async def test_what_breaks_the_contract_is_answered_with_why() -> None:
    [answer] = await enriching(Memory()).look_further([incoming(b'{"follow_up":0}')])
    assert isinstance(answer, ContractError)
