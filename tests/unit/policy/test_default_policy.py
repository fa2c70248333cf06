"""What the packaged policy sends to people, and what it lets go."""

from typing import Any

import pytest

from schemas.records import Reading
from streams.history.past import Past
from streams.policy.compiled import compile_policy
from streams.policy.criteria import criteria
from streams.policy.packaged import load_default
from tests.builders import AT_MS, DAY_MS, a_claim_medium, a_reference, a_request
from tests.unit.policy.questions import (
    a_claim_photo,
    a_comparison,
    a_past_claim,
    a_reference_photo,
    a_sighting,
    codes,
    decided,
    looked_at,
    measured,
    own_readings,
    readings_of,
    text_of,
    with_photo,
)


def test_an_honest_claim_is_clear() -> None:
    decision = decided()
    assert (decision.verdict, decision.score, decision.reasons, decision.case_id) == ("CLEAR", 0, [], None)


def test_a_platform_that_does_not_say_how_many_orders_there_were_still_gets_a_clear() -> None:
    assert decided(looked_at(a_request(orders_30d=None))).verdict == "CLEAR"


@pytest.mark.parametrize(
    "comparison",
    [
        a_comparison(bits=3),
        a_comparison(bits=31),
        a_comparison(bits=120, inliers=25, coverage=0.02),
    ],
)
def test_an_edited_copy_of_the_reference_is_reviewed(comparison: object) -> None:
    assert codes(decided(with_photo(comparisons=[comparison]))) == ["DERIVED_AND_ALTERED"]


@pytest.mark.parametrize(
    "comparison",
    [
        a_comparison(bits=32),
        a_comparison(bits=120, inliers=24, coverage=0.9),
        a_comparison(bits=120, inliers=75, coverage=0.0199),
    ],
)
def test_a_photo_below_the_operating_point_is_not_taken_for_an_edited_copy(comparison: object) -> None:
    assert decided(with_photo(comparisons=[comparison])).verdict == "CLEAR"


@pytest.mark.parametrize("comparison", [a_comparison(bits=0, same=True), a_comparison(bits=2)])
def test_the_reference_sent_back_is_reviewed_as_such_and_not_as_a_forgery(comparison: object) -> None:
    assert codes(decided(with_photo(comparisons=[comparison]))) == ["RESENT_REFERENCE"]


@pytest.mark.parametrize("registered_at_ms", [AT_MS, AT_MS + 1])
@pytest.mark.parametrize(
    "comparison", [a_comparison(bits=0, same=True), a_comparison(bits=10, inliers=200, coverage=0.9)]
)
def test_a_reference_that_is_not_older_than_the_claim_is_never_held_against_the_buyer(
    registered_at_ms: int, comparison: object
) -> None:
    request = a_request(reference_media=[a_reference(registered_at_ms=registered_at_ms)])
    assert codes(decided(with_photo(request, comparisons=[comparison]))) == ["NO_REFERENCE"]


def test_a_request_without_any_reference_is_left_to_a_person() -> None:
    assert codes(decided(looked_at(a_request(reference_media=[])))) == ["NO_REFERENCE"]


def test_an_older_reference_counts_beside_a_younger_one() -> None:
    request = a_request(reference_media=[a_reference("young", registered_at_ms=AT_MS + 1), a_reference("old")])
    evidence = looked_at(
        request,
        media=[
            a_claim_photo(comparisons=[a_comparison("young", bits=5), a_comparison("old", bits=9)]),
            a_reference_photo("young"),
            a_reference_photo("old"),
        ],
    )
    behind = readings_of(decided(evidence), "DERIVED_AND_ALTERED")
    assert {reading.reference_id for reading in behind} == {"old"}


def test_a_photo_that_another_claim_used_is_reviewed_and_names_that_claim() -> None:
    decision = decided(with_photo(sightings=[a_sighting(request_id="rr-77", distance_bits=31)]))
    assert codes(decision) == ["USED_BEFORE"]
    assert "rr-77" in text_of(decision, "USED_BEFORE").zh
    assert "rr-77" in text_of(decision, "USED_BEFORE").en


