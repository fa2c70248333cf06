"""Every variable that a rule may use, in one table; the last part of its name is the name of its reading."""

from schemas.units import BOX
from streams.policy.facts import ComparisonSubject
from streams.policy.history_variables import HISTORY
from streams.policy.variable import (
    DETAIL,
    GOODS,
    GROUND,
    MINOR,
    SHARE,
    Got,
    Variable,
    left_out,
    marked,
    of_pair,
    of_photo,
    of_sighting,
    of_whole,
    pair_aligned,
    pair_is,
    pair_reading,
    pair_words,
    photo_reading,
    typed,
)
from streams.wording import causes


def _located(subject: ComparisonSubject) -> Got:
    return typed(subject.pair, "altered_fraction", "double") is not None


def _vouched(subject: ComparisonSubject) -> Got:
    """Return how much of the damage the reference shows: the evidence says so only where another one differs."""
    return typed(subject.pair, "damage_in_reference", "double") or 0.0


_REQUEST: tuple[Variable, ...] = (
    of_whole("request.request_id", "string", "", lambda s: s.whole.request.request_id),
    of_whole("request.kind", "string", "", lambda s: s.whole.request.kind),
    of_whole("request.category", "string", "", lambda s: s.whole.request.category),
    of_whole("request.reason_code", "string", "", lambda s: s.whole.request.reason.code),
    of_whole("request.merchant_id", "string", "", lambda s: s.whole.request.merchant_id),
    of_whole("request.currency", "string", "", lambda s: s.whole.request.currency),
    of_whole("request.amount_minor", "int", MINOR, lambda s: s.whole.request.amount_minor),
    of_whole("request.freight_minor", "int", MINOR, lambda s: s.whole.request.freight_minor),
    of_whole(
        "request.loss_minor", "int", MINOR, lambda s: s.whole.request.amount_minor + s.whole.request.freight_minor
    ),
    of_whole("request.claim_photos", "int", "media", lambda s: len(s.whole.request.claim_media)),
    of_whole("request.claims_differ", "double", SHARE, lambda s: s.whole.claims_differ),
    of_whole("request.older_references", "int", "media", lambda s: s.whole.older_references),
    of_whole("request.orders_30d", "int", "orders", lambda s: s.whole.request.orders_30d, causes.PLATFORM_DID_NOT_SAY),
    of_whole("unmeasured", "list(string)", "", lambda s: list(s.whole.unmeasured)),
)

_LIMITS: tuple[Variable, ...] = (
    of_whole("limits.currency_listed", "bool", "", lambda s: s.whole.limits is not None),
    of_whole(
        "limits.single_limit_minor",
        "int",
        MINOR,
        lambda s: None if s.whole.limits is None else s.whole.limits.single_minor,
        causes.CURRENCY_WITHOUT_LIMIT,
    ),
    of_whole(
        "limits.sum_limit_30d_minor",
        "int",
        MINOR,
        lambda s: None if s.whole.limits is None else s.whole.limits.sum_30d_minor,
        causes.CURRENCY_WITHOUT_LIMIT,
    ),
    of_whole("limits.category_excluded", "bool", "", lambda s: s.whole.category_excluded),
)

_OPERATING_POINTS: tuple[Variable, ...] = (
    of_whole("operating_points.derived", "double", "probability", lambda s: s.whole.operating_points.derived),
    of_whole("operating_points.copied", "double", "probability", lambda s: s.whole.operating_points.copied),
    of_whole("operating_points.taken_anew", "double", "probability", lambda s: s.whole.operating_points.taken_anew),
    of_whole("operating_points.another_scene", "double", SHARE, lambda s: s.whole.operating_points.another_scene),
    of_whole("operating_points.ground_seen", "double", GROUND, lambda s: s.whole.operating_points.ground_seen),
    of_whole("operating_points.same_image_bits", "int", "bits", lambda s: s.whole.operating_points.same_image_bits),
    of_whole(
        "operating_points.shared_alteration",
        "double",
        "share of the alteration",
        lambda s: s.whole.operating_points.shared_alteration,
    ),
)

_PHOTO: tuple[Variable, ...] = (
    of_photo("media_id", "string", lambda s: s.medium.media_id),
    of_photo("capture_source", "string", lambda s: s.medium.capture_source),
    of_photo(
        "declared_ai",
        "bool",
        lambda s: True if s.medium.declared_ai is True else typed(s.values, "declared_ai", "bool"),
    ),
    photo_reading("label_stripped", "bool", ""),
    photo_reading("label_invalid", "bool", ""),
    photo_reading("camera_named", "bool", ""),
    Variable(
        name="photo.known_forgery",
        kind="bool",
        unit="",
        source="people",
        get=lambda s: s.whole.marks.is_forged(s.evidence),
    ),
    photo_reading("width_px", "int", "px"),
    photo_reading("height_px", "int", "px"),
    photo_reading("format", "string", ""),
    photo_reading("page", "bool", ""),
    photo_reading("panels", "int", "panels"),
    photo_reading("feature_count", "int", "features"),
    photo_reading("sharpness", "double", "squared grey levels"),
    photo_reading("dark_share", "double", SHARE),
    photo_reading("bright_share", "double", SHARE),
    photo_reading("enlarged_share", "double", DETAIL),
    photo_reading("blurred_share", "double", DETAIL),
    left_out("earlier_sightings_left_out"),
    left_out("earlier_candidates_left_out"),
    left_out("catalogue_photos_left_out"),
    left_out("catalogue_candidates_left_out"),
)

