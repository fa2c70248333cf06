"""What the packaged policy sends to people, and what it lets go."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

import pytest

from schemas.records import Comparison, EarlierSighting, Reading, RefundDecided, Region
from streams.cases.photos.marks import PhotoMarks
from streams.policy.compiled import compile_policy
from streams.policy.criteria import criteria
from streams.policy.packaged import load_default
from streams.wording import causes
from tests.builders import AT_MS, DAY_MS, a_claim_medium, a_reference, a_request, unmeasured, with_changes
from tests.history_model import Record
from tests.unit.policy.questions import (
    a_claim_photo,
    a_comparison,
    a_copy,
    a_derived,
    a_past_claim,
    a_reference_photo,
    a_sighting,
    an_aligned,
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
    [a_derived(), a_derived(score=0.5), a_derived(altered=0.00001), a_derived(scene=0.5)],
    ids=["altered", "at the operating point", "a hair-thin crack", "half of the scene"],
)
def test_an_edited_copy_of_the_reference_is_reviewed(comparison: object) -> None:
    assert codes(decided(with_photo(comparisons=[comparison]))) == ["DERIVED_AND_ALTERED"]


def test_a_regenerated_scene_is_reviewed_as_such() -> None:
    decision = decided(with_photo(comparisons=[a_derived(scene=0.83, altered=None)]))
    assert codes(decision) == ["SCENE_REGENERATED"]
    assert "83.0%" in text_of(decision, "SCENE_REGENERATED").en


@pytest.mark.parametrize(
    "comparison",
    [
        a_comparison(bits=32, score=0.19),
        a_comparison(bits=120, inliers=24, coverage=0.9),
        a_comparison(bits=120, inliers=75, coverage=0.0199),
    ],
)
def test_a_photo_that_is_like_no_reference_is_clear(comparison: object) -> None:
    assert decided(with_photo(comparisons=[comparison])).verdict == "CLEAR"


@pytest.mark.parametrize(
    "comparison",
    [
        a_comparison(bits=31, score=0.1),
        a_comparison(bits=90, score=0.39, more=an_aligned(scene=0.3, goods=0.8)),
        a_comparison(bits=120, inliers=25, coverage=0.02, score=0.1),
        a_comparison(bits=31, score=0.49, more=an_aligned(goods=0.5)),
    ],
)
def test_a_photo_that_is_much_like_a_reference_is_not_cleared_though_pixels_do_not_settle_it(
    comparison: object,
) -> None:
    assert codes(decided(with_photo(comparisons=[comparison]))) == ["LIKE_REFERENCE"]


def test_another_product_under_the_same_banner_is_no_reason_for_review() -> None:
    other = a_comparison(bits=96, inliers=60, coverage=0.05, score=0.12, more=an_aligned(scene=0.5, goods=0.8))
    assert decided(with_photo(comparisons=[other])).verdict == "CLEAR"


def test_a_copy_whose_alterations_nobody_could_locate_is_reviewed_and_says_so() -> None:
    why = "the photo was made from the reference, but shows too little detail to say where the two differ"
    found = a_derived(altered=None)
    blind = with_changes(found, readings=[*found.readings, unmeasured("altered_fraction", why)])
    decision = decided(with_photo(comparisons=[blind]))
    assert codes(decision) == ["DERIVED_AND_ALTERED", "NOT_LOOKED"]
    assert why in text_of(decision, "NOT_LOOKED").en


@pytest.mark.parametrize("comparison", [a_comparison(bits=0, same=True), a_derived(altered=0.0)])
def test_the_reference_sent_back_is_reviewed_as_such_and_not_as_a_forgery(comparison: object) -> None:
    assert codes(decided(with_photo(comparisons=[comparison])))[0] == "RESENT_REFERENCE"


def test_the_reference_sent_back_byte_for_byte_has_one_reason() -> None:
    assert codes(decided(with_photo(comparisons=[a_derived(altered=0.0, same=True)]))) == ["RESENT_REFERENCE"]


@pytest.mark.parametrize("registered_at_ms", [AT_MS, AT_MS + 1])
@pytest.mark.parametrize(
    "comparison", [a_comparison(bits=0, same=True), a_derived(), a_derived(scene=0.9, altered=None)]
)
def test_a_reference_that_is_not_older_than_the_claim_is_never_held_against_the_buyer(
    registered_at_ms: int, comparison: object
) -> None:
    request = a_request(reference_media=[a_reference(registered_at_ms=registered_at_ms)])
    assert codes(decided(with_photo(request, comparisons=[comparison]))) == ["NO_REFERENCE"]


def with_damage_at_dispatch(origin: Literal["listing", "dispatch", "packing"], share: float) -> RefundDecided:
    references = [a_reference("listed"), a_reference("sent", origin=origin)]
    already = a_derived("sent", altered=0.0)
    already.readings.append(measured("damage_in_reference", share, "share of damage"))
    media = [a_claim_photo(comparisons=[a_derived("listed"), already])]
    media += [a_reference_photo("listed"), a_reference_photo("sent")]
    return decided(looked_at(a_request(reference_media=references), media=media))


@pytest.mark.parametrize("origin", ["dispatch", "packing"])
def test_damage_that_a_dispatch_photo_shows_already_speaks_for_the_buyer_and_scores_nothing(
    origin: Literal["dispatch", "packing"],
) -> None:
    decision = with_damage_at_dispatch(origin, 0.96)
    assert codes(decision)[-1] == "DAMAGE_IN_DISPATCH"
    assert decision.score == with_damage_at_dispatch(origin, 0.1).score
    text = text_of(decision, "DAMAGE_IN_DISPATCH")
    assert "sent" in text.en
    assert "speaks for the buyer" in text.en
    assert "对买家有利" in text.zh


def test_a_listing_photo_cannot_speak_for_what_happened_to_the_goods() -> None:
    assert "DAMAGE_IN_DISPATCH" not in codes(with_damage_at_dispatch("listing", 0.96))


def test_a_request_without_any_reference_is_left_to_a_person() -> None:
    assert codes(decided(looked_at(a_request(reference_media=[])))) == ["NO_REFERENCE"]


def test_an_older_reference_counts_beside_a_younger_one() -> None:
    request = a_request(reference_media=[a_reference("young", registered_at_ms=AT_MS + 1), a_reference("old")])
    evidence = looked_at(
        request,
        media=[
            a_claim_photo(comparisons=[a_derived("young"), a_derived("old")]),
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


def test_an_earlier_photo_that_is_far_does_not_count_as_used() -> None:
    assert decided(with_photo(sightings=[a_sighting(distance_bits=32)])).verdict == "CLEAR"


def a_listed(merchant_id: str = "m-1", product_id: str = "p-1", **changes: Any) -> EarlierSighting:
    given: dict[str, Any] = {
        "sighting_id": "catalogue:x-1",
        "source": "catalogue",
        "request_id": None,
        "buyer_id": None,
        "merchant_id": merchant_id,
        "product_id": product_id,
        "first_seen_as_claim": False,
    }
    return a_sighting(**given | changes)


@pytest.mark.parametrize("goods", [("m-2", "p-1"), ("m-1", "p-2"), ("m-2", "p-2")])
def test_a_claim_photo_that_is_listed_for_other_goods_is_reviewed_and_names_them(goods: tuple[str, str]) -> None:
    decision = decided(with_photo(sightings=[a_listed(*goods)]))
    assert codes(decision) == ["OTHERS_LISTING"]
    assert all(name in text_of(decision, "OTHERS_LISTING").zh for name in goods)
    assert all(name in text_of(decision, "OTHERS_LISTING").en for name in goods)


def test_a_listing_of_these_goods_that_is_no_reference_is_reviewed_as_like_one() -> None:
    assert codes(decided(with_photo(sightings=[a_listed()]))) == ["LIKE_REFERENCE"]


@pytest.mark.parametrize(
    "listed",
    [
        a_listed("m-2", distance_bits=45),
        a_listed(distance_bits=45, confirmed=False),
        a_listed("m-2", explained_by="r1", shared_alteration=0.0),
        a_listed(explained_by="r1", shared_alteration=0.1),
    ],
    ids=["far", "far, and another picture", "shared by merchants", "the order's own reference"],
)
def test_a_listing_that_is_far_or_that_the_order_s_own_reference_explains_says_nothing(listed: EarlierSighting) -> None:
    assert decided(with_photo(sightings=[listed])).verdict == "CLEAR"


@pytest.mark.parametrize("goods", [("m-2", "p-2"), ("m-1", "p-1")])
def test_a_listing_that_was_somebody_s_claim_before_is_shown_with_the_least_score(goods: tuple[str, str]) -> None:
    decision = decided(with_photo(sightings=[a_listed(*goods, first_seen_as_claim=True)]))
    assert (codes(decision), decision.score) == (["REFERENCE_WAS_CLAIM"], 20)
    assert "says nothing against the buyer" in text_of(decision, "REFERENCE_WAS_CLAIM").en
    assert goods[0] in text_of(decision, "REFERENCE_WAS_CLAIM").zh


@pytest.mark.parametrize(
    "comparison",
    [
        a_derived(),
        a_derived(altered=0.0),
        a_derived(scene=0.83, altered=None),
        a_comparison(same=True),
        a_comparison(bits=20, score=0.3),
        a_comparison(score=0.02, more=[a_copy(0.9)]),
        a_comparison(score=0.02, more=[measured("similar_inliers", 28, "matches")]),
        a_comparison(score=0.02, more=[a_copy(0.0), measured("ground_seen", 0.8, "share of the ground")]),
    ],
    ids=["altered", "sent again", "another scene", "the same file", "like it", "a part", "like a part", "a screen"],
)
def test_a_reference_that_was_somebody_s_claim_before_does_not_count_against_the_buyer(comparison: Comparison) -> None:
    was_claim = [
        *comparison.readings,
        measured("reference_seen_as_claim", value=True),
        measured("reference_claim", "rr-77"),
    ]
    decision = decided(with_photo(comparisons=[with_changes(comparison, readings=was_claim)]))
    assert (codes(decision), decision.score) == (["REFERENCE_WAS_CLAIM"], 20)
    assert "rr-77" in text_of(decision, "REFERENCE_WAS_CLAIM").zh
    assert "rr-77" in text_of(decision, "REFERENCE_WAS_CLAIM").en


def test_a_reference_that_was_a_claim_before_and_is_not_like_this_one_says_nothing() -> None:
    apart = a_comparison(more=[measured("reference_seen_as_claim", value=True)])
    assert decided(with_photo(comparisons=[apart])).verdict == "CLEAR"


@pytest.mark.parametrize("confirmed", [True, False, None])
def test_a_photo_far_from_an_earlier_one_counts_as_used_once_features_agree(*, confirmed: bool | None) -> None:
    decision = decided(with_photo(sightings=[a_sighting(distance_bits=45, confirmed=confirmed)]))
    assert codes(decision) == (["USED_BEFORE"] if confirmed else [])


@pytest.mark.parametrize(("shared", "reused"), [(0.0, False), (0.49, False), (0.5, True), (1.0, True), (None, False)])
def test_two_claims_made_from_one_photo_of_the_goods_are_reuse_where_they_were_altered_alike(
    shared: float | None, *, reused: bool
) -> None:
    seen = a_sighting(distance_bits=5, explained_by="r1", shared_alteration=shared)
    assert codes(decided(with_photo(sightings=[seen]))) == (["USED_BEFORE"] if reused else [])


@pytest.mark.parametrize("shared", [0.1, 0.9])
def test_a_listing_sent_again_is_no_known_forgery_because_somebody_forged_from_it(shared: float) -> None:
    seen = a_sighting(distance_bits=5, explained_by="r1", shared_alteration=shared)
    decision = decided(
        with_photo(sightings=[seen], comparisons=[a_derived(altered=0.0)]),
        marks=PhotoMarks(forged=frozenset({seen.sighting_id})),
    )
    assert ("KNOWN_FORGERY" in codes(decision)) is (shared > 0.5)
    assert decision.verdict == "REVIEW"


def test_an_earlier_photo_that_could_not_be_confirmed_is_not_clear_and_says_why() -> None:
    said = unmeasured("earlier_confirmation", causes.own_copy_missing("blobs/1"))
    decision = decided(
        with_photo(readings=[*own_readings(), said], sightings=[a_sighting(distance_bits=45, confirmed=None)])
    )
    assert codes(decision) == ["NOT_LOOKED"]
    assert "missing" in text_of(decision, "NOT_LOOKED").en
    assert "缺失" in text_of(decision, "NOT_LOOKED").zh


def test_candidates_that_nobody_compared_are_reviewed_and_listings_beyond_those_told_are_not() -> None:
    *candidates, listed = (
        decided(with_photo(readings=[*own_readings(), measured(name, 9, "photos")]))
        for name in ("earlier_candidates_left_out", "catalogue_candidates_left_out", "catalogue_photos_left_out")
    )
    assert [codes(one) for one in (*candidates, listed)] == [["TOO_MANY_ALIKE"], ["TOO_MANY_ALIKE"], []]
    assert all("9" in text_of(one, "TOO_MANY_ALIKE").zh for one in candidates)


def test_a_photo_that_resembles_more_than_can_be_listed_is_reviewed() -> None:
    left_out = [*own_readings(), measured("earlier_sightings_left_out", 7, "photos")]
    decision = decided(with_photo(readings=left_out))
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


UNCLEAR: dict[str, float] = {
    "sharpness": 4.5,
    "dark_share": 0.99,
    "bright_share": 1.0,
    "width_px": 159,
    "height_px": 60,
    "enlarged_share": 0.4,
    "blurred_share": 0.5,
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_for_a_photo_that_shows_nothing_a_better_one_is_asked_and_nobody_is_suspected(name: str) -> None:
    decision = decided(with_photo(readings=own_readings(**{name: UNCLEAR[name]})))
    assert (codes(decision), decision.score, decision.recommended) == (["EVIDENCE_UNCLEAR"], 30, ["ASK_FOR_PHOTOS"])
    assert "no sign of fraud" in text_of(decision, "EVIDENCE_UNCLEAR").en


def test_a_dark_and_a_white_photo_of_goods_are_clear() -> None:
    assert decided(with_photo(readings=own_readings(dark_share=0.93, bright_share=0.05))).verdict == "CLEAR"
    assert decided(with_photo(readings=own_readings(bright_share=0.96, sharpness=37.4))).verdict == "CLEAR"


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
    assert codes(decided(past=Record(claims))) == ["FREQUENT_CLAIMS"]
    assert decided(past=Record(claims[1:])).verdict == "CLEAR"


def test_a_high_share_of_orders_claimed_is_reviewed_once_there_are_enough_orders() -> None:
    two = Record((a_past_claim(1), a_past_claim(2)))
    assert codes(decided(looked_at(a_request(orders_30d=5)), past=two)) == ["HIGH_RATE"]
    assert decided(looked_at(a_request(orders_30d=4)), past=two).verdict == "CLEAR"
    assert decided(looked_at(a_request(orders_30d=7)), past=two).verdict == "CLEAR"


def test_many_small_refunds_add_up() -> None:
    earlier = Record((a_past_claim(3, amount_minor=60_000), a_past_claim(4, amount_minor=30_000)))
    assert codes(decided(looked_at(a_request(amount_minor=10_001)), past=earlier)) == ["SUM_LIMIT"]
    assert decided(looked_at(a_request(amount_minor=10_000)), past=earlier).verdict == "CLEAR"


def test_a_confirmed_forger_is_reviewed_however_long_ago_it_was() -> None:
    decision = decided(past=Record(forgeries_at_ms=(AT_MS - 2_000 * DAY_MS,)))
    assert codes(decision) == ["CONFIRMED_FORGER"]
    assert decision.recommended == ["RESTRICT_PURCHASES"]


def test_reasons_stand_by_score_and_the_score_is_the_strongest() -> None:
    evidence = with_photo(a_request(category="gold"), comparisons=[a_derived()], sightings=[a_sighting()])
    decision = decided(evidence, past=Record(forgeries_at_ms=(AT_MS,)))
    assert codes(decision) == ["CONFIRMED_FORGER", "DERIVED_AND_ALTERED", "USED_BEFORE", "NOT_ELIGIBLE"]
    assert decision.score == 95


def test_a_reason_carries_the_readings_behind_it() -> None:
    decision = decided(with_photo(comparisons=[a_derived(score=0.98, altered=0.031)]))
    about = partial(Reading, media_id="c1", reference_id="r1")
    assert readings_of(decision, "DERIVED_AND_ALTERED") == [
        about(name="derived_score", value=0.98, unit="probability"),
        about(name="copied", value=0.99, unit="probability"),
        about(name="reference_page", value=False),
        about(name="altered_fraction", value=0.031, unit="share of area"),
        about(name="located", value=True),
        about(name="scene_differs", value=0.02, unit="share of area"),
        about(name="reference_among_others", value="", unit="x,y,width,height in px"),
        about(name="reference_seen_as_claim", value=False),
    ]


def test_a_reason_says_where_to_look() -> None:
    boxes = [Region(x=10 * at, y=2, width=3, height=4) for at in range(9)]
    shown = with_changes(a_derived(), regions=boxes, overlay="overlays/a/b/aligned-1")
    readings = {one.name: one for one in readings_of(decided(with_photo(comparisons=[shown])), "DERIVED_AND_ALTERED")}
    assert str(readings["altered_boxes"].value).split("; ")[:2] == ["0,2,3,4", "10,2,3,4"]
    assert (readings["overlay"].value, readings["overlay"].media_id) == ("overlays/a/b/aligned-1", "c1")


def test_the_words_name_photo_reference_and_numbers_in_both_languages() -> None:
    text = text_of(decided(with_photo(comparisons=[a_derived(altered=0.031)])), "DERIVED_AND_ALTERED")
    assert text.zh == (
        "买家照片 c1 疑似由参考图 r1 修改而来：两图对齐后，有 1 处不同，约占画面的 3.1%。请查看标出的位置。"
    )
    assert text.en == (
        "Claim photo c1 looks like an edited copy of reference r1: once the two are aligned, about 3.1% of the picture "
        "differs (places: 1). Look at the places that are marked."
    )


def test_a_crack_of_hardly_any_area_is_not_said_to_be_nothing() -> None:
    text = text_of(decided(with_photo(comparisons=[a_derived(altered=0.0004)])), "DERIVED_AND_ALTERED")
    assert "<0.1%" in text.zh
    assert "<0.1%" in text.en


def test_two_references_that_were_copied_give_one_reason_that_says_there_is_another() -> None:
    request = a_request(reference_media=[a_reference("r1"), a_reference("r2")])
    media = [
        a_claim_photo(comparisons=[a_derived("r1"), a_derived("r2")]),
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


@pytest.mark.parametrize("copied", [0.0, 0.02])
@pytest.mark.parametrize("altered", [None, 0.0, 0.031])
@pytest.mark.parametrize("scene", [0.02, 0.8])
def test_nothing_accuses_or_holds_up_a_photo_that_a_camera_took_anew(
    copied: float, altered: float | None, scene: float
) -> None:
    matched = a_derived(copied=copied, altered=altered, scene=scene)
    assert codes(decided(with_photo(comparisons=[matched]))) == []


@pytest.mark.parametrize("copied", [None, 0.021, 0.49])
@pytest.mark.parametrize("altered", [None, 0.0, 0.031])
@pytest.mark.parametrize("scene", [0.02, 0.8])
def test_where_nobody_can_say_whether_a_photo_was_copied_a_person_looks_and_nobody_is_accused(
    copied: float | None, altered: float | None, scene: float
) -> None:
    matched = a_derived(copied=copied, altered=altered, scene=scene)
    assert codes(decided(with_photo(comparisons=[matched]))) == ["LIKE_REFERENCE"]


def test_evidence_that_does_not_say_whether_a_photo_was_copied_accuses_nobody_and_clears_nothing() -> None:
    told = a_derived()
    untold = with_changes(told, readings=[one for one in told.readings if one.name != "copied"])
    assert codes(decided(with_photo(comparisons=[untold]))) == ["LIKE_REFERENCE"]


def test_a_part_that_is_the_listing_files_own_is_for_a_person_though_the_rest_is_another_scene() -> None:
    part = a_comparison(bits=120, inliers=14, coverage=0.05, score=0.02, more=[a_copy(0.9)])
    assert codes(decided(with_photo(comparisons=[part]))) == ["LIKE_REFERENCE"]


def test_the_same_file_is_sent_again_whatever_its_places_say() -> None:
    assert codes(decided(with_photo(comparisons=[a_comparison(same=True)]))) == ["RESENT_REFERENCE"]


def a_similar(inliers: int, copied: float | None) -> Comparison:
    """A photo that keeps a part of the reference as it was, in coarse features alone."""
    more = [measured("similar_inliers", inliers, "matches"), a_copy(copied)]
    return a_comparison(bits=120, inliers=14, coverage=0.05, score=0.02, more=more)


def test_a_part_that_is_the_references_is_looked_at_unless_a_camera_took_it_anew() -> None:
    assert codes(decided(with_photo(comparisons=[a_similar(28, None)]))) == ["LIKE_REFERENCE"]
    assert codes(decided(with_photo(comparisons=[a_similar(27, None)]))) == []
    assert codes(decided(with_photo(comparisons=[a_similar(200, 0.02)]))) == []


def test_few_matches_are_looked_at_where_all_that_is_shown_of_the_goods_is_as_it_was() -> None:
    part, fewer, others = (
        with_changes(one, readings=[*one.readings, *an_aligned(0.9, goods)])
        for one, goods in ((a_similar(20, None), 0.1), (a_similar(19, None), 0.1), (a_similar(20, None), 0.11))
    )
    assert codes(decided(with_photo(comparisons=[part]))) == ["LIKE_REFERENCE"]
    assert codes(decided(with_photo(comparisons=[fewer]))) == []
    assert codes(decided(with_photo(comparisons=[others]))) == []


def test_where_it_is_between_copied_and_taken_anew_a_person_looks() -> None:
    assert codes(decided(with_photo(comparisons=[a_similar(0, 0.021)]))) == ["LIKE_REFERENCE"]
    assert codes(decided(with_photo(comparisons=[a_similar(0, 0.02)]))) == []


def with_readings(comparison: Comparison, *more: Reading) -> RefundDecided:
    return decided(with_photo(comparisons=[with_changes(comparison, readings=[*comparison.readings, *more])]))


def test_words_say_that_the_goods_are_the_references_and_the_scene_is_not() -> None:
    boxes = [measured(f"shared_in_{of}", "10,20,300,200", "x,y,width,height in px") for of in ("claim", "reference")]
    regenerated = a_derived(scene=0.8, altered=None)
    decision = with_readings(regenerated, measured("goods_kept", 0.91, "share of the goods"), *boxes)
    said = text_of(decision, "SCENE_REGENERATED")
    assert "the goods are those of reference r1 (91.0% of them), the scene is not" in said.en
    assert "场景却不是" in said.zh
    shown = {one.name: one.value for one in readings_of(decision, "SCENE_REGENERATED")}
    assert shown["shared_in_claim"] == shown["shared_in_reference"] == "10,20,300,200"


def test_words_tell_where_the_reference_stands_among_other_pictures() -> None:
    among = measured("reference_among_others", "12,0,600,800", "x,y,width,height in px")
    said = text_of(with_readings(a_derived(), among), "LIKE_REFERENCE")
    assert "(600 × 800 px, 12 px from the left and 0 px from the top)" in said.en
    assert "（宽 600、高 800 像素，距左 12、距上 0 像素）" in said.zh


def test_words_say_that_the_surroundings_are_the_references_and_the_goods_are_not() -> None:
    decision = with_readings(a_derived(goods=0.7, altered=0.3), measured("ground_kept", 0.8, "share of the ground"))
    said = text_of(decision, "DERIVED_AND_ALTERED")
    assert "the surroundings are the reference's (80.0% of them), the goods are not" in said.en
    assert "商品却不是" in said.zh


def with_own(first: Comparison, own: Sequence[Comparison]) -> RefundDecided:
    """Return the decision on a claim of two media: the first beside its references, and one of the buyer's own."""
    request = a_request(
        claim_media=[a_claim_medium("c1"), a_claim_medium("c2")],
        reference_media=[a_reference("r1"), a_reference("r2")],
    )
    sister = a_comparison("r2", inliers=60, coverage=0.05, score=0.31, more=an_aligned(scene=0.4, goods=0.4))
    media = [a_claim_photo("c1", comparisons=[first, sister]), a_claim_photo("c2", comparisons=own)]
    return decided(looked_at(request, media=[*media, a_reference_photo("r1"), a_reference_photo("r2")]))


