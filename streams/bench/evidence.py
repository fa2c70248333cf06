"""Evidence to decide: full records as enrich writes them, with claims that repeat as they do in life."""

import random
from collections.abc import Iterator
from typing import Literal

import msgspec

from schemas.digest import request_digest
from schemas.records import (
    ClaimMedium,
    Comparison,
    EarlierSighting,
    EvidenceGathered,
    Fingerprint,
    MediumEvidence,
    Reading,
    ReferenceMedium,
    RefundRequested,
    StatedReason,
)

AT_MS = 1_790_000_000_000
BUYERS_SHARE = 0.4
"""Buyers a request: with it a buyer has two or three claims on average."""


def evidence(count: int, first: int = 0) -> Iterator[EvidenceGathered]:
    """Yield ``count`` different pieces of evidence, numbered from ``first``.

    Each has one claim photo and two references; one in ten is derived and was used before.
    """
    chance = random.Random(first)  # noqa: S311 - a load, not a secret
    buyers = max(1, int(count * BUYERS_SHARE))
    for number in range(first, first + count):
        yield _evidence(number, chance.randrange(buyers), chance)


def _evidence(number: int, buyer: int, chance: random.Random) -> EvidenceGathered:
    request = RefundRequested(
        request_id=f"rr-{number:07d}",
        order_id=f"o-{number:07d}",
        buyer_id=f"b-{buyer:07d}",
        merchant_id=f"m-{number % 97}",
        product_id=f"p-{number % 997}",
        category="ceramics",
        kind="refund_only",
        amount_minor=chance.randrange(1_000, 20_000),
        currency="CNY",
        requested_at_ms=AT_MS + number,
        orders_30d=chance.randrange(5, 60),
        reason=StatedReason(code="DAMAGED", text="杯子到货时已经裂了，盒子也湿了"),
        claim_media=[ClaimMedium(media_id="c1", uri=f"claims/{number}.jpg", capture_source="album")],
        reference_media=[
            ReferenceMedium(
                media_id=f"r{which}", uri=f"catalogue/{number % 997}-{which}.jpg", registered_at_ms=AT_MS - 1
            )
            for which in (1, 2)
        ],
    )
    return EvidenceGathered(
        request=request,
        request_digest=request_digest(request),
        appended_at_ms=AT_MS + number,
        gathered_at_ms=AT_MS + number + 80,
        media=[_claim(number, chance), *(_medium(f"r{which}", "reference", chance) for which in (1, 2))],
    )


def _claim(number: int, chance: random.Random) -> MediumEvidence:
    derived = chance.random() < 0.1  # noqa: PLR2004 - one in ten
    comparisons = [
        Comparison(
            reference_id=f"r{which}",
            readings=[
                Reading(name="hash_distance_bits", value=chance.randrange(4, 20) if derived else 120, unit="bits"),
                Reading(name="feature_inliers", value=chance.randrange(60, 200) if derived else 6, unit="matches"),
                Reading(name="inlier_coverage", value=0.6 if derived else 0.01, unit="share of area"),
                Reading(name="same_bytes", value=False),
            ],
        )
        for which in (1, 2)
    ]
    seen = _medium("c1", "claim", chance)
    return msgspec.structs.replace(
        seen,
        comparisons=comparisons,
        sighting_position=number,
        sightings=_earlier(number) if derived and number else [],
    )


def _earlier(number: int) -> list[EarlierSighting]:
    return [
        EarlierSighting(
            sighting_id=f"claim:rr-{number - 1:07d}:sha256:{'0' * 64}:c1",
            position=number - 1,
            source="claim",
            distance_bits=9,
            request_id=f"rr-{number - 1:07d}",
            media_id="c1",
        )
    ]


def _medium(media_id: str, role: Literal["claim", "reference"], chance: random.Random) -> MediumEvidence:
    sha256 = f"{chance.getrandbits(256):064x}"
    return MediumEvidence(
        media_id=media_id,
        role=role,
        kind="photo",
        readings=[
            Reading(name="width_px", value=3_000, unit="px"),
            Reading(name="height_px", value=4_000, unit="px"),
            Reading(name="format", value="JPEG"),
            Reading(name="feature_count", value=500, unit="features"),
        ],
        sha256=sha256,
        size_bytes=2_400_000,
        stored=f"blobs/{sha256}",
        fingerprint=Fingerprint(version="phash256/1", bits=f"{chance.getrandbits(256):064x}"),
    )
