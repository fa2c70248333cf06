"""Videos are evidence like photos: by their stills they are compared, looked up, and found again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from schemas.codec import decode, encode
from schemas.digest import request_digest
from schemas.records import CataloguePhotoRegistered, EvidenceGathered, MediumEvidence
from streams.adapters.photos.desk_setup import open_desk
from streams.cases.photos.photos import packed as packed_photos
from streams.cases.photos.photos import unpacked
from streams.ports import Compared, Examined, KnownPhoto, MediumSource, Recognised, Resemblance
from tests.agents.fakes import Memory, a_catalogue, a_gatherer
from tests.builders import AT_MS, DAY_MS, a_claim_medium, a_reference, a_request
from tests.contract.photos.test_examiner import a_plan
from tests.photos import a_picture, jpeg, stained
from tests.unit.evidence.provenance.files import a_label
from tests.unit.evidence.provenance.video_files import keyed, with_movie_box
from tests.unit.policy.questions import codes, decided
from tests.videos import a_video, animated

SIZE = {"width": 640, "height": 480}
LISTING, PACKED, WORN = (a_picture(seed, **SIZE) for seed in (1, 2, 3))
OWN = [a_picture(seed, **SIZE) for seed in (11, 12)]
PHONE = {"com.android.version": "14", "com.android.manufacturer": "Xiaomi", "com.android.model": "23116PN5BC"}


class Eyes:
    """An examiner that looks at files of a folder, as a photo process does."""

    def __init__(self, folder: Path) -> None:
        (folder / "media").mkdir()
        self.media = folder / "media"
        self._desk = open_desk(a_plan(self.media.as_uri(), (folder / "evidence").as_uri()))

    def put(self, name: str, file: bytes) -> str:
        (self.media / name).write_bytes(file)
        return name

    async def examine(self, source: MediumSource) -> Examined:
        return self._desk.examine(source).examined

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        return self._desk.compare(claim, references).compared

    async def recognise(
        self, claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> list[Recognised]:
        return self._desk.recognise(claim, references, earlier).recognised


@pytest.fixture
def eyes(tmp_path: Path) -> Eyes:
    return Eyes(tmp_path)


@pytest.fixture
def memory() -> Memory:
    return Memory()


async def gathered(
    eyes: Eyes,
    memory: Memory,
    claim: bytes,
    *,
    number: int = 1,
    kind: str = "video",
    references: Sequence[tuple[str, bytes]] = (("photo", jpeg(LISTING)),),
    **changes: Any,
) -> EvidenceGathered:
    """The evidence of a buyer's request with this file, and files of the goods."""
    request = a_request(
        f"rr-{number}",
        **{"buyer_id": f"b-{number}", "order_id": f"o-{number}", "person_id": f"u-{number}"} | changes,
        claim_media=[a_claim_medium("c1", uri=eyes.put(f"claim-{number}", claim), kind=kind)],
        reference_media=[
            a_reference(f"r{at}", uri=eyes.put(f"reference-{number}-{at}", file), kind=of, origin="dispatch")
            for at, (of, file) in enumerate(references)
        ],
    )
    at_ms = AT_MS + number
    evidence = await a_gatherer(eyes, memory).gather(request, request_digest(request), at_ms, at_ms)
    return decode(EvidenceGathered, encode(evidence))


async def registered(eyes: Eyes, memory: Memory, file: bytes, *, withdrawn: bool = False, **changes: Any) -> None:
    photo = CataloguePhotoRegistered(
        photo_id="p-9-1", merchant_id="m-1", product_id="p-1", uri=eyes.put("catalogue", file),
        registered_at_ms=AT_MS - 30 * DAY_MS, kind="video", origin="packing", withdrawn=withdrawn,
    )  # fmt: skip
    await a_catalogue(eyes, memory).register(msgspec.structs.replace(photo, **changes), AT_MS - 30 * DAY_MS)


def claim_of(evidence: EvidenceGathered) -> MediumEvidence:
    return next(medium for medium in evidence.media if medium.role == "claim")


def filmed(*scenes: Image.Image) -> bytes:
    return with_movie_box(a_video(scenes), keyed(PHONE))


async def test_an_honest_video_of_a_telephone_is_cleared(eyes: Eyes, memory: Memory) -> None:
    evidence = await gathered(eyes, memory, filmed(*OWN))
    claim = claim_of(evidence)
    assert codes(decided(evidence)) == []
    assert [one for one in claim.readings if one.unmeasured] == []
    assert ("camera", "Xiaomi 23116PN5BC") in {(one.kind, one.detail) for one in claim.provenance}
    assert [(one.part, one.at_ms is not None, one.sighting_position) for one in claim.parts] == [
        ("s1", True, 0), ("s2", True, 1),
    ]  # fmt: skip
    assert claim.sighting_position == 0


async def test_a_video_that_says_that_ai_made_it_has_that_reason(eyes: Eyes, memory: Memory) -> None:
    evidence = await gathered(eyes, memory, with_movie_box(a_video(OWN), keyed({"AIGC": a_label()})))
    assert codes(decided(evidence)) == ["AI_LABEL"]


async def test_a_video_that_shows_the_listing_with_damage_is_found(eyes: Eyes, memory: Memory) -> None:
    evidence = await gathered(eyes, memory, filmed(OWN[0], stained(LISTING, 0.03)))
    assert "DERIVED_AND_ALTERED" in codes(decided(evidence))


async def test_a_photo_cut_from_the_dispatch_video_is_found_beside_it(eyes: Eyes, memory: Memory) -> None:
    film = a_video([PACKED, WORN])
    evidence = await gathered(eyes, memory, jpeg(PACKED, 85), kind="photo", references=[("video", film)])
    assert "RESENT_REFERENCE" in codes(decided(evidence))