NOT_FROM_THEM = [a_comparison("r1"), a_comparison("r2")]


def test_the_listing_sent_along_with_a_photo_of_the_buyers_own_says_nothing() -> None:
    assert codes(with_own(a_derived(altered=0.0, same=True), NOT_FROM_THEM)) == []


def test_a_copy_of_the_listing_beside_a_photo_of_the_buyers_own_is_looked_at_and_accuses_nobody() -> None:
    decision = with_own(a_derived(altered=0.0), NOT_FROM_THEM)
    assert codes(decision) == ["LIKE_REFERENCE"]
    assert "c2" in text_of(decision, "LIKE_REFERENCE").en


@pytest.mark.parametrize("second", [a_derived(altered=0.0), a_derived(same=True, altered=0.0)])
def test_nothing_but_the_listing_is_the_listing_sent_again(second: Comparison) -> None:
    assert "RESENT_REFERENCE" in codes(with_own(a_derived(altered=0.0), [second, a_comparison("r2")]))


@pytest.mark.parametrize("same", [False, True])
def test_a_forgery_gains_nothing_by_the_listing_beside_it(same: bool) -> None:  # noqa: FBT001 - a parameter of a test
    forged = [a_derived(altered=0.02), a_comparison("r2")]
    assert codes(with_own(a_derived(altered=0.0, same=same), forged))[0] == "DERIVED_AND_ALTERED"


