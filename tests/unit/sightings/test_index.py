"""Of all earlier photos, exactly those within the distance are found, wherever they lie: never one fewer."""

import pytest

from schemas.records import EarlierSighting, Fingerprint, PhotoSighted
from schemas.units import DAY_MS, FINGERPRINT_BITS
from streams.sightings.found import Room
from streams.sightings.index import SightingIndex
from streams.sightings.photos import Standing
from tests.builders import AT_MS, with_changes
from tests.unit.sightings.conftest import MakeIndex
from tests.unit.sightings.sightings import (
    ASKED,
    DIGEST,
    a_catalogue_sighting,
    a_claim_sighting,
    chance_of,
    flipped,
)


def ids(index: SightingIndex, sighting: PhotoSighted, below: int = 1_000_000, max_bits: int = 31) -> list[str]:
    return [earlier.sighting_id for earlier in index.search(sighting, below, max_bits=max_bits).sightings]


def test_an_empty_index_finds_nothing(an_index: MakeIndex) -> None:
    index = an_index()
    assert (len(index), index.search(ASKED, 10).sightings) == (0, [])


def test_what_is_found_says_whose_it_was_and_how_near(an_index: MakeIndex) -> None:
    index = an_index([a_claim_sighting(1, bits=0b111)])
    assert index.search(ASKED, 10).sightings == [
        EarlierSighting(
            sighting_id=f"claim:rr-1:{DIGEST}:c1",
            position=0,
            source="claim",
            distance_bits=3,
            request_id="rr-1",
            buyer_id="b-1",
            order_id="o-1",
            merchant_id="m-1",
            product_id="p-1",
            media_id="c1",
            sha256=f"{1:064x}",
            seen_at_ms=AT_MS,
        )
    ]


def test_an_id_of_any_form_comes_back_as_it_was(an_index: MakeIndex) -> None:
    odd = a_claim_sighting(1, sighting_id="claim:written:otherwise")
    assert ids(an_index([odd, a_catalogue_sighting(2)]), ASKED) == ["claim:written:otherwise", "catalogue:p-2"]


def test_only_positions_below_are_earlier(an_index: MakeIndex) -> None:
    index = an_index([a_claim_sighting(number) for number in range(3)])
    assert ids(index, ASKED, below=2) == [f"claim:rr-0:{DIGEST}:c1", f"claim:rr-1:{DIGEST}:c1"]
    assert ids(index, ASKED, below=0) == []


def test_the_first_position_of_a_sighting_stays(an_index: MakeIndex) -> None:
    index = an_index([a_claim_sighting(1), a_claim_sighting(2), a_claim_sighting(1, bits=2**200)])
    index.add(3, a_claim_sighting(2, bits=2**201))
    assert index.position_of(a_claim_sighting(1).sighting_id) == 0
    assert index.position_of("claim:never:seen") is None
    assert len(index) == 2
    assert [earlier.distance_bits for earlier in index.search(ASKED, 9).sightings] == [0, 0]


@pytest.mark.parametrize(
    "own",
    [
        a_claim_sighting(1, request_id="rr-asked"),
        a_claim_sighting(1, buyer_id="b-asked", order_id="o-asked"),
    ],
)
def test_the_same_request_and_the_same_buyer_on_the_same_order_are_left_out(
    an_index: MakeIndex, own: PhotoSighted
) -> None:
    assert ids(an_index([own]), ASKED) == []


def test_the_same_buyer_on_another_order_and_another_buyer_on_the_order_are_found(an_index: MakeIndex) -> None:
    others = [a_claim_sighting(1, buyer_id="b-asked"), a_claim_sighting(2, order_id="o-asked")]
    assert len(ids(an_index(others), ASKED)) == 2


def test_a_catalogue_photo_is_no_part_of_anyone_s_claim(an_index: MakeIndex) -> None:
    assert ids(an_index([a_catalogue_sighting(1)]), a_catalogue_sighting(2)) == ["catalogue:p-1"]


def test_only_fingerprints_of_one_version_are_compared(an_index: MakeIndex) -> None:
    other = a_claim_sighting(1, fingerprint=Fingerprint(version="phash256/1", bits="0" * 64))
    index = an_index([other, a_claim_sighting(2)])
    assert ids(index, ASKED) == [f"claim:rr-2:{DIGEST}:c1"]
    assert index.search(ASKED, 10).other_versions


@pytest.mark.parametrize(
    ("below", "seen_at_ms"), [(1, AT_MS), (10, AT_MS - 181 * DAY_MS)], ids=["it came later", "it is too old"]
)
def test_another_version_that_could_not_be_found_anyway_is_not_missed(
    an_index: MakeIndex, below: int, seen_at_ms: int
) -> None:
    other = Fingerprint(version="phash256/1", bits="0" * 64)
    index = an_index([a_claim_sighting(1), a_claim_sighting(2, fingerprint=other, seen_at_ms=seen_at_ms)])
    assert not index.search(ASKED, below).other_versions


