"""Names of photos: one spelling, and no two photos under one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from schemas.names import (
    Role,
    catalogue_pointer,
    catalogue_sighting,
    claim_sighting,
    is_of_catalogue,
    is_of_claim,
    media_id_of,
    request_folder,
    request_pointer,
)
from schemas.records import EarlierSighting

DIGEST = "sha256:" + "a" * 64
identifiers = st.text("AZaz09._:-", min_size=1, max_size=128)
ODD = [".", "..", "...", "a:b", "-", "a..b"]


def test_names_are_spelled_as_the_log_and_the_store_have_them() -> None:
    assert claim_sighting("rr-1", DIGEST, "c1") == f"claim:rr-1:{DIGEST}:c1"
    assert catalogue_sighting("p-88-1") == "catalogue:p-88-1"
    assert request_pointer("rr-1", DIGEST, "claim", "c1") == f"requests/rr-1/{DIGEST}/claim/c1"
    assert request_folder("rr-1", DIGEST) == f"requests/rr-1/{DIGEST}"
    assert catalogue_pointer("p-88-1") == "catalogue/p-88-1"


@given(identifiers, identifiers)
def test_every_identifier_makes_a_sighting_that_the_contract_takes(request_id: str, media_id: str) -> None:
    for sighting_id in (claim_sighting(request_id, DIGEST, media_id), catalogue_sighting(media_id)):
        encode(EarlierSighting(sighting_id=sighting_id, position=0, source="claim", distance_bits=0))
    assert is_of_catalogue(catalogue_sighting(media_id))
    assert not is_of_catalogue(claim_sighting(request_id, DIGEST, media_id))


@given(identifiers | st.sampled_from(ODD), identifiers | st.sampled_from(ODD), st.sampled_from(["claim", "reference"]))
def test_a_pointer_says_whose_medium_it_is_and_leaves_its_folder_never(
    request_id: str, media_id: str, role: Role
) -> None:
    pointer = request_pointer(request_id, DIGEST, role, media_id)
    segments = pointer.split("/")
    assert len(segments) == 5
    assert not {"", ".", ".."} & set(segments)
    assert pointer.startswith(request_folder(request_id, DIGEST, role))
    assert media_id_of(pointer) == media_id
    assert is_of_claim(pointer) == (role == "claim")
    assert not is_of_claim(catalogue_pointer(media_id))


@pytest.mark.parametrize("photo_id", ODD)
def test_a_photo_of_the_catalogue_has_a_pointer_of_two_segments(photo_id: str) -> None:
    first, second = catalogue_pointer(photo_id).split("/")
    assert (first, second in {"", ".", ".."}) == ("catalogue", False)