def test_a_forgery_gains_nothing_by_a_photo_of_the_buyers_own_beside_it() -> None:
    assert codes(with_own(a_derived(altered=0.02), NOT_FROM_THEM))[0] == "DERIVED_AND_ALTERED"


def test_what_nobody_can_call_the_buyers_own_does_not_make_the_listing_sent_along() -> None:
    likely = [a_derived(copied=None), a_comparison("r2")]
    assert set(codes(with_own(a_derived(altered=0.0, same=True), likely))) == {"RESENT_REFERENCE", "LIKE_REFERENCE"}


def test_a_negative_of_a_reference_is_looked_at_and_accuses_nobody() -> None:
    assert codes(decided(with_photo(comparisons=[a_comparison(bits=225)]))) == ["LIKE_REFERENCE"]
    assert codes(decided(with_photo(comparisons=[a_comparison(bits=224)]))) == []


def test_a_frame_that_is_hardly_other_than_the_references_is_looked_at_though_few_places_say_so() -> None:
    few = a_comparison(bits=106, inliers=0, score=0.12, more=[*an_aligned(scene=0.2), a_copy(None)])
    assert codes(decided(with_photo(comparisons=[few]))) == ["LIKE_REFERENCE"]
    other = a_comparison(bits=106, inliers=0, score=0.12, more=[*an_aligned(scene=0.3), a_copy(None)])
    assert codes(decided(with_photo(comparisons=[other]))) == []
    anew = a_comparison(bits=106, inliers=0, score=0.12, more=[*an_aligned(scene=0.2), a_copy(0.01)])
    assert codes(decided(with_photo(comparisons=[anew]))) == []
