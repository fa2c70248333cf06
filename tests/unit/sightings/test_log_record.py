"""The log is read fast: what it holds is checked when it was written, and again when it is told."""

from pathlib import Path

import msgspec
import pytest

from schemas.codec import encode
from schemas.errors import ContractError
from schemas.records import PhotoSighted
from streams.sightings.index import SightingIndex
from streams.sightings.log_record import LogRecord, read_record
from tests.unit.sightings.conftest import MakeIndex
from tests.unit.sightings.sightings import ASKED, a_catalogue_sighting, a_claim_sighting


@pytest.mark.parametrize("sighting", [a_claim_sighting(3), a_catalogue_sighting(4, withdrawn=True)])
def test_what_is_read_says_the_same_as_what_was_written(sighting: PhotoSighted) -> None:
    read, written = msgspec.to_builtins(read_record(encode(sighting))), msgspec.to_builtins(sighting)
    del written["person_id"]  # not needed to find a photo
    assert read == written


def test_it_has_every_field_of_the_contract_but_one() -> None:
    assert set(PhotoSighted.__struct_fields__) - set(LogRecord.__struct_fields__) == {"person_id"}


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff", b"[]", encode(a_claim_sighting()).replace(b"000", b"0", 1)])
def test_what_is_no_sighting_breaks_the_contract(raw: bytes) -> None:
    with pytest.raises(ContractError):
        read_record(raw)


def test_a_fingerprint_that_is_no_number_is_passed_over_and_the_others_taken_up(tmp_path: Path) -> None:
    index = SightingIndex(tmp_path)
    bad = read_record(encode(a_claim_sighting(1)).replace(b'"bits":"0', b'"bits":"z'))
    index.add_all([(0, a_claim_sighting(0)), (1, bad), (2, a_claim_sighting(2))])
    assert [one.position for one in index.search(ASKED, 9).sightings] == [0, 2]
    index.close()


def test_a_photo_whose_record_would_break_the_contract_is_counted_but_not_told(an_index: MakeIndex) -> None:
    bad = read_record(encode(a_claim_sighting(1)).replace(b'"m-1"', b'"m 1"'))
    index = an_index([a_claim_sighting(0), bad, a_claim_sighting(2)])
    found = index.search(ASKED, 9)
    assert ([one.position for one in found.sightings], found.left_out, found.variants) == ([0, 2], 1, [0, 0])
