"""Of all earlier photos, exactly those within the distance are found: never one fewer."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.records import EarlierSighting, Fingerprint, PhotoSighted
from streams.sightings.scan import DAY_MS, ExactScan
from tests.builders import AT_MS, a_fingerprint

DIGEST = "sha256:" + "ab" * 32


def a_claim_sighting(number: int = 1, bits: int = 0, **changes: Any) -> PhotoSighted:
    given_: dict[str, Any] = {
        "sighting_id": f"claim:rr-{number}:{DIGEST}:c1",
        "source": "claim",
        "fingerprint": a_fingerprint(bits),
        "sha256": f"{number:064x}",
        "merchant_id": "m-1",
        "product_id": "p-1",
        "seen_at_ms": AT_MS,
        "request_id": f"rr-{number}",
        "request_digest": DIGEST,
        "buyer_id": f"b-{number}",
        "order_id": f"o-{number}",
        "media_id": "c1",
    }
    return PhotoSighted(**given_ | changes)


def a_catalogue_sighting(number: int = 1, bits: int = 0, **changes: Any) -> PhotoSighted:
    given_: dict[str, Any] = {
        "sighting_id": f"catalogue:p-{number}",
        "source": "catalogue",
        "request_id": None,
        "request_digest": None,
        "buyer_id": None,
        "order_id": None,
        "media_id": f"p-{number}",
    }
    return a_claim_sighting(number, bits, **given_ | changes)


def a_scan(sightings: Sequence[PhotoSighted] = (), **settings_: Any) -> ExactScan:
    scan = ExactScan(**settings_)
    for position, sighting in enumerate(sightings):
        scan.add(position, sighting)
    return scan


def ids(scan: ExactScan, sighting: PhotoSighted, below: int = 1_000_000, **limits: int) -> list[str]:
    return [earlier.sighting_id for earlier in scan.search(sighting, below, **limits).sightings]


ASKED = a_claim_sighting(999, request_id="rr-asked", buyer_id="b-asked", order_id="o-asked")


def test_an_empty_scan_finds_nothing() -> None:
    assert a_scan().search(ASKED, 10).sightings == []


def test_what_is_found_says_whose_it_was_and_how_near() -> None:
    scan = a_scan([a_claim_sighting(1, bits=0b111)])
    assert scan.search(ASKED, 10).sightings == [
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


def test_an_id_of_any_form_comes_back_as_it_was() -> None:
    odd = a_claim_sighting(1, sighting_id="claim:written:otherwise")
    assert ids(a_scan([odd, a_catalogue_sighting(2)]), ASKED) == ["claim:written:otherwise", "catalogue:p-2"]


def test_only_positions_below_are_earlier() -> None:
    scan = a_scan([a_claim_sighting(number) for number in range(3)])
    assert ids(scan, ASKED, below=2) == [f"claim:rr-0:{DIGEST}:c1", f"claim:rr-1:{DIGEST}:c1"]
    assert ids(scan, ASKED, below=0) == []


def test_the_first_position_of_a_sighting_stays() -> None:
    scan = a_scan([a_claim_sighting(1), a_claim_sighting(2), a_claim_sighting(1, bits=2**200)])
    assert scan.position_of(a_claim_sighting(1).sighting_id) == 0
    assert scan.position_of("claim:never:seen") is None
    assert len(scan) == 2
    assert [earlier.distance_bits for earlier in scan.search(ASKED, 9).sightings] == [0, 0]


@pytest.mark.parametrize(
    "own",
    [
        a_claim_sighting(1, request_id="rr-asked"),
        a_claim_sighting(1, buyer_id="b-asked", order_id="o-asked"),
    ],
)
def test_the_same_request_and_the_same_buyer_on_the_same_order_are_left_out(own: PhotoSighted) -> None:
    assert ids(a_scan([own]), ASKED) == []


def test_the_same_buyer_on_another_order_and_another_buyer_on_the_order_are_found() -> None:
    others = [a_claim_sighting(1, buyer_id="b-asked"), a_claim_sighting(2, order_id="o-asked")]
    assert len(ids(a_scan(others), ASKED)) == 2


def test_a_catalogue_photo_is_no_part_of_anyone_s_claim() -> None:
    assert ids(a_scan([a_catalogue_sighting(1)]), a_catalogue_sighting(2)) == ["catalogue:p-1"]


def test_only_fingerprints_of_one_version_are_compared() -> None:
    other = a_claim_sighting(1, fingerprint=Fingerprint(version="phash256/2", bits="0" * 64))
    assert ids(a_scan([other, a_claim_sighting(2)]), ASKED) == [f"claim:rr-2:{DIGEST}:c1"]


def test_a_withdrawn_catalogue_photo_is_left_out_until_it_comes_back() -> None:
    scan = a_scan([a_catalogue_sighting(1)])
    scan.add(1, a_catalogue_sighting(1, withdrawn=True))
    assert ids(scan, ASKED) == []
    assert scan.position_of("catalogue:p-1") == 0
    scan.add(2, a_catalogue_sighting(1))
    assert ids(scan, ASKED) == ["catalogue:p-1"]


def test_what_is_erased_is_neither_found_nor_known_nor_kept() -> None:
    scan = a_scan([a_claim_sighting(1), a_claim_sighting(2, buyer_id="b-secret"), a_claim_sighting(3)])
    scan.erase(a_claim_sighting(2).sighting_id)
    scan.erase("claim:never:seen")
    assert ids(scan, ASKED) == [f"claim:rr-1:{DIGEST}:c1", f"claim:rr-3:{DIGEST}:c1"]
    assert scan.position_of(a_claim_sighting(2).sighting_id) is None
    assert b"b-secret" not in bytes(scan._rows._packed)


def test_what_is_older_than_the_look_back_is_not_found() -> None:
    scan = a_scan([a_claim_sighting(1, seen_at_ms=AT_MS - 10 * DAY_MS)], look_back_ms=10 * DAY_MS)
    assert len(ids(scan, ASKED)) == 1
    later = a_claim_sighting(9, seen_at_ms=AT_MS + 1)
    assert ids(scan, later) == []


def test_expiry_drops_the_old_and_keeps_everything_of_the_others() -> None:
    old = [a_claim_sighting(number, seen_at_ms=AT_MS - 5 * DAY_MS) for number in range(10)]
    new = [a_claim_sighting(number, bits=number) for number in range(10, 15)]
    scan = a_scan([*old, *new])
    before = [earlier for earlier in scan.search(ASKED, 100, at_most=50).sightings if earlier.position >= 10]
    scan.expire(AT_MS - DAY_MS)
    assert len(scan) == 5
    assert scan.search(ASKED, 100, at_most=50).sightings == before
    assert scan.position_of(new[2].sighting_id) == 12
    assert scan.position_of(old[2].sighting_id) is None
    scan.add(15, a_claim_sighting(20))
    assert scan.position_of(a_claim_sighting(20).sighting_id) == 15


def test_the_nearest_come_first_and_what_was_left_out_is_counted() -> None:
    scan = a_scan([a_claim_sighting(number, bits=2 ** (number % 5) - 1) for number in range(30)])
    found = scan.search(ASKED, 100, at_most=20)
    assert found.left_out == 10
    assert [(one.distance_bits, one.position) for one in found.sightings] == sorted(
        (number % 5, number) for number in range(30)
    )[:20]


def test_the_complement_is_256_bits_away() -> None:
    scan = a_scan([a_claim_sighting(1, bits=2**256 - 1)])
    assert ids(scan, ASKED, max_bits=255) == []
    assert [one.distance_bits for one in scan.search(ASKED, 9, max_bits=256).sightings] == [256]


Bits256 = st.integers(0, 2**256 - 1)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(Bits256, max_size=40), Bits256, st.integers(0, 256), st.integers(0, 40))
def test_the_scan_finds_what_looking_one_by_one_finds(kept: list[int], asked: int, max_bits: int, below: int) -> None:
    scan = a_scan([a_claim_sighting(number, bits=bits) for number, bits in enumerate(kept)])
    expected = sorted(
        ((asked ^ bits).bit_count(), position)
        for position, bits in enumerate(kept)
        if position < below and (asked ^ bits).bit_count() <= max_bits
    )
    found = scan.search(a_claim_sighting(999, bits=asked), below, max_bits=max_bits, at_most=100)
    assert [(one.distance_bits, one.position) for one in found.sightings] == expected


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(Bits256, st.sets(st.integers(0, 255), max_size=40))
def test_a_photo_is_found_at_exactly_the_number_of_bits_that_were_flipped(bits: int, flips: set[int]) -> None:
    flipped = bits ^ sum(1 << place for place in flips)
    crowd = [a_claim_sighting(number, bits=(bits * (2 * number + 3)) % 2**256) for number in range(1, 200)]
    scan = a_scan([*crowd, a_claim_sighting(500, bits=bits)])
    asked = a_claim_sighting(999, bits=flipped)
    wanted = f"claim:rr-500:{DIGEST}:c1"
    assert wanted in ids(scan, asked, max_bits=len(flips), at_most=300)
    assert len(flips) == 0 or wanted not in ids(scan, asked, max_bits=len(flips) - 1, at_most=300)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from("aew"), st.integers(0, 7)), max_size=60))
def test_any_run_of_adding_erasing_and_withdrawing_leaves_what_a_plain_list_would(steps: list[tuple[str, int]]) -> None:
    scan, model = ExactScan(), dict[str, tuple[int, bool]]()
    for position, (step, number) in enumerate(steps):
        sighting = a_catalogue_sighting(number, withdrawn=step == "w")
        name = sighting.sighting_id
        if step == "e":
            scan.erase(name)
            model.pop(name, None)
        else:
            scan.add(position, sighting)
            model[name] = (model.get(name, (position, False))[0], step == "w")
    assert ids(scan, ASKED) == [
        name for name, (_, hidden) in sorted(model.items(), key=lambda item: item[1]) if not hidden
    ]
    assert {name: scan.position_of(name) for name in model} == {name: at for name, (at, _) in model.items()}
    assert len(scan) == len(model)
