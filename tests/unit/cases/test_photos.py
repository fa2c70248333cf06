"""Claim photos as they are kept beside their claim, and the names that they go by."""

from hypothesis import given
from hypothesis import strategies as st

from streams.cases.photos.photos import ClaimPhoto, names_in, names_of, packed, stored, unpacked
from tests.builders import a_claim_medium, a_fingerprint, a_medium_evidence, a_request, an_evidence
from tests.contract.judging import an_earlier_sighting

hashes = st.none() | st.text("0123456789abcdef", min_size=64, max_size=64)
photos = st.builds(ClaimPhoto, st.text("abc.:-", min_size=1), hashes, st.none() | st.just("phash256/2"), hashes)


@given(st.lists(photos))
def test_what_is_stored_is_read_again(kept: list[ClaimPhoto]) -> None:
    assert unpacked(stored(kept)) == kept


def test_of_evidence_the_claims_photos_are_kept_with_what_could_be_measured() -> None:
    request = a_request(claim_media=[a_claim_medium("c1"), a_claim_medium("c2")])
    media = [
        a_medium_evidence("c1", sha256="1" * 64, fingerprint=a_fingerprint(5)),
        a_medium_evidence("c2", sha256=None, fingerprint=None),
        a_medium_evidence("r1", role="reference"),
    ]
    found = unpacked(packed(an_evidence(request, media=media)))

    assert [photo.media_id for photo in found] == ["c1", "c2"]
    assert (found[0].fingerprint, found[1].fingerprint) == (a_fingerprint(5), None)
    assert found[1] == ClaimPhoto("c2")


def test_a_photo_goes_by_its_sighting_and_by_its_bytes() -> None:
    assert names_of("claim:rr-1:d:c1", "1" * 64) == ("claim:rr-1:d:c1", "sha256:" + "1" * 64)
    assert names_of(None, None) == ()


def test_the_names_in_evidence_are_those_of_claims_and_of_what_they_resemble() -> None:
    earlier = an_earlier_sighting("rr-0")
    medium = a_medium_evidence("c1", sha256="1" * 64, sightings=[earlier])
    reference = a_medium_evidence("r1", role="reference", sha256="2" * 64)

    names = names_in([an_evidence(media=[medium, reference])])

    assert names == {"sha256:" + "1" * 64, earlier.sighting_id, f"sha256:{earlier.sha256}"}