def test_versions_are_known_of_what_is_sealed(an_index: MakeIndex) -> None:
    other = Fingerprint(version="phash256/1", bits="0" * 64)
    index = an_index([a_claim_sighting(1), a_claim_sighting(2, fingerprint=other), a_claim_sighting(3)])
    index.seal()
    assert index.search(ASKED, 10).other_versions
    assert not index.search(ASKED, 1).other_versions


def test_a_withdrawn_catalogue_photo_is_left_out_until_it_comes_back(an_index: MakeIndex) -> None:
    index = an_index([a_catalogue_sighting(1)])
    index.add(1, a_catalogue_sighting(1, withdrawn=True))
    assert ids(index, ASKED) == []
    assert index.standing("catalogue:p-1") == Standing(0, AT_MS, withdrawn=True)
    index.add(2, a_catalogue_sighting(1, seen_at_ms=AT_MS + 1))
    assert ids(index, ASKED) == ["catalogue:p-1"]
    assert index.standing("catalogue:p-1") == Standing(0, AT_MS, withdrawn=False)


def test_how_a_photo_stands_is_known_of_sealed_and_new_ones(an_index: MakeIndex) -> None:
    index = an_index([a_claim_sighting(number, seen_at_ms=AT_MS + number) for number in range(9)])
    found = [index.standing(a_claim_sighting(number).sighting_id) for number in range(9)]
    assert found == [Standing(number, AT_MS + number, withdrawn=False) for number in range(9)]
    assert index.standing("claim:never:seen") is None


def test_what_was_first_seen_later_is_left_out_where_that_is_asked(an_index: MakeIndex) -> None:
    index = an_index([a_claim_sighting(number, seen_at_ms=AT_MS - 1 + number) for number in range(3)])
    found = index.search(ASKED, 10, before_ms=AT_MS).sightings
    assert [one.request_id for one in found] == ["rr-0"]


def test_a_photo_that_was_withdrawn_before_it_was_sealed_stays_so(an_index: MakeIndex) -> None:
    index = an_index([a_catalogue_sighting(1), a_catalogue_sighting(1, withdrawn=True), a_catalogue_sighting(2)])
    assert ids(index, ASKED) == ["catalogue:p-2"]


def test_what_is_erased_is_neither_found_nor_known(an_index: MakeIndex) -> None:
    index = an_index([a_claim_sighting(1), a_claim_sighting(2), a_claim_sighting(3)])
    index.erase(a_claim_sighting(2).sighting_id)
    index.erase("claim:never:seen")
    assert ids(index, ASKED) == [f"claim:rr-1:{DIGEST}:c1", f"claim:rr-3:{DIGEST}:c1"]
    assert index.position_of(a_claim_sighting(2).sighting_id) is None
    assert len(index) == 2


def test_what_is_erased_is_not_kept_in_any_file_once_all_is_rewritten(an_index: MakeIndex) -> None:
    index = an_index([a_claim_sighting(1), a_claim_sighting(2, buyer_id="b-secret"), a_claim_sighting(3)])
    index.erase(a_claim_sighting(2).sighting_id)
    index.seal(everything=True)
    assert [path for path in index.folder.path.iterdir() if b"b-secret" in path.read_bytes()] == []
    assert ids(index, ASKED) == [f"claim:rr-1:{DIGEST}:c1", f"claim:rr-3:{DIGEST}:c1"]


def test_what_was_erased_and_is_sent_again_is_found_at_its_new_position(an_index: MakeIndex) -> None:
    index = an_index([a_claim_sighting(1)])
    index.erase(a_claim_sighting(1).sighting_id)
    index.add(1, a_claim_sighting(1))
    assert [earlier.position for earlier in index.search(ASKED, 9).sightings] == [1]
    index.advance(2)
    index.seal(everything=True)
    assert [earlier.position for earlier in index.search(ASKED, 9).sightings] == [1]


def test_what_is_older_than_the_look_back_is_not_found(an_index: MakeIndex) -> None:
    index = an_index([a_claim_sighting(1, seen_at_ms=AT_MS - 10 * DAY_MS)], look_back_ms=10 * DAY_MS)
    assert len(ids(index, ASKED)) == 1
    later = a_claim_sighting(9, seen_at_ms=AT_MS + 1)
    assert ids(index, later) == []


