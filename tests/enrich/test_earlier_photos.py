"""What a claim resembles among earlier photos: recognised, explained, counted, and as of its own position."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest

from schemas.digest import request_digest
from schemas.records import EvidenceGathered, MediumEvidence, Reading
from streams.enrich.trimming import MOST_CLAIMS, MOST_IN_ALL, MOST_LISTED
from streams.errors import StoreUnavailable
from streams.ports import Compared, Examined, KnownPhoto, Recognised
from streams.sightings.found import Room
from streams.wording import causes
from tests.agents.fakes import Memory, PhotoBox, a_gatherer
from tests.builders import AT_MS, DAY_MS, a_claim_medium, a_reference, a_request
from tests.unit.sightings.sightings import a_catalogue_sighting, a_claim_sighting

CLAIM, GOODS = b"the claim", b"the goods"
BITS = int(hashlib.sha256(CLAIM).hexdigest(), 16)
GOODS_SHA = hashlib.sha256(GOODS).hexdigest()


class Forged(PhotoBox):
    """An examiner to whom the claim was made from its reference, and altered."""

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        readings = (
            Reading(name="derived_score", value=0.97, unit="probability"),
            Reading(name="altered_fraction", value=0.02, unit="share of area"),
        )
        return [Compared(readings=readings, altered=b"where") for _ in references if claim.features]


def sha(number: int) -> str:
    return f"{number:064x}"


def a_box(kind: type[PhotoBox] = PhotoBox, **answers: Recognised) -> PhotoBox:
    return kind(
        {"claims/c1.jpg": CLAIM, "catalogue/r1.jpg": GOODS},
        answers={sha(int(name.removeprefix("of_"))): answer for name, answer in answers.items()},
    )


def bits_off(bits: int) -> int:
    return BITS ^ ((1 << bits) - 1)


def before(number: int, bits: int = 0, **changes: Any) -> Any:
    """An earlier claim, so many bits away from this one."""
    return a_claim_sighting(number, bits=bits_off(bits), **{"seen_at_ms": AT_MS - DAY_MS} | changes)


def listed(number: int, bits: int = 0, **changes: Any) -> Any:
    return a_catalogue_sighting(number, bits=bits_off(bits), **{"seen_at_ms": AT_MS - 10 * DAY_MS} | changes)


async def claim_of(memory: Memory, box: PhotoBox, **changes: Any) -> MediumEvidence:
    request = a_request("rr-now", **{"buyer_id": "b-now", "order_id": "o-now"} | changes)
    gatherer = a_gatherer(box, memory)
    evidence: EvidenceGathered = await gatherer.gather(request, request_digest(request), AT_MS, AT_MS)
    return evidence.media[0]


def told(found: MediumEvidence) -> list[tuple[str | None, bool | None]]:
    return [(one.request_id, one.confirmed) for one in found.sightings]


def values(found: MediumEvidence) -> dict[str, object]:
    return {one.name: one.value for one in found.readings if one.name.endswith("_left_out")}


def whys(found: MediumEvidence) -> list[tuple[str, str | None]]:
    return [(one.name, one.unmeasured) for one in found.readings if one.unmeasured is not None]


def explained(box: PhotoBox) -> list[tuple[str, tuple[int, ...]]]:
    """The earlier photos that something may explain, each with the places of that."""
    return [(one.photo.sha256, one.references) for _, _, asked in box.asked for one in asked if one.references]


async def test_far_photos_count_once_their_features_agree_and_are_dropped_where_they_do_not() -> None:
    memory = Memory([before(1, 20), before(2, 40), before(3, 50), before(4, 61)])
    box = a_box(of_2=Recognised(confirmed=True), of_3=Recognised(confirmed=False))

    found = await claim_of(memory, box)

    assert told(found) == [("rr-1", None), ("rr-2", True)]
    assert [[one.photo.sha256 for one in asked] for _, _, asked in box.asked] == [[sha(1), sha(2), sha(3)]]


async def test_near_photos_count_unless_their_pixels_show_that_a_camera_took_each() -> None:
    anew = Recognised(confirmed=False, why=causes.EARLIER_PHOTO_TAKEN_ANEW)

    found = await claim_of(Memory([before(1, 31), before(2, 31)]), a_box(of_2=anew))

    assert told(found) == [("rr-1", None)]
    assert whys(found) == [("earlier_confirmation", str(anew.why))], "a person sees whether that is so"


async def test_of_the_very_same_bytes_and_of_near_listings_nobody_is_asked() -> None:
    box = a_box()
    again = before(1, sha256=hashlib.sha256(CLAIM).hexdigest())

    assert told(await claim_of(Memory([again]), box)) == [("rr-1", None)]
    await claim_of(Memory([listed(2)]), box)
    assert box.asked == []


async def test_what_could_not_be_confirmed_stays_and_says_why_once() -> None:
    memory = Memory([before(1, 40), before(2, 50)])
    gone = Recognised(why=causes.own_copy_missing("blobs/1"))

    found = await claim_of(memory, a_box(of_1=gone, of_2=gone))

    assert told(found) == [("rr-1", None), ("rr-2", None)]
    assert whys(found) == [("earlier_confirmation", str(gone.why))]


async def test_a_store_that_is_away_while_earlier_photos_are_looked_at_is_asked_again() -> None:
    class Away(PhotoBox):
        async def recognise(self, *asked: Any) -> list[Recognised]:
            if not self.asked:
                self.asked.append(asked)
                msg = "away"
                raise StoreUnavailable(msg)
            return await super().recognise(*asked)

    found = await claim_of(Memory([before(1, 40)]), a_box(Away, of_1=Recognised(confirmed=True)))

    assert told(found) == [("rr-1", True)]


async def test_a_replay_gives_the_first_answer_whatever_came_since() -> None:
    memory = Memory([before(1, 40)])
    box = a_box(of_1=Recognised(confirmed=True), of_2=Recognised(confirmed=True))

    first = await claim_of(memory, box)
    memory.sightings.append(before(2, 40))

    assert await claim_of(memory, box) == first
    assert told(first) == [("rr-1", True)]


async def test_what_found_no_room_is_a_reading_by_kind() -> None:
    memory = Memory([before(1)], left=Room(claims=2, catalogue=3, far_claims=5, far_catalogue=7))

    assert values(await claim_of(memory, a_box())) == {
        "earlier_sightings_left_out": 2,
        "earlier_candidates_left_out": 5,
        "catalogue_photos_left_out": 3,
        "catalogue_candidates_left_out": 7,
    }


async def test_photos_that_were_passed_over_for_their_version_are_not_taken_for_looked_at() -> None:
    found = await claim_of(Memory([before(1)], other_versions=True), a_box())

    assert [one.unmeasured for one in found.readings if one.name == "earlier_sightings"] == [
        "earlier photos with fingerprints of another version could not be compared"
    ]
    assert told(found) == [("rr-1", None)]


async def test_the_nearest_of_each_kind_are_told_and_the_others_counted() -> None:
    memory = Memory([*(before(n) for n in range(30)), *(listed(n) for n in range(30, 40))])

    found = await claim_of(memory, a_box(), reference_media=[])

    assert [one.source for one in found.sightings] == ["claim"] * MOST_CLAIMS + ["catalogue"] * MOST_LISTED
    assert values(found) == {"earlier_sightings_left_out": 10, "catalogue_photos_left_out": 6}


async def test_of_a_request_with_many_photos_each_tells_fewer_so_that_the_evidence_fits() -> None:
    memory = Memory([before(n) for n in range(30)])
    photos = [a_claim_medium(f"c{n}") for n in range(1, 21)]

    found = await claim_of(memory, a_box(), claim_media=photos, reference_media=[])

    assert len(found.sightings) == MOST_IN_ALL // 20
    assert values(found) == {"earlier_sightings_left_out": 25}


async def test_a_reference_that_the_claim_was_made_from_may_explain_an_earlier_claim() -> None:
    box = a_box(Forged, of_1=Recognised(explained_by=0, shared_alteration=0.25))

    found = await claim_of(Memory([before(1)]), box)

    ((_, references, (asked,)),) = box.asked
    assert references == [KnownPhoto(GOODS_SHA, "reference", b"where")], "it was compared with this one already"
    assert (asked.far, asked.references) == (False, (0,))
    assert [(one.explained_by, one.shared_alteration) for one in found.sightings] == [("r1", 0.25)]


@pytest.mark.parametrize("registered_at_ms", [AT_MS - DAY_MS, AT_MS - DAY_MS // 2])
async def test_a_reference_that_was_not_there_before_the_earlier_claim_does_not_explain_it(
    registered_at_ms: int,
) -> None:
    box = a_box(Forged)

    await claim_of(Memory([before(1)]), box, reference_media=[a_reference(registered_at_ms=registered_at_ms)])

    assert explained(box) == []


async def test_a_reference_that_is_not_older_than_the_claim_explains_nothing() -> None:
    box = a_box(Forged)

    await claim_of(
        Memory([before(1, seen_at_ms=AT_MS + DAY_MS)]), box, reference_media=[a_reference(registered_at_ms=AT_MS)]
    )

    assert explained(box) == []


async def test_a_reference_that_the_claim_was_not_made_from_is_not_asked() -> None:
    box = a_box()

    await claim_of(Memory([before(1)]), box)

    assert explained(box) == []


async def test_a_photo_of_the_catalogue_may_explain_only_claims_that_came_after_it() -> None:
    box = a_box()

    await claim_of(Memory([before(1, seen_at_ms=AT_MS - 11 * DAY_MS), listed(2), before(3)]), box)

    ((_, references, asked),) = box.asked
    assert references == [KnownPhoto(sha(2), "reference")]
    assert [one.photo.sha256 for one in asked] == [sha(1), sha(3)]
    assert explained(box) == [(sha(3), (0,))]


async def test_the_listing_of_the_goods_explains_another_merchant_s_and_not_the_other_way_round() -> None:
    box = a_box(of_1=Recognised(explained_by=0, shared_alteration=0.0))

    found = await claim_of(Memory([listed(1, merchant_id="m-2"), listed(2)]), box, reference_media=[])

    ((_, references, asked),) = box.asked
    assert references == [KnownPhoto(sha(2), "reference"), KnownPhoto(sha(1), "reference")]
    assert [(one.photo.sha256, one.references) for one in asked] == [(sha(1), (0,))]
    assert [one.explained_by for one in found.sightings] == ["catalogue:p-2", None]


@pytest.mark.parametrize(
    "owner", [("b-2", "o-2"), ("b-now", "o-now")], ids=["another buyer's", "this buyer's, this order"]
)
async def test_a_listing_tells_whether_a_claim_had_shown_the_picture_before_whoever_claimed(
    owner: tuple[str, str],
) -> None:
    buyer_id, order_id = owner
    memory = Memory([listed(1), before(2, buyer_id=buyer_id, order_id=order_id), listed(3, seen_at_ms=AT_MS - 1)])

    found = await claim_of(memory, a_box(), reference_media=[])

    assert first_seen_as_claim(found) == {"catalogue:p-1": False, "catalogue:p-3": True}


async def test_a_listing_that_came_back_was_there_before_the_claims_since_wherever_it_stands_now() -> None:
    box = a_box()

    found = await claim_of(Memory([before(1), listed(2)]), box, reference_media=[])

    assert first_seen_as_claim(found) == {"catalogue:p-2": False}
    assert explained(box) == [(sha(1), (0,))]


async def test_a_listing_from_after_this_very_claim_shows_what_a_claim_had_shown() -> None:
    found = await claim_of(Memory([listed(1, seen_at_ms=AT_MS + 1_000)]), a_box(), reference_media=[])

    assert first_seen_as_claim(found) == {"catalogue:p-1": True}


def first_seen_as_claim(found: MediumEvidence) -> dict[str, bool | None]:
    return {one.sighting_id: one.first_seen_as_claim for one in found.sightings if one.source == "catalogue"}


def the_reference_seen(days_before: int) -> Any:
    """An earlier claim of this order that shows the picture of the reference, which was registered 90 days ago."""
    owner = {"buyer_id": "b-now", "order_id": "o-now"}
    return a_claim_sighting(1, bits=int(GOODS_SHA, 16), seen_at_ms=AT_MS - days_before * DAY_MS, **owner)


@pytest.mark.parametrize(
    ("days_before", "said"), [(91, {"reference_seen_as_claim": True, "reference_claim": "rr-1"}), (89, {})]
)
async def test_a_reference_tells_whether_a_claim_had_shown_the_picture_before_it_was_registered(
    days_before: int, said: dict[str, object]
) -> None:
    found = await claim_of(Memory([the_reference_seen(days_before)]), a_box())

    (comparison,) = found.comparisons
    about = {one.name: one.value for one in comparison.readings if one.name.startswith("reference_")}
    assert about == (said or {"reference_seen_as_claim": False})


class Copied(PhotoBox):
    """An examiner to whom the claim's pixels are the reference's."""

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        readings = (Reading(name="copied", value=1.0, unit="share"),)
        return [Compared(readings=readings) for _ in references if claim.features]


@pytest.mark.parametrize("kind", [Copied, PhotoBox], ids=["copied", "not alike"])
@pytest.mark.parametrize("days_before", [91, 89])
async def test_a_photo_that_a_claim_had_shown_before_there_was_the_reference_was_not_made_from_it(
    days_before: int, kind: type[PhotoBox]
) -> None:
    """The merchant registered 90 days ago what was retouched so much that its own picture is another one."""
    shown = before(1, seen_at_ms=AT_MS - days_before * DAY_MS, buyer_id="b-now", order_id="o-now")

    found = await claim_of(Memory([shown]), a_box(kind))

    (comparison,) = found.comparisons
    about = {one.name: one.value for one in comparison.readings if one.name.startswith("reference_")}
    said = {"reference_seen_as_claim": True, "reference_claim": "rr-1"}
    assert about == (said if kind is Copied and days_before > 90 else {"reference_seen_as_claim": False})


async def test_of_a_photo_that_was_not_looked_up_nothing_is_said_of_its_references() -> None:
    found = await claim_of(Memory([the_reference_seen(91)], behind=True), a_box())

    (comparison,) = found.comparisons
    assert not [one for one in comparison.readings if one.name.startswith("reference_")]
    assert [name for name, _ in whys(found)] == ["earlier_sightings"]


async def test_a_listing_that_explains_others_is_told_before_nearer_ones() -> None:
    memory = Memory([*(listed(n, merchant_id=f"other-{n}") for n in range(1, 6)), listed(9, 5), before(20)])
    shared = Recognised(explained_by=0, shared_alteration=0.1)

    found = await claim_of(memory, a_box(of_20=shared), reference_media=[])

    assert [one.explained_by for one in found.sightings if one.request_id == "rr-20"] == ["catalogue:p-9"]
    assert "catalogue:p-9" in {one.sighting_id for one in found.sightings}


async def test_a_listing_that_features_deny_explains_nothing() -> None:
    memory = Memory([listed(1, 56), before(2, 34)])
    box = a_box(
        of_1=Recognised(confirmed=False), of_2=Recognised(confirmed=True, explained_by=0, shared_alteration=0.07)
    )

    found = await claim_of(memory, box, reference_media=[])

    assert [(one.request_id, one.explained_by, one.shared_alteration) for one in found.sightings] == [
        ("rr-2", None, None)
    ]
