from collections.abc import Sequence

from schemas.digest import request_digest
from schemas.records import (
    EvidenceGathered,
    MediumEvidence,
    ProvenanceFinding,
    RefundRequested,
    Region,
)
from streams.enrich.media import sources
from streams.errors import StoreUnavailable
from streams.ports import Compared, Examined
from tests.agents.fakes import Memory, PhotoBox, a_gatherer
from tests.builders import AT_MS, a_claim_medium, a_reference, a_request

GOODS, CUP, OTHER = b"the goods", b"a cup", b"another cup"


async def evidence_of(
    request: RefundRequested, box: PhotoBox | None = None, memory: Memory | None = None
) -> EvidenceGathered:
    given = box or PhotoBox({"claims/c1.jpg": CUP, "catalogue/r1.jpg": GOODS})
    gatherer = a_gatherer(given, memory or Memory())
    return await gatherer.gather(request, request_digest(request), AT_MS, AT_MS + 50)


def medium(evidence: EvidenceGathered, role: str, media_id: str) -> MediumEvidence:
    return next(found for found in evidence.media if (found.role, found.media_id) == (role, media_id))


def whys(found: MediumEvidence) -> list[str]:
    return [reading.unmeasured for reading in found.readings if reading.unmeasured is not None]


async def test_each_claim_photo_is_compared_with_each_reference() -> None:
    request = a_request(
        claim_media=[a_claim_medium("c1"), a_claim_medium("c2")],
        reference_media=[a_reference("r1"), a_reference("r2")],
    )
    box = PhotoBox({"claims/c1.jpg": CUP, "claims/c2.jpg": GOODS, "catalogue/r1.jpg": GOODS, "catalogue/r2.jpg": OTHER})

    evidence = await evidence_of(request, box)

    assert [found.reference_id for found in medium(evidence, "claim", "c2").comparisons] == ["r1", "r2"]
    same = [
        {reading.name: reading.value for reading in found.readings}["same_bytes"]
        for found in medium(evidence, "claim", "c2").comparisons
    ]
    assert same == [True, False]


async def test_where_a_photo_was_altered_and_the_picture_of_it_are_named() -> None:
    box = PhotoBox({"claims/c1.jpg": GOODS, "catalogue/r1.jpg": GOODS})

    (found,) = medium(await evidence_of(a_request(), box), "claim", "c1").comparisons

    assert found.regions == [Region(x=10, y=20, width=30, height=40)]
    assert found.overlay is not None
    assert found.overlay.startswith("overlays/")


async def test_what_a_file_says_of_its_origin_is_passed_on() -> None:
    says = ProvenanceFinding(kind="aigc", state="present", detail="Label 1")
    box = PhotoBox({"claims/c1.jpg": CUP, "catalogue/r1.jpg": GOODS}, provenance=(says,))

    evidence = await evidence_of(a_request(), box)

    assert [found.provenance for found in evidence.media] == [[says], [says]]


async def test_a_store_that_is_away_while_photos_are_compared_is_asked_again() -> None:
    class Away(PhotoBox):
        async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
            if not self.failures:
                self.failures.append(StoreUnavailable("away"))
                raise self.failures[0]
            self.failures.clear()
            return await super().compare(claim, references)

    box = Away({"claims/c1.jpg": CUP, "catalogue/r1.jpg": GOODS})

    evidence = await evidence_of(a_request(), box)

    assert len(medium(evidence, "claim", "c1").comparisons) == 1


async def test_a_photo_that_is_missing_is_an_unmeasured_reading_and_the_rest_is_looked_at() -> None:
    request = a_request(claim_media=[a_claim_medium("c1"), a_claim_medium("c2")])

    evidence = await evidence_of(request)

    assert whys(medium(evidence, "claim", "c2")) == ["the photo is not in the media store"]
    assert medium(evidence, "claim", "c2").sighting_position is None
    assert len(medium(evidence, "claim", "c1").comparisons) == 1


async def test_claim_and_reference_may_share_a_media_id_and_keep_their_own_copies() -> None:
    box = PhotoBox({"claims/a.jpg": CUP, "catalogue/a.jpg": GOODS})
    request = a_request(claim_media=[a_claim_medium("a")], reference_media=[a_reference("a")])

    await evidence_of(request, box)

    assert len({source.pointer for source in box.seen}) == 2


async def test_identifiers_of_dots_stay_inside_their_folder() -> None:
    box = PhotoBox({})

    await evidence_of(a_request("..", claim_media=[a_claim_medium(".")]), box)

    assert all(segment not in {".", ".."} for source in box.seen for segment in source.pointer.split("/"))


async def test_a_photo_used_by_another_request_is_found_and_a_replay_repeats_its_first_answer() -> None:
    memory = Memory()
    first = await evidence_of(a_request("rr-1"), memory=memory)
    second = await evidence_of(a_request("rr-2", buyer_id="b-2", order_id="o-2"), memory=memory)
    again = await evidence_of(a_request("rr-1"), memory=memory)

    assert [found.request_id for found in medium(second, "claim", "c1").sightings] == ["rr-1"]
    assert medium(first, "claim", "c1").sightings == medium(again, "claim", "c1").sightings == []
    assert medium(again, "claim", "c1").sighting_position == medium(first, "claim", "c1").sighting_position


async def test_a_photo_that_another_request_used_mirrored_or_turned_is_found() -> None:
    memory = Memory()
    first = await evidence_of(a_request("rr-1"), memory=memory)
    used = medium(first, "claim", "c1").fingerprint
    assert used is not None
    turned = PhotoBox({"claims/c1.jpg": OTHER, "catalogue/r1.jpg": GOODS}, variants=("0" * 64, used.bits))
    second = await evidence_of(a_request("rr-2", buyer_id="b-2", order_id="o-2"), turned, memory)

    assert [found.request_id for found in medium(second, "claim", "c1").sightings] == ["rr-1"]


async def test_a_log_that_is_not_read_in_time_is_an_unmeasured_reading() -> None:
    evidence = await evidence_of(a_request(), memory=Memory(behind=True))

    found = medium(evidence, "claim", "c1")
    assert [reading.name for reading in found.readings if reading.unmeasured] == ["earlier_sightings"]
    assert len(found.comparisons) == 1


async def test_a_store_that_is_away_is_asked_again() -> None:
    box = PhotoBox({"claims/c1.jpg": CUP, "catalogue/r1.jpg": GOODS}, failures=[StoreUnavailable("away")])

    evidence = await evidence_of(a_request(), box)

    assert all(whys(found) == [] for found in evidence.media)


def test_the_longest_identifiers_are_still_names_of_files() -> None:
    request = a_request("." * 128, claim_media=[a_claim_medium("." * 128)])

    segments = [segment for source in sources(request, "sha256:0") for segment in source.pointer.split("/")]

    assert max(map(len, segments)) < 255
    assert not {".", ".."} & set(segments)