def test_sealing_drops_the_old_and_keeps_everything_of_the_others(an_index: MakeIndex) -> None:
    old = [a_claim_sighting(number, seen_at_ms=AT_MS - 5 * DAY_MS) for number in range(10)]
    new = [a_claim_sighting(number, bits=number) for number in range(10, 15)]
    index = an_index([*old, *new], look_back_ms=4 * DAY_MS)
    before = index.search(ASKED, 100).sightings
    assert len(before) == 5
    index.seal(everything=True)
    assert len(index) == 5
    assert index.search(ASKED, 100).sightings == before
    assert index.position_of(new[2].sighting_id) == 12
    assert index.position_of(old[2].sighting_id) is None
    index.add(15, old[2])
    assert index.position_of(old[2].sighting_id) is None, "still too old"
    index.add(16, a_claim_sighting(20))
    assert index.position_of(a_claim_sighting(20).sighting_id) == 16


def test_the_nearest_come_first_and_what_was_left_out_is_counted(an_index: MakeIndex) -> None:
    index = an_index([a_claim_sighting(number, bits=2 ** (number % 5) - 1) for number in range(30)])
    found = index.search(ASKED, 100, at_most=20)
    assert found.left_out == 10
    assert [(one.distance_bits, one.position) for one in found.sightings] == sorted(
        (number % 5, number) for number in range(30)
    )[:20]


def test_whoever_floods_one_kind_of_photo_pushes_no_other_off_the_list(an_index: MakeIndex) -> None:
    chance = chance_of(7)
    far = [flipped(0, 40, chance) for _ in range(4)]
    index = an_index(
        [
            *(a_catalogue_sighting(number) for number in range(50)),
            *(a_claim_sighting(number, bits=flipped(0, 3, chance)) for number in range(3)),
            *(a_claim_sighting(number, bits=bits) for number, bits in enumerate(far, 3)),
        ]
    )
    found = index.search(ASKED, 100, max_bits=60, at_most=Room(claims=2, catalogue=5, far_claims=3, far_catalogue=1))
    assert [one.position for one in found.sightings] == [0, 1, 2, 3, 4, 50, 51, 53, 54, 55]
    assert (found.left, found.left_out) == (Room(claims=1, catalogue=45, far_claims=1, far_catalogue=0), 47)


@pytest.mark.parametrize("far", [0, 1, 30, 31])
def test_a_photo_is_found_at_exactly_the_number_of_bits_that_differ(an_index: MakeIndex, far: int) -> None:
    index = an_index([a_claim_sighting(1, bits=flipped(0, far, chance_of(far)))])
    assert [one.distance_bits for one in index.search(ASKED, 9, max_bits=far).sightings] == [far]
    assert far == 0 or ids(index, ASKED, max_bits=far - 1) == []


def test_of_a_photo_and_its_variants_the_nearest_counts_and_each_photo_once(an_index: MakeIndex) -> None:
    chance = chance_of(5)
    mirrored, turned = (chance.getrandbits(FINGERPRINT_BITS) for _ in range(2))
    index = an_index(
        [a_claim_sighting(1, bits=flipped(mirrored, 7, chance)), a_claim_sighting(2), a_claim_sighting(3, bits=turned)]
    )
    found = index.search(ASKED, 100, variants=[f"{mirrored:064x}", f"{turned:064x}", f"{flipped(0, 2, chance):064x}"])
    assert [(one.position, one.distance_bits) for one in found.sightings] == [(1, 0), (2, 0), (0, 7)]
    assert (found.variants, found.left_out) == ([0, 2, 1], 0)


def test_a_photo_that_looks_the_same_turned_is_looked_for_once_and_its_first_variant_named(an_index: MakeIndex) -> None:
    index = an_index()
    chance = chance_of(5)
    own, other = chance.getrandbits(256), chance.getrandbits(256)
    index.add(0, a_claim_sighting(1, other))
    index.add(1, a_claim_sighting(2, own))
    asked = with_changes(ASKED, fingerprint=a_claim_sighting(1, own).fingerprint)
    found = index.search(asked, 2, variants=[f"{bits:064x}" for bits in (own, other, other, own)])
    assert [one.position for one in found.sightings] == [0, 1]
    assert found.variants == [2, 0]


def test_a_crowd_on_one_hash_and_around_it_is_found_and_counted_to_the_last(an_index: MakeIndex) -> None:
    chance = chance_of(6)
    crowd = [a_claim_sighting(number, bits=0 if number % 2 else flipped(0, 2, chance)) for number in range(500)]
    index = an_index([*crowd, *(a_claim_sighting(number, bits=chance.getrandbits(256)) for number in range(500, 600))])
    found = index.search(ASKED, 1_000, at_most=250)
    assert [one.position for one in found.sightings] == list(range(1, 500, 2))
    assert found.left_out == 250
