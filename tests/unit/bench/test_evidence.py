from schemas.codec import decode, encode
from schemas.digest import request_digest
from schemas.records import EvidenceGathered, MediumEvidence
from streams.bench.claims import PREFIX
from streams.bench.evidence import evidence
from tests.builders import AT_MS
from tests.unit.policy.questions import codes, decided


def claim_of(one: EvidenceGathered) -> MediumEvidence:
    (claim,) = (medium for medium in one.media if medium.role == "claim")
    return claim


def test_each_piece_of_evidence_keeps_the_contract_and_names_its_content() -> None:
    for one in evidence(50, "run", AT_MS):
        assert decode(EvidenceGathered, encode(one)) == one
        assert one.request_digest == request_digest(one.request)
        assert one.request.request_id.startswith(PREFIX)


def test_about_one_in_ten_is_derived_and_was_used_before() -> None:
    used_before = sum(bool(claim_of(one).sightings) for one in evidence(2_000, "run", AT_MS))

    assert 140 <= used_before <= 260


def test_an_earlier_sighting_is_of_a_request_that_came_before() -> None:
    seen: set[str] = set()
    for one in evidence(300, "run", AT_MS):
        assert {sighting.request_id for sighting in claim_of(one).sightings} <= seen
        seen.add(one.request.request_id)
    assert len(seen) == 300


def test_buyers_come_again() -> None:
    buyers = [one.request.buyer_id for one in evidence(1_000, "run", AT_MS)]

    assert 250 <= len(set(buyers)) <= 400


def test_a_run_repeats_itself_and_two_runs_share_nobody() -> None:
    first = list(evidence(40, "one", AT_MS))

    assert first == list(evidence(40, "one", AT_MS))
    assert not {one.request.buyer_id for one in first} & {one.request.buyer_id for one in evidence(40, "two", AT_MS)}


def test_the_packaged_policy_finds_everything_measured_and_reviews_the_derived_ones() -> None:
    for one in evidence(200, "run", AT_MS):
        found = codes(decided(one))

        assert "NOT_LOOKED" not in found
        assert ("USED_BEFORE" in found) == bool(claim_of(one).sightings)
