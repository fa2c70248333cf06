from collections import Counter
from itertools import combinations

import pytest

from schemas.codec import decode, encode
from schemas.digest import request_digest
from schemas.errors import ContractError
from schemas.records import CataloguePhotoRegistered, RefundRequested
from streams.demo import DEFAULT_REQUESTS, LEAST_REQUESTS
from streams.demo.day import POISON, Day, a_day
from streams.demo.photo_maker import wanted
from streams.demo.photos import ForgedPhoto, HonestPhoto, ListingPhoto
from streams.demo.stories import CHANGED, FREQUENT_LATE, HONEST, REPEATED, SHARED_AGAIN, SHARED_FIRST, STORIES
from streams.evidence.features.fingerprints import distance_bits
from tests.unit.demo.decoded import beside, looked_at

SEED = 1
NOW_MS = 1_790_000_000_000
USED_BEFORE_BITS = 31
SAME_GOODS_FEATURES = 25


@pytest.fixture(scope="module")
def day() -> Day:
    return a_day(SEED, DEFAULT_REQUESTS, NOW_MS)


def test_a_day_has_at_least_two_hundred_different_requests_most_of_them_honest(day: Day) -> None:
    identities = {(asked.request.request_id, request_digest(asked.request)) for asked in day.asked}
    honest = sum(asked.story is HONEST for asked in day.asked)
    assert len(identities) == DEFAULT_REQUESTS >= 200
    assert 0.55 <= honest / DEFAULT_REQUESTS <= 0.75


@pytest.mark.parametrize("requests", [LEAST_REQUESTS, 500])
def test_a_day_has_as_many_different_requests_as_were_asked_for(requests: int) -> None:
    asked = a_day(SEED, requests, NOW_MS).asked
    assert len({(one.request.request_id, request_digest(one.request)) for one in asked}) == requests


def test_every_story_is_told_and_every_review_expects_a_reason(day: Day) -> None:
    assert {asked.story for asked in day.asked} == set(STORIES)
    assert [story.name for story in STORIES if (story.verdict == "REVIEW") != bool(story.codes)] == []


def test_all_records_keep_the_contract_and_all_rubbish_breaks_it(day: Day) -> None:
    for asked in day.asked:
        assert decode(RefundRequested, encode(asked.request)) == asked.request
    for event in day.catalogue:
        assert decode(CataloguePhotoRegistered, encode(event)) == event
    for raw in POISON:
        with pytest.raises(ContractError):
            decode(RefundRequested, raw)


def test_every_reference_was_registered_before_the_claim_and_is_in_the_catalogue(day: Day) -> None:
    registered = {event.uri: event.registered_at_ms for event in day.catalogue}
    for asked in day.asked:
        for reference in asked.request.reference_media:
            assert reference.registered_at_ms == registered[reference.uri] < asked.request.requested_at_ms


def test_what_builds_on_others_comes_last_and_the_frequent_claimants_keep_their_order(day: Day) -> None:
    late = [asked.story for asked in day.asked if asked.late]
    frequent = [asked.request.request_id for asked in day.asked if asked.request.buyer_id == "b-frequent"]
    assert [asked.story for asked in day.asked][-len(late) :] == late == [SHARED_AGAIN, SHARED_AGAIN, REPEATED, CHANGED]
    assert frequent == sorted(frequent)
    assert Counter(one.story for one in day.asked)[FREQUENT_LATE] == 3


def test_one_forgery_is_used_by_three_buyers_in_two_shops(day: Day) -> None:
    uses = [asked for asked in day.asked if asked.story in {SHARED_FIRST, SHARED_AGAIN}]
    photos = [photo for asked in uses for photo in asked.photos]
    assert {photo.damage for photo in photos if isinstance(photo, ForgedPhoto)} == {photos[0].damage}  # type: ignore[attr-defined] # forged, as the line says
    assert len({asked.request.buyer_id for asked in uses}) == 3
    assert len({asked.request.merchant_id for asked in uses}) == 2


def test_the_same_seed_makes_the_same_day_and_the_same_photos() -> None:
    one, other = (a_day(SEED, LEAST_REQUESTS, NOW_MS) for _ in range(2))
    assert one == other
    assert a_day(SEED + 1, LEAST_REQUESTS, NOW_MS) != one
    some = [photo for photo in wanted(one) if not isinstance(photo, ListingPhoto)][:4]
    assert [photo.made(SEED) for photo in some] == [photo.made(SEED) for photo in some]
    assert [photo.made(SEED + 1) for photo in some] != [photo.made(SEED) for photo in some]


def test_each_photo_is_made_once_and_leaves_out_what_never_arrives(day: Day) -> None:
    uris = [photo.uri for photo in wanted(day)]
    needed = {photo.uri for asked in day.asked for photo in asked.photos if photo.arrives}
    assert len(uris) == len(set(uris))
    assert set(uris) == needed | {photo.uri for photo in day.listing}


def test_honest_photos_resemble_neither_each_other_nor_what_was_listed(day: Day) -> None:
    honest = [photo for asked in day.asked for photo in asked.photos if isinstance(photo, HonestPhoto)][:8]
    made = [photo.made(SEED) for photo in honest]
    looks = [looked_at(photo) for photo in made]
    marks = [look.fingerprint for look in looks if look.fingerprint]
    assert len(marks) == len(looks)
    assert min(distance_bits(one, other) for one, other in combinations(marks, 2)) > USED_BEFORE_BITS
    for photo, shown in zip(honest, made, strict=True):
        found = beside(shown, ListingPhoto(photo.product).made(SEED))
        assert found["derived_score"] < 0.5
        assert (found["hash_distance_bits"] > USED_BEFORE_BITS, found["feature_inliers"] < SAME_GOODS_FEATURES) == (
            True,
            True,
        )