@pytest.mark.parametrize("sighting", [a_sighting(distance_bits=32), a_sighting(source="catalogue", distance_bits=0)])
def test_an_earlier_photo_that_is_far_or_of_the_catalogue_does_not_count_as_used(sighting: object) -> None:
    assert decided(with_photo(sightings=[sighting])).verdict == "CLEAR"


def test_a_photo_that_resembles_more_than_can_be_listed_is_reviewed() -> None:
    left_out = [*own_readings(), measured("earlier_sightings_left_out", 7, "photos")]
    decision = decided(with_photo(readings=left_out, sightings=[a_sighting(source="catalogue")]))
    assert codes(decision) == ["TOO_MANY_ALIKE"]
    assert "7" in text_of(decision, "TOO_MANY_ALIKE").en


def test_a_photo_declared_as_made_by_ai_is_reviewed() -> None:
    request = a_request(claim_media=[a_claim_medium(declared_ai=True)])
    assert codes(decided(looked_at(request))) == ["AI_LABEL"]


def test_a_photo_whose_file_says_that_ai_made_it_is_reviewed() -> None:
    assert codes(decided(with_photo(readings=own_readings(declared_ai=True)))) == ["AI_LABEL"]


@pytest.mark.parametrize("name", ["label_stripped", "label_invalid"])
def test_a_label_that_was_removed_or_does_not_hold_is_reviewed(name: str) -> None:
    assert codes(decided(with_photo(readings=own_readings(**{name: True})))) == ["LABEL_TAMPERED"]


def test_a_photo_taken_live_without_camera_data_is_clear_because_absence_proves_nothing() -> None:
    request = a_request(claim_media=[a_claim_medium(capture_source="live_camera")])
    assert decided(with_photo(request, readings=own_readings(camera_named=False))).verdict == "CLEAR"


@pytest.mark.parametrize("name", ["declared_ai", "label_stripped", "label_invalid"])
def test_a_photo_whose_file_was_not_read_is_not_clear(name: str) -> None:
    readings = [reading for reading in own_readings() if reading.name != name]
    assert codes(decided(with_photo(readings=readings))) == ["NOT_LOOKED"]


def test_an_amount_above_the_limit_is_reviewed_and_the_text_has_both_amounts() -> None:
    decision = decided(looked_at(a_request(amount_minor=20_001)))
    assert codes(decision) == ["AMOUNT_LIMIT"]
    assert (
        text_of(decision, "AMOUNT_LIMIT").zh
        == "申请退款 200.01 CNY，超过“仅退款”单笔上限 200.00 CNY。请决定是否要求退货。"
    )


def test_an_amount_at_the_limit_is_clear() -> None:
    assert decided(looked_at(a_request(amount_minor=20_000))).verdict == "CLEAR"


def test_a_currency_without_a_limit_is_reviewed_and_says_so() -> None:
    decision = decided(looked_at(a_request(currency="JPY", amount_minor=100)))
    assert codes(decision) == ["AMOUNT_LIMIT"]
    expected = (
        "The buyer asks for 100 JPY, and the policy sets no limit for this currency. "
        "Decide whether the goods must come back."
    )
    assert text_of(decision, "AMOUNT_LIMIT").en == expected


@pytest.mark.parametrize(
    "changes",
    [{"amount_minor": 900_000}, {"category": "jewellery"}, {"currency": "JPY"}],
    ids=lambda one: next(iter(one)),
)
def test_limits_are_for_refunds_without_return(changes: dict[str, Any]) -> None:
    assert decided(looked_at(a_request(kind="return_and_refund", **changes))).verdict == "CLEAR"


def test_goods_excluded_from_refund_only_are_reviewed() -> None:
    assert codes(decided(looked_at(a_request(category="jewellery")))) == ["NOT_ELIGIBLE"]


def test_five_earlier_claims_in_thirty_days_are_frequent() -> None:
    claims = tuple(a_past_claim(days) for days in (1, 5, 10, 20, 30))
    assert codes(decided(past=Past(claims))) == ["FREQUENT_CLAIMS"]
    assert decided(past=Past(claims[1:])).verdict == "CLEAR"