@pytest.mark.parametrize(
    ("product", "reasons"), [("p-1", ["RESENT_REFERENCE", "LIKE_REFERENCE"]), ("p-7", ["OTHERS_LISTING"])]
)
async def test_a_still_cut_from_a_merchant_s_video_is_found_though_no_request_names_the_video(
    eyes: Eyes, memory: Memory, product: str, reasons: list[str]
) -> None:
    await registered(eyes, memory, a_video([PACKED, WORN]), product_id=product)
    evidence = await gathered(eyes, memory, jpeg(WORN, 80), kind="photo")
    assert codes(decided(evidence)) == reasons
    (found,) = claim_of(evidence).sightings
    assert (found.sighting_id, found.media_id, found.part) == ("catalogue:p-9-1#s2", "p-9-1", "s2")


async def test_a_merchant_s_video_that_was_withdrawn_is_found_no_more(eyes: Eyes, memory: Memory) -> None:
    await registered(eyes, memory, a_video([PACKED, WORN]))
    await registered(eyes, memory, a_video([PACKED, WORN]), withdrawn=True)
    memory.sightings = list({one.sighting_id: one for one in memory.published}.values())
    evidence = await gathered(eyes, memory, jpeg(WORN, 80), kind="photo")
    assert codes(decided(evidence)) == []


async def test_a_buyer_s_video_of_the_merchant_s_video_is_found(eyes: Eyes, memory: Memory) -> None:
    await registered(eyes, memory, a_video([PACKED, WORN]))
    evidence = await gathered(eyes, memory, filmed(OWN[0], WORN))
    assert codes(decided(evidence)) == ["RESENT_REFERENCE", "LIKE_REFERENCE"]
    assert [(one.part, one.of_part) for one in claim_of(evidence).sightings] == [("s2", "s2")]


async def test_a_video_that_another_buyer_sent_before_is_found_and_so_is_a_photo_cut_from_it(
    eyes: Eyes, memory: Memory
) -> None:
    await gathered(eyes, memory, filmed(*OWN))
    again = await gathered(eyes, memory, a_video([OWN[1], WORN], suffix=".mkv"), number=2)
    photo = await gathered(eyes, memory, jpeg(OWN[0], 70), kind="photo", number=3)
    assert codes(decided(again)) == codes(decided(photo)) == ["USED_BEFORE"]
    (found,) = claim_of(again).sightings
    assert (found.request_id, found.media_id, found.part, found.of_part) == ("rr-1", "c1", "s2", "s1")
    assert found.sighting_id.endswith(":c1#s2")


async def test_the_same_video_again_by_the_same_buyer_on_the_same_order_is_no_reuse(eyes: Eyes, memory: Memory) -> None:
    await gathered(eyes, memory, filmed(*OWN))
    again = await gathered(eyes, memory, filmed(*OWN), number=2, buyer_id="b-1", order_id="o-1")
    assert codes(decided(again)) == []


async def test_a_video_sent_as_a_photo_is_judged_as_the_video_that_it_is(eyes: Eyes, memory: Memory) -> None:
    honest = await gathered(eyes, memory, filmed(*OWN), kind="photo")
    forged = await gathered(eyes, memory, filmed(stained(LISTING, 0.03)), kind="photo", number=2)
    assert (claim_of(honest).kind, codes(decided(honest))) == ("video", [])
    assert "DERIVED_AND_ALTERED" in codes(decided(forged))


async def test_an_animated_picture_hides_nothing_behind_its_first_frame(eyes: Eyes, memory: Memory) -> None:
    forged = animated([WORN, stained(LISTING, 0.03)], "WEBP")
    assert "DERIVED_AND_ALTERED" in codes(decided(await gathered(eyes, memory, forged, kind="photo")))
    assert codes(decided(await gathered(eyes, memory, animated(OWN, "WEBP"), kind="photo", number=2))) == []


async def test_a_video_of_nothing_asks_for_a_better_one(eyes: Eyes, memory: Memory) -> None:
    evidence = await gathered(eyes, memory, filmed(Image.new("RGB", (640, 480), "black")))
    assert codes(decided(evidence)) == ["EVIDENCE_UNCLEAR"]
    assert memory.published == []


async def test_a_black_beginning_is_no_scene(eyes: Eyes, memory: Memory) -> None:
    evidence = await gathered(eyes, memory, filmed(Image.new("RGB", (640, 480), "black"), *OWN))
    assert [one.part for one in claim_of(evidence).parts] == ["s1", "s2"]
    assert codes(decided(evidence)) == []


async def test_where_the_log_was_not_read_in_time_the_video_was_not_looked_up(eyes: Eyes, memory: Memory) -> None:
    memory.behind = True
    evidence = await gathered(eyes, memory, filmed(*OWN))
    assert codes(decided(evidence)) == ["NOT_LOOKED"]
    assert [one.name for one in claim_of(evidence).readings if one.unmeasured] == ["earlier_sightings"]


async def test_what_is_kept_of_a_claim_names_the_video_and_each_still(eyes: Eyes, memory: Memory) -> None:
    evidence = await gathered(eyes, memory, filmed(*OWN))
    claim = claim_of(evidence)
    kept = unpacked(packed_photos(evidence))
    assert [(one.media_id, one.sha256) for one in kept] == [
        ("c1", claim.sha256), *((f"c1#{part.part}", part.sha256) for part in claim.parts)
    ]  # fmt: skip
    assert [one.fingerprint for one in kept] == [None, *(part.fingerprint for part in claim.parts)]
