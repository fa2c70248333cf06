"""A segment of some ten thousand hashes: looked up chunk by chunk, it finds what comparing all of them finds."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.units import FINGERPRINT_BITS, NEAR_BITS
from streams.errors import ReplicaDamaged
from streams.sightings.layout import Layout
from streams.sightings.owner import Words, key, words
from streams.sightings.rows import Rows, row_of
from streams.sightings.segment import Segment, write_segment
from tests.unit.sightings.sightings import a_claim_sighting, chance_of, flipped

COUNT = 12_000
LAYOUTS = [Layout(16, 16, 13, 1), Layout(12, 21, 15, 2)]
CHANCE = chance_of(7)
CENTRES = [CHANCE.getrandbits(FINGERPRINT_BITS) for _ in range(20)]
HASHES = [
    flipped(CENTRES[number % 20], number % 45, CHANCE) if number % 8 == 0 else CHANCE.getrandbits(FINGERPRINT_BITS)
    for number in range(COUNT)
]


@pytest.fixture(scope="module", params=LAYOUTS, ids=str)
def segment(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Segment:
    rows = Rows()
    sightings = [a_claim_sighting(number, bits) for number, bits in enumerate(HASHES)]
    kept = [row_of(number, sighting, key(sighting.sighting_id)) for number, sighting in enumerate(sightings)]
    rows.extend(kept, [sighting.sighting_id for sighting in sightings])
    path = tmp_path_factory.mktemp("segment") / "1.segment"
    write_segment(path, [rows.stored()], request.param)
    return Segment(path)


def query(bits: int) -> Words:
    return words(bits.to_bytes(32, "big"))


def compared(bits: int, max_bits: int, below: int = COUNT) -> list[tuple[int, int]]:
    distances = ((position, (bits ^ kept).bit_count()) for position, kept in enumerate(HASHES[:below]))
    return [(position, distance) for position, distance in distances if distance <= max_bits]


def found(segment: Segment, bits: int, max_bits: int, below: int = COUNT) -> list[tuple[int, int]]:
    rows, distances, _ = segment.near(query(bits), max_bits, below)
    return sorted(zip(rows.tolist(), distances.tolist(), strict=True))


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, COUNT - 1),
    st.sets(st.integers(0, FINGERPRINT_BITS - 1), max_size=40),
    st.integers(0, NEAR_BITS),
    st.integers(0, COUNT),
)
def test_it_finds_each_near_hash_once_whichever_bits_differ(
    segment: Segment, near: int, differing: set[int], max_bits: int, below: int
) -> None:
    bits = HASHES[near] ^ sum(1 << place for place in differing)
    assert found(segment, bits, max_bits, below) == compared(bits, max_bits, below)


def test_beyond_31_bits_what_it_finds_is_right_and_little_is_missed(segment: Segment) -> None:
    bits = CENTRES[4]
    expected, got = compared(bits, 44), found(segment, bits, 44)
    assert set(got) <= set(expected)
    assert len(expected) > 40
    assert len(got) >= 0.9 * len(expected)


def test_every_id_is_found_and_no_other(segment: Segment) -> None:
    for number in range(0, COUNT, 97):
        assert list(segment.find(a_claim_sighting(number).sighting_id)) == [number]
    keys = np.array([key(a_claim_sighting(number).sighting_id) for number in (5, COUNT + 5)], np.uint64)
    assert segment.may_hold(keys).tolist() == [True, False]
    assert list(segment.find(a_claim_sighting(COUNT + 5).sighting_id)) == []


def test_what_is_stored_of_it_makes_the_same_segment_again(segment: Segment, tmp_path: Path) -> None:
    write_segment(tmp_path / "again.segment", [segment.stored()], segment.layout)
    again = Segment(tmp_path / "again.segment")
    assert (again.path.read_bytes(), len(again)) == (segment.path.read_bytes(), COUNT)


def test_photos_that_share_a_hash_are_all_kept_and_the_hash_once(tmp_path: Path) -> None:
    rows = Rows()
    sightings = [a_claim_sighting(number, bits=number % 3) for number in range(9)]
    rows.extend(
        [row_of(number, one, key(one.sighting_id)) for number, one in enumerate(sightings)],
        [one.sighting_id for one in sightings],
    )
    write_segment(tmp_path / "1.segment", [rows.stored()])
    segment = Segment(tmp_path / "1.segment")
    assert segment.hashes == 3
    assert found(segment, 1, 0) == [(1, 0), (4, 0), (7, 0)]
    write_segment(tmp_path / "2.segment", [segment.stored(np.arange(9) != 4)])
    rest = Segment(tmp_path / "2.segment")
    assert [int(rest.column("position")[row]) for row, _ in found(rest, 1, 0)] == [1, 7]
    assert rest.owner(4).name() == sightings[5].sighting_id


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_changed_bit_of_an_array_or_header_stays_unnoticed(segment: Segment, data: st.DataObject) -> None:
    raw = segment.path.read_bytes()
    arrays = {name: segment.column(name) for name in ("words", "starts", "numbers", "position", "packed", "key", "end")}
    name = data.draw(st.sampled_from(sorted(arrays)))
    start = raw.index(arrays[name].tobytes()[:64])
    at = start + data.draw(st.integers(0, arrays[name].nbytes - 1))
    changed = bytearray(raw)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    path = segment.path.with_name("changed.segment")
    path.write_bytes(changed)
    with pytest.raises(ReplicaDamaged):
        Segment(path).verify()


@pytest.mark.parametrize("length", [0, 3, 16, 100, 5_000])
def test_a_file_that_was_cut_short_or_is_foreign_is_named(segment: Segment, tmp_path: Path, length: int) -> None:
    path = tmp_path / "cut.segment"
    path.write_bytes(segment.path.read_bytes()[:length])
    with pytest.raises(ReplicaDamaged, match=r"cut\.segment"):
        Segment(path)
    path.write_bytes(b"x" * length)
    with pytest.raises(ReplicaDamaged, match=r"no file of earlier photos"):
        Segment(path)
