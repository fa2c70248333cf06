"""Builders for what the policy is asked: each gives a question that the default policy clears."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from schemas.records import (
    ClaimMedium,
    Comparison,
    EarlierSighting,
    EvidenceGathered,
    MediumEvidence,
    Reading,
    ReasonText,
    RefundDecided,
    RefundRequested,
)
from streams.history.past import PastClaim
from streams.policy.document import digest_of
from streams.policy.engine import judge
from streams.policy.facts import Value
from streams.policy.packaged import load_default
from streams.policy.question import Question, StoredPolicy
from streams.wording import causes
from streams.wording.cause import unmeasured
from tests.builders import AT_MS, DAY_MS, a_medium_evidence, a_request, an_evidence
from tests.history_model import Record, history_of

ORIGIN: dict[str, Value] = {
    "declared_ai": False,
    "label_stripped": False,
    "label_invalid": False,
    "camera_named": True,
}
"""What the file of an ordinary photo says of its origin."""
OF_THE_FILE: dict[str, Value] = {
    "width_px": 1_200,
    "height_px": 900,
    "format": "JPEG",
    "feature_count": 480,
    "sharpness": 412.5,
    "dark_share": 0.01,
    "bright_share": 0.2,
    "enlarged_share": 0.03,
    "blurred_share": 0.0,
}
"""What an ordinary photo is like."""
UNITS = {
    "width_px": "px",
    "height_px": "px",
    "feature_count": "features",
    "sharpness": "squared grey levels",
    "dark_share": "share of area",
    "bright_share": "share of area",
    "enlarged_share": "share of detail",
    "blurred_share": "share of detail",
}
NEVER_DRAWN = b"key-2"
"""An audit key under which the default share does not draw ``rr-1``."""


def measured(name: str, value: Value, unit: str | None = None) -> Reading:
    return Reading(name=name, value=value, unit=unit)


def a_comparison(  # noqa: PLR0913 - each is a reading
    reference_id: str = "r1",
    *,
    bits: int = 120,
    inliers: int = 4,
    coverage: float = 0.001,
    score: float = 0.002,
    same: bool = False,
    more: Sequence[Reading] = (),
) -> Comparison:
    """A photo that has nothing to do with the reference, unless said otherwise."""
    readings = [
        measured("hash_distance_bits", bits, "bits"),
        measured("feature_inliers", inliers, "matches"),
        measured("inlier_coverage", coverage, "share of area"),
        measured("derived_score", score, "probability"),
        *more,
        measured("same_bytes", same),
    ]
    return Comparison(reference_id=reference_id, readings=readings)


def an_aligned(scene: float = 0.02, goods: float = 0.05) -> list[Reading]:
    """What is known of a pair that could be aligned."""
    return [measured("scene_differs", scene, "share of area"), measured("goods_differ", goods, "share of the goods")]


def a_copy(copied: float | None) -> Reading:
    """Return whether a claim's pixels are the reference's file, None where nobody can say."""
    if copied is None:
        return unmeasured("copied", causes.TOO_FEW_PLACES)
    return measured("copied", copied, "probability")


def a_derived(  # noqa: PLR0913 - each is a reading
    reference_id: str = "r1",
    *,
    score: float = 0.98,
    scene: float = 0.02,
    goods: float = 0.05,
    altered: float | None = 0.031,
    copied: float | None = 0.99,
    same: bool = False,
) -> Comparison:
    """A photo made from the reference, altered in one place unless said otherwise.

    ``altered`` None has no regions, and of ``copied`` None nobody can say whether it was.
    """
    regions = 1 if altered else 0
    located = [
        measured("altered_fraction", altered or 0.0, "share of area"),
        measured("altered_regions", regions, "regions"),
    ]
    more = [
        *an_aligned(scene, goods),
        measured("mirrored", value=False),
        measured("quarter_turns", 0, "quarter turns"),
        *([] if altered is None else located),
        a_copy(copied),
    ]
    return a_comparison(reference_id, bits=12, inliers=143, coverage=0.4, score=score, same=same, more=more)


def own_readings(**changes: Value) -> list[Reading]:
    return [measured(name, value, UNITS.get(name)) for name, value in (OF_THE_FILE | ORIGIN | changes).items()]


def a_claim_photo(media_id: str = "c1", **changes: Any) -> MediumEvidence:
    given = {"readings": own_readings(), "sighting_position": 7, "comparisons": [a_comparison()]}
    return a_medium_evidence(media_id, **given | changes)


def a_reference_photo(media_id: str = "r1", **changes: Any) -> MediumEvidence:
    return a_medium_evidence(media_id, role="reference", **{"readings": own_readings()} | changes)


def a_sighting(**changes: Any) -> EarlierSighting:
    given: dict[str, Any] = {
        "sighting_id": "claim:rr-0:sha256:0:c1",
        "position": 3,
        "source": "claim",
        "distance_bits": 5,
        "request_id": "rr-0",
        "buyer_id": "b-0",
    }
    return EarlierSighting(**given | changes)


def looked_at(request: RefundRequested | None = None, **changes: Any) -> EvidenceGathered:
    """Evidence of a request whose photos were all looked at and resemble nothing."""
    asked = request or a_request()
    media = [
        a_claim_photo(
            one.media_id,
            kind=one.kind,
            sha256=sha256(one.media_id.encode()).hexdigest(),
            comparisons=[a_comparison(ref.media_id) for ref in asked.reference_media],
        )
        for one in asked.claim_media
    ] + [a_reference_photo(one.media_id) for one in asked.reference_media]
    return an_evidence(asked, **{"media": media} | changes)


def with_photo(request: RefundRequested | None = None, **changes: Any) -> EvidenceGathered:
    """Evidence whose one claim photo has other contents."""
    return looked_at(request, media=[a_claim_photo(**changes), a_reference_photo()])


def a_past_claim(days_ago: float = 1, amount_minor: int = 1_000, currency: str = "CNY") -> PastClaim:
    at_ms = AT_MS - int(days_ago * DAY_MS)
    return PastClaim(f"rr-{days_ago}-days-ago", at_ms, amount_minor, currency, "refund_only")


def stored(text: str | None = None) -> StoredPolicy:
    name, default = load_default()
    chosen = default if text is None else text
    return StoredPolicy(name=name, sha256=digest_of(chosen), text=chosen)


def a_policy(*rules: str, extra: str = "audit_share: 0") -> StoredPolicy:
    """A policy with the given rules, each ``for; when; reason; score``, or none."""
    lines = ["name: test", "amount_limits: {CNY: {single_minor: 20000, sum_30d_minor: 60000}}", extra]
    lines.append("rules:" if rules else "rules: []")
    for number, rule in enumerate(rules):
        subject, when, reason, score = (part.strip() for part in rule.split(";"))
        lines += [f"  - id: rule_{number}", f"    for: {subject}", f"    when: {when!r}", f"    reason: {reason}"]
        lines.append(f"    score: {score}")
    return stored("\n".join(lines) + "\n")


def a_question(evidence: EvidenceGathered | None = None, past: Record | None = None, **changes: Any) -> Question:
    asked = evidence or looked_at()
    given: dict[str, Any] = {
        "evidence": asked,
        "history": history_of(past or Record(), asked.request, asked.appended_at_ms),
        "content_changed": False,
        "policy": stored(),
        "audit_key": NEVER_DRAWN,
        "decided_at_ms": AT_MS + 450,
    }
    return Question(**given | changes)


def decided(evidence: EvidenceGathered | None = None, **changes: Any) -> RefundDecided:
    return judge(a_question(evidence, **changes))


def codes(decision: RefundDecided) -> list[str]:
    return [reason.code for reason in decision.reasons]


def text_of(decision: RefundDecided, code: str) -> ReasonText:
    return next(reason.text for reason in decision.reasons if reason.code == code)


def readings_of(decision: RefundDecided, code: str) -> list[Reading]:
    return next(reason.readings for reason in decision.reasons if reason.code == code)


def a_video(media_id: str = "c1", **changes: Any) -> ClaimMedium:
    return ClaimMedium(**{"media_id": media_id, "uri": f"claims/{media_id}.mp4", "kind": "video"} | changes)
