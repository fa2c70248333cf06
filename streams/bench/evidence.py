"""Evidence to decide: full records as enrich writes them, with claims that repeat as they do in life."""

import random
from collections.abc import Iterator
from typing import Literal

import msgspec

from schemas.digest import request_digest
from schemas.names import claim_sighting
from schemas.records import (
    Comparison,
    EarlierSighting,
    EvidenceGathered,
    Fingerprint,
    MediumEvidence,
    Reading,
    Region,
)
from streams.bench.claims import PREFIX, claim

BUYERS_SHARE = 0.4
"""Buyers a request: with it a buyer has two or three claims on average."""
DERIVED_SHARE = 0.1
REFERENCES = ("r1", "r2")
_ALTERED = (
    Reading(name="scene_differs", value=0.05, unit="share of area"),
    Reading(name="goods_differ", value=0.08, unit="share of the goods"),
    Reading(name="mirrored", value=False),
    Reading(name="quarter_turns", value=0, unit="quarter turns"),
    Reading(name="altered_fraction", value=0.012, unit="share of area"),
    Reading(name="altered_regions", value=1, unit="regions"),
)


def evidence(count: int, run: str, at_ms: int) -> Iterator[EvidenceGathered]:
    """Yield ``count`` different pieces of evidence, the same for the same ``run``; two runs share no buyer.

    Each has one claim photo and two references; about one in ten is derived from them and was used before.
    """
    chance = random.Random(run)  # noqa: S311 - a load, not a secret
    buyers = max(1, int(count * BUYERS_SHARE))
    for number in range(count):
        buyer = f"b-{run}-{chance.randrange(buyers)}"
        photos = [f"catalogue/{number}-{which}.jpg" for which in REFERENCES]
        request = claim(request_id(run, number), buyer, at_ms + number, f"claims/{run}-{number}.jpg", photos, chance)
        yield EvidenceGathered(
            request=request,
            request_digest=request_digest(request),
            appended_at_ms=at_ms + number,
            gathered_at_ms=at_ms + number + 80,
            media=[_claim(run, number, chance), *(_medium(which, "reference", chance) for which in REFERENCES)],
        )


def request_id(run: str, number: int) -> str:
    """Return the id of the request with this number in a run."""
    return f"{PREFIX}{run}-{number:07d}"


def _claim(run: str, number: int, chance: random.Random) -> MediumEvidence:
    derived = chance.random() < DERIVED_SHARE
    comparisons = [
        Comparison(
            reference_id=which,
            readings=[
                Reading(name="hash_distance_bits", value=chance.randrange(4, 20) if derived else 120, unit="bits"),
                Reading(name="feature_inliers", value=chance.randrange(60, 200) if derived else 6, unit="matches"),
                Reading(name="inlier_coverage", value=0.6 if derived else 0.01, unit="share of area"),
                Reading(name="derived_score", value=0.98 if derived else 0.002, unit="probability"),
                *(_ALTERED if derived else ()),
                Reading(name="same_bytes", value=False),
            ],
            regions=[Region(x=900, y=1_200, width=300, height=260)] if derived else [],
        )
        for which in REFERENCES
    ]
    seen = _medium("c1", "claim", chance)
    return msgspec.structs.replace(
        seen,
        comparisons=comparisons,
        sighting_position=number,
        sightings=_earlier(run, number - 1) if derived and number else [],
    )


def _earlier(run: str, number: int) -> list[EarlierSighting]:
    return [
        EarlierSighting(
            sighting_id=claim_sighting(request_id(run, number), f"sha256:{'0' * 64}", "c1"),
            position=number,
            source="claim",
            distance_bits=9,
            request_id=request_id(run, number),
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
            Reading(name="sharpness", value=506.5, unit="squared grey levels"),
            Reading(name="dark_share", value=0.01, unit="share of area"),
            Reading(name="bright_share", value=0.2, unit="share of area"),
            Reading(name="enlarged_share", value=0.03, unit="share of detail"),
            Reading(name="blurred_share", value=0.0, unit="share of detail"),
            *(Reading(name=name, value=False) for name in ("declared_ai", "label_stripped", "label_invalid")),
            Reading(name="camera_named", value=True),
        ],
        sha256=sha256,
        size_bytes=2_400_000,
        stored=f"blobs/{sha256}",
        fingerprint=Fingerprint(version="phash256/2", bits=f"{chance.getrandbits(256):064x}"),
    )
