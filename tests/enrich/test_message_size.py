"""Evidence is never longer than its message may be, and what is left out for that is no reason to clear."""

import pytest

from schemas.codec import decode, encode
from schemas.records import (
    Comparison,
    EarlierSighting,
    EvidenceGathered,
    MediumEvidence,
    ProvenanceFinding,
    Reading,
    Region,
)
from streams.enrich.message_size import within_one_message
from tests.builders import a_claim_medium, a_medium_evidence, a_reference, a_request, an_evidence
from tests.unit.policy.questions import decided

WHY = "the evidence was too long for one message"
LONG = "i" * 118
"""With a number behind it as long as an identifier may be."""


def long_evidence(details: int, media: int = 20) -> EvidenceGathered:
    """Return evidence of as many photos as a request may have, with ``details`` characters in what a file says."""
    claims = [f"{LONG}-c{number}" for number in range(media)]
    goods = [f"{LONG}-r{number}" for number in range(media)]
    request = a_request(
        claim_media=[a_claim_medium(name, uri="\u0001" * 500) for name in claims],
        reference_media=[a_reference(name, uri="\u0001" * 500) for name in goods],
    )
    comparisons = [
        Comparison(
            reference_id=name,
            readings=[Reading(name=f"reading_{number}", value=0.123456789, unit="share") for number in range(16)],
            regions=[Region(x=9_999, y=9_999, width=9_999, height=9_999)] * 12,
            overlay=f"overlays/{'0' * 64}/{'1' * 64}/aligned-4",
        )
        for name in goods
    ]
    sighting = EarlierSighting(
        sighting_id=f"claim:{LONG}",
        position=1,
        source="claim",
        distance_bits=9,
        sha256="2" * 64,
        request_id=LONG,
        buyer_id=LONG,
        order_id=LONG,
        merchant_id=LONG,
        product_id=LONG,
        media_id=LONG,
    )
    findings = [ProvenanceFinding(kind="exif", state="present", detail="标" * details)] * 4
    seen = [
        a_medium_evidence(
            name, comparisons=comparisons, sightings=[sighting] * 9, provenance=findings, sighting_position=7
        )
        for name in claims
    ]
    return an_evidence(request, media=[*seen, *(a_medium_evidence(name, role="reference") for name in goods)])


def without_text(media: list[MediumEvidence]) -> set[str]:
    return {reading.name for medium in media for reading in medium.readings if reading.unmeasured == WHY}


@pytest.mark.parametrize(
    ("details", "left_out"),
    [(50, {"earlier_sightings"}), (4_000, {"earlier_sightings", "provenance"})],
)
def test_evidence_that_is_too_long_is_shortened_by_as_much_as_it_takes(details: int, left_out: set[str]) -> None:
    long = long_evidence(details)

    told = within_one_message(long)

    assert len(encode(long)) > EvidenceGathered.max_bytes
    assert decode(EvidenceGathered, encode(told)).request == long.request
    assert without_text(told.media) == left_out


def test_evidence_that_fits_stays_as_it_is() -> None:
    fits = long_evidence(50, media=3)
    assert within_one_message(fits) == fits


def test_what_was_left_out_makes_a_review() -> None:
    told = within_one_message(long_evidence(50))
    decision = decided(told)
    assert decision.verdict == "REVIEW"
    assert "NOT_LOOKED" in [reason.code for reason in decision.reasons]
