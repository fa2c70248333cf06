"""The largest decision fits into one message."""

from schemas.codec import decode, encode
from schemas.records import RefundDecided
from schemas.records.base import MESSAGE_LIMIT_BYTES
from streams.policy.reasons import reasons
from tests.builders import a_claim_medium, a_reference, a_request, unmeasured
from tests.unit.policy.questions import (
    a_claim_photo,
    a_comparison,
    a_derived,
    a_policy,
    a_reference_photo,
    a_sighting,
    decided,
    looked_at,
    measured,
)

LONG_ID = "x" * 126
SIX_BYTES_EACH = "\x01"
"""JSON writes this character as six bytes."""


def test_twenty_photos_against_twenty_references_that_all_failed_at_length_fit_into_one_message() -> None:
    why = SIX_BYTES_EACH * 4_000
    claims = [a_claim_medium(f"{LONG_ID}{n}") for n in range(20)]
    references = [a_reference(f"{LONG_ID}{n}") for n in range(20)]
    failed = [unmeasured(name, why) for name in ("photo", "features", "earlier_sightings")]
    media = [
        a_claim_photo(
            claim.media_id,
            readings=failed,
            comparisons=[a_derived(reference.media_id) for reference in references],
            sightings=[a_sighting(request_id="y" * 128) for _ in range(20)],
        )
        for claim in claims
    ] + [a_reference_photo(reference.media_id, readings=failed) for reference in references]
    decision = decided(looked_at(a_request(claim_media=claims, reference_media=references), media=media))
    assert len(encode(decision)) < MESSAGE_LIMIT_BYTES
    not_looked = next(reason for reason in decision.reasons if reason.code == "NOT_LOOKED")
    assert [len(str(reading.unmeasured)) for reading in not_looked.readings] == [300] * 10
    assert decode(RefundDecided, encode(decision)) == decision


def test_a_policy_whose_rules_all_fire_with_the_longest_names_still_fits() -> None:
    when = (
        "photo.format != request.category && request.category != request.reason_code && photo.width_px > 0 && "
        "comparison.hash_distance_bits >= 0 && comparison.inlier_coverage >= 0.0 && request.amount_minor >= 0 && "
        "comparison.compared_with != photo.media_id && request.merchant_id != request.request_id"
    )
    policy = a_policy(*(f"comparison; {when}; {code}; 50" for code in reasons().reasons))
    request = a_request(
        "r" * 128,
        category=SIX_BYTES_EACH * 64,
        merchant_id="m" * 128,
        claim_media=[a_claim_medium(f"{LONG_ID}{n}") for n in range(20)],
        reference_media=[a_reference(f"z{LONG_ID}{n}"[:128]) for n in range(1)],
    )
    own = [measured("format", SIX_BYTES_EACH * 9_000), measured("width_px", 10)]
    media = [
        a_claim_photo(
            claim.media_id,
            readings=own,
            comparisons=[a_comparison(reference.media_id) for reference in request.reference_media],
        )
        for claim in request.claim_media
    ] + [a_reference_photo(reference.media_id) for reference in request.reference_media]
    decision = decided(looked_at(request, media=media), policy=policy)
    assert len(decision.reasons) == len(reasons().reasons)
    assert sum(len(reason.readings) for reason in decision.reasons) <= 100
    assert len(encode(decision)) < MESSAGE_LIMIT_BYTES