def test_a_high_share_of_orders_claimed_is_reviewed_once_there_are_enough_orders() -> None:
    two = Past((a_past_claim(1), a_past_claim(2)))
    assert codes(decided(looked_at(a_request(orders_30d=5)), past=two)) == ["HIGH_RATE"]
    assert decided(looked_at(a_request(orders_30d=4)), past=two).verdict == "CLEAR"
    assert decided(looked_at(a_request(orders_30d=7)), past=two).verdict == "CLEAR"


def test_many_small_refunds_add_up() -> None:
    earlier = Past((a_past_claim(3, amount_minor=60_000), a_past_claim(4, amount_minor=30_000)))
    assert codes(decided(looked_at(a_request(amount_minor=10_001)), past=earlier)) == ["SUM_LIMIT"]
    assert decided(looked_at(a_request(amount_minor=10_000)), past=earlier).verdict == "CLEAR"


def test_a_confirmed_forger_is_reviewed_however_long_ago_it_was() -> None:
    decision = decided(past=Past(forgeries_at_ms=(AT_MS - 2_000 * DAY_MS,)))
    assert codes(decision) == ["CONFIRMED_FORGER"]
    assert decision.recommended == ["RESTRICT_PURCHASES"]


def test_reasons_stand_by_score_and_the_score_is_the_strongest() -> None:
    evidence = with_photo(a_request(category="gold"), comparisons=[a_comparison(bits=8)], sightings=[a_sighting()])
    decision = decided(evidence, past=Past(forgeries_at_ms=(AT_MS,)))
    assert codes(decision) == ["CONFIRMED_FORGER", "DERIVED_AND_ALTERED", "USED_BEFORE", "NOT_ELIGIBLE"]
    assert decision.score == 95


def test_a_reason_carries_the_readings_behind_it() -> None:
    decision = decided(with_photo(comparisons=[a_comparison(bits=12, inliers=143, coverage=0.4)]))
    about = {"media_id": "c1", "reference_id": "r1"}
    assert readings_of(decision, "DERIVED_AND_ALTERED") == [
        Reading(name="hash_distance_bits", value=12, unit="bits", **about),
        Reading(name="feature_inliers", value=143, unit="matches", **about),
        Reading(name="inlier_coverage", value=0.4, unit="share of area", **about),
        Reading(name="same_bytes", value=False, **about),
    ]


def test_the_words_name_photo_reference_and_numbers_in_both_languages() -> None:
    text = text_of(decided(with_photo(comparisons=[a_comparison(bits=12, inliers=143)])), "DERIVED_AND_ALTERED")
    assert text.zh == (
        "买家照片 c1 疑似由参考图 r1 修改而来：有 143 个特征点一致，图像指纹在 256 位中相差 12 位。"
        "请对照两图，查看何处被改动。"
    )
    assert text.en == (
        "Claim photo c1 looks like an edited copy of reference r1: 143 points match, and their image fingerprints "
        "differ in 12 of 256 bits. Compare the two and look for what was changed."
    )


def test_two_references_that_were_copied_give_one_reason_that_says_there_is_another() -> None:
    request = a_request(reference_media=[a_reference("r1"), a_reference("r2")])
    media = [
        a_claim_photo(comparisons=[a_comparison("r1", bits=5), a_comparison("r2", bits=9)]),
        a_reference_photo("r1"),
        a_reference_photo("r2"),
    ]
    decision = decided(looked_at(request, media=media))
    assert codes(decision) == ["DERIVED_AND_ALTERED"]
    assert text_of(decision, "DERIVED_AND_ALTERED").en.endswith("(and 1 more like it)")


def test_the_published_criteria_name_every_fact_and_no_number() -> None:
    page = criteria(compile_policy(load_default()[1]))
    assert "买家照片疑似由商家的商品照片修改而来" in page
    assert "The same photo was used in another refund request" in page
    assert not any(character.isdigit() for character in page)