_COMPARISON: tuple[Variable, ...] = (
    of_pair("compared_with", "string", lambda s: s.reference.media_id),
    of_pair("origin", "string", lambda s: s.reference.origin),
    pair_reading("hash_distance_bits", "int", "bits"),
    pair_reading("feature_inliers", "int", "matches"),
    pair_reading("inlier_coverage", "double", SHARE),
    Variable(
        name="comparison.similar_inliers",
        kind="int",
        unit="matches",
        source="evidence",
        get=lambda s: typed(s.pair, "similar_inliers", "int") or 0,
    ),
    pair_reading("derived_score", "double", "probability"),
    pair_aligned("copied", "probability"),
    Variable(
        name="comparison.copied_measured",
        kind="bool",
        unit="",
        source="evidence",
        get=lambda s: typed(s.pair, "copied", "double") is not None,
    ),
    pair_aligned("ground_seen", GROUND),
    pair_is("reference_page"),
    pair_reading("similar_within", "double", "share of the extent"),
    pair_reading("detail_kept", "double", "correlation"),
    pair_reading("altered_fraction", "double", SHARE),
    Variable(name="comparison.located", kind="bool", unit="", source="evidence", get=_located),
    pair_reading("altered_regions", "int", "regions"),
    pair_aligned("scene_differs", SHARE),
    pair_aligned("goods_differ", GOODS),
    pair_reading("goods_kept", "double", GOODS),
    pair_reading("ground_kept", "double", GROUND),
    pair_reading("shared_in_claim", "string", BOX),
    pair_reading("shared_in_reference", "string", BOX),
    pair_reading("mirrored", "bool", ""),
    pair_reading("quarter_turns", "int", "quarter turns"),
    Variable(
        name="comparison.damage_in_reference", kind="double", unit="share of damage", source="evidence", get=_vouched
    ),
    pair_reading("claim_second", "double", "s"),
    pair_reading("reference_second", "double", "s"),
    pair_words("claim_part"),
    pair_words("reference_in_part"),
    pair_words("reference_within", BOX),
    pair_words("reference_marked", BOX),
    pair_words("reference_among_others", BOX),
    pair_words("picture_within", BOX),
    pair_reading("same_bytes", "bool", ""),
    Variable(
        name="comparison.sent_beside",
        kind="string",
        unit="",
        source="evidence",
        get=lambda s: ", ".join(s.beside),
    ),
    Variable(
        name="comparison.reference_seen_as_claim",
        kind="bool",
        unit="",
        source="evidence",
        get=lambda s: s.pair.get("reference_seen_as_claim") is True,
    ),
    Variable(
        name="comparison.reference_claim",
        kind="string",
        unit="",
        source="evidence",
        get=lambda s: typed(s.pair, "reference_claim", "string") or "",
    ),
)

_SIGHTING: tuple[Variable, ...] = (
    of_sighting("source", "string", "", lambda s: s.sighting.source),
    of_sighting("distance_bits", "int", "bits", lambda s: s.sighting.distance_bits),
    of_sighting("earlier_request_id", "string", "", lambda s: s.sighting.request_id),
    of_sighting("same_buyer", "bool", "", lambda s: s.sighting.buyer_id == s.whole.request.buyer_id),
    of_sighting("same_merchant", "bool", "", lambda s: s.sighting.merchant_id == s.whole.request.merchant_id),
    of_sighting("same_product", "bool", "", lambda s: s.sighting.product_id == s.whole.request.product_id),
    of_sighting("confirmed_by_features", "bool", "", lambda s: s.sighting.confirmed is True),
    of_sighting("explained_by_reference", "bool", "", lambda s: s.sighting.explained_by is not None),
    of_sighting(
        "shared_alteration", "double", "share of the alteration", lambda s: s.sighting.shared_alteration or 0.0
    ),
    of_sighting("first_seen_as_claim", "bool", "", lambda s: s.sighting.first_seen_as_claim is True),
    of_sighting("earlier_merchant_id", "string", "", lambda s: s.sighting.merchant_id),
    of_sighting("earlier_product_id", "string", "", lambda s: s.sighting.product_id),
    marked("confirmed_forgery", lambda s: s.whole.marks.was_forged(s.sighting)),
    marked("harmless", lambda s: s.whole.marks.harmless_by(s.evidence, s.sighting) is not None),
)

_EVERYWHERE = _REQUEST + HISTORY + _LIMITS + _OPERATING_POINTS
BY_SUBJECT: dict[str, tuple[Variable, ...]] = {
    "request": _EVERYWHERE,
    "claim_photo": _EVERYWHERE + _PHOTO,
    "comparison": _EVERYWHERE + _PHOTO + _COMPARISON,
    "sighting": _EVERYWHERE + _PHOTO + _SIGHTING,
}
"""What the rules of each kind of subject may use."""

VARIABLES: dict[str, Variable] = {
    variable.name: variable for variable in _EVERYWHERE + _PHOTO + _COMPARISON + _SIGHTING
}

ONLY_UNMEASURED = frozenset(
    {
        "photo",
        "provenance",
        "features",
        "fingerprint",
        "frames",
        "earlier_sightings",
        "earlier_confirmation",
        "comparison",
        "rule",
    }
)
"""Readings that are only ever seen as unmeasured."""

_READINGS = frozenset(variable.reading for variable in VARIABLES.values() if variable.is_reading)
TOLERABLE = _READINGS | (ONLY_UNMEASURED - {"photo", "rule"})
"""What a policy may list under ``may_be_unmeasured``. Never ``photo``: a photo that nobody looked at is not clear."""
