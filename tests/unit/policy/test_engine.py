"""The promises of judging, whatever the policy says."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import decode, encode
from schemas.records import MediumEvidence, PolicyIdentity, Reading, ReasonText, RefundDecided
from schemas.records.decisions import Verdict
from streams.errors import PolicyError
from streams.policy.engine import judge
from streams.policy.facts import Value
from streams.policy.question import StoredPolicy
from streams.wording import causes
from tests.builders import AT_MS, a_claim_medium, a_reference, a_request, unmeasured, with_changes
from tests.history_model import Record
from tests.unit.policy.questions import (
    a_claim_photo,
    a_comparison,
    a_derived,
    a_past_claim,
    a_policy,
    a_question,
    a_reference_photo,
    a_sighting,
    a_video,
    codes,
    decided,
    looked_at,
    measured,
    own_readings,
    readings_of,
    stored,
    text_of,
    with_photo,
)


def test_the_verdict_has_no_way_to_refuse() -> None:
    assert get_args(Verdict) == ("CLEAR", "REVIEW")


def test_a_decision_names_its_request_its_policy_and_its_time() -> None:
    question = a_question()
    decision = judge(question)
    assert decision.request_id == "rr-1"
    assert decision.request_digest == question.evidence.request_digest
    assert decision.policy == PolicyIdentity(name="default", sha256=stored().sha256)
    assert decision.decided_at_ms == AT_MS + 450


def test_decision_and_case_are_named_by_the_content_and_not_by_the_moment() -> None:
    content = with_photo(sightings=[a_sighting()])
    one, later = decided(content), decided(content, decided_at_ms=AT_MS + 9_000)
    other = decided(with_photo(a_request(amount_minor=1), sightings=[a_sighting()]))
    assert (one.decision_id, one.case_id) == (later.decision_id, later.case_id)
    assert one.decision_id != other.decision_id
    assert len({one.decision_id, one.case_id, other.case_id}) == 3


# --- could not look --------------------------------------------------------------------------------------------------


def test_an_unmeasured_photo_is_reviewed_with_the_reading_and_why() -> None:
    why = causes.PICTURE_DAMAGED
    decision = decided(with_photo(readings=[unmeasured("photo", why)], sighting_position=None, comparisons=[]))
    assert codes(decision) == ["NOT_LOOKED"]
    assert readings_of(decision, "NOT_LOOKED") == [unmeasured("photo", why, media_id="c1")]
    assert text_of(decision, "NOT_LOOKED") == ReasonText(
        zh="未能自动检查：照片或视频（c1），图片已损坏或不完整。请根据其余材料判断，或要求补交。",
        en=(
            "Could not be examined: photo or video (c1), because the picture is damaged or incomplete. "
            "Judge by what else there is, or ask for it again."
        ),
    )


def test_what_else_could_not_be_examined_is_counted_in_both_languages() -> None:
    whys = [unmeasured("photo", causes.FILE_EMPTY), unmeasured("features", causes.FILE_EMPTY)]
    text = text_of(decided(with_photo(readings=whys, sighting_position=None, comparisons=[])), "NOT_LOOKED")
    assert "另有 1 项也未能检查。" in text.zh
    assert "Also not examined: 1 more." in text.en


def test_a_reference_that_could_not_be_looked_at_is_reviewed_and_named() -> None:
    media = [
        a_claim_photo(comparisons=[]),
        a_reference_photo(readings=[unmeasured("photo", "not found in the store")]),
    ]
    decision = decided(looked_at(media=media))
    assert readings_of(decision, "NOT_LOOKED") == [
        Reading(name="photo", media_id="r1", reference_id="r1", unmeasured="not found in the store")
    ]


def test_a_reading_of_a_kind_that_this_version_does_not_know_is_reviewed_when_it_is_unmeasured() -> None:
    assert codes(decided(with_photo(readings=[*own_readings(), unmeasured("aura", "no medium")]))) == ["NOT_LOOKED"]


def test_a_measured_reading_that_this_version_does_not_know_changes_nothing() -> None:
    assert decided(with_photo(readings=[*own_readings(), measured("aura", 3)])).verdict == "CLEAR"


def test_a_request_without_media_is_reviewed_as_missing_evidence() -> None:
    assert codes(decided(looked_at(a_request(claim_media=[])))) == ["EVIDENCE_MISSING"]


def test_pages_of_an_app_alone_show_no_goods_and_a_photo_beside_them_does() -> None:
    page = a_claim_photo(readings=own_readings(page=True))
    assert codes(decided(with_photo(readings=page.readings))) == ["EVIDENCE_MISSING"]

    both = a_request(claim_media=[a_claim_medium(), a_claim_medium("c2")])
    media = [page, a_claim_photo("c2"), a_reference_photo()]
    assert decided(looked_at(both, media=media)).verdict == "CLEAR"


def test_a_page_is_enough_where_no_goods_came() -> None:
    page, request = a_claim_photo(readings=own_readings(page=True)), a_request()
    never_came = with_changes(request, reason=with_changes(request.reason, code="NOT_RECEIVED"))
    assert decided(looked_at(never_came, media=[page, a_reference_photo()])).verdict == "CLEAR"


def test_a_medium_that_the_evidence_does_not_mention_is_reviewed() -> None:
    decision = decided(looked_at(media=[a_reference_photo()]))
    assert [(one.name, one.media_id) for one in readings_of(decision, "NOT_LOOKED")] == [("photo", "c1")]


def test_a_photo_that_was_not_compared_with_a_reference_is_reviewed() -> None:
    decision = decided(with_photo(comparisons=[]))
    expected = [("comparison", "c1", "r1")]
    assert [(r.name, r.media_id, r.reference_id) for r in readings_of(decision, "NOT_LOOKED")] == expected


def test_a_photo_that_was_not_looked_up_among_earlier_ones_is_reviewed() -> None:
    decision = decided(with_photo(sighting_position=None))
    assert [reading.name for reading in readings_of(decision, "NOT_LOOKED")] == ["earlier_sightings"]


def test_a_video_that_nobody_looked_at_is_reviewed() -> None:
    request = a_request(claim_media=[a_video()])
    media = [
        MediumEvidence(media_id="c1", role="claim", kind="video", readings=[unmeasured("photo", "a video")]),
        a_reference_photo(),
    ]
    assert codes(decided(looked_at(request, media=media))) == ["NOT_LOOKED"]


@pytest.mark.parametrize("left_out", ["hash_distance_bits", "feature_inliers", "derived_score", "same_bytes"])
def test_a_comparison_that_lacks_a_reading_which_a_rule_needs_is_reviewed(left_out: str) -> None:
    inliers = 4 if left_out in {"hash_distance_bits", "derived_score"} else 30
    whole = a_comparison(inliers=inliers, coverage=0.001 if left_out == "same_bytes" else 0.5, score=0.1)
    comparison = with_changes(whole, readings=[one for one in whole.readings if one.name != left_out])
    decision = decided(with_photo(comparisons=[comparison]))
    assert left_out in {reading.name for reading in readings_of(decision, "NOT_LOOKED")}


def test_a_reading_that_settles_the_rule_alone_makes_the_others_unnecessary() -> None:
    """4 inliers are too few, however much of the photo they span."""
    comparison = with_changes(
        a_comparison(), readings=[one for one in a_comparison().readings if one.name != "inlier_coverage"]
    )
    assert decided(with_photo(comparisons=[comparison])).verdict == "CLEAR"


@pytest.mark.parametrize("value", ["far", True, 5.0])
def test_a_value_of_the_wrong_type_is_no_look(value: Value) -> None:
    comparison = with_changes(
        a_comparison(), readings=[measured("hash_distance_bits", value), *a_comparison().readings[1:]]
    )
    decision = decided(with_photo(comparisons=[comparison]))
    assert [one.name for one in readings_of(decision, "NOT_LOOKED")] == ["hash_distance_bits"]


def test_a_rule_fires_on_what_was_measured_though_another_reading_was_not() -> None:
    found = a_derived()
    comparison = with_changes(found, readings=[*found.readings, unmeasured("feature_inliers", "too dark")])
    assert codes(decided(with_photo(comparisons=[comparison]))) == ["DERIVED_AND_ALTERED", "NOT_LOOKED"]


def test_what_the_policy_lists_may_be_unmeasured() -> None:
    evidence = with_photo(readings=[*own_readings(), unmeasured("aura_px", "later"), unmeasured("features", "dark")])
    policy = a_policy(extra="audit_share: 0\nmay_be_unmeasured: [features]")
    assert [one.name for one in readings_of(decided(evidence, policy=policy), "NOT_LOOKED")] == ["aura_px"]


def test_a_rule_that_needs_a_rate_which_is_unmeasured_sends_to_review_unless_it_may_be() -> None:
    rule = "request; history.claim_rate_30d > 0.3; HIGH_RATE; 50"
    evidence = looked_at(a_request(orders_30d=None))
    strict = decided(evidence, policy=a_policy(rule))
    assert [one.name for one in readings_of(strict, "NOT_LOOKED")] == ["claim_rate_30d"]
    lenient = a_policy(rule, extra="audit_share: 0\nmay_be_unmeasured: [claim_rate_30d]")
    assert decided(evidence, policy=lenient).verdict == "CLEAR"


def test_rules_see_the_names_of_what_is_unmeasured() -> None:
    policy = a_policy(
        'request; "features" in unmeasured; EVIDENCE_UNCLEAR; 20',
        extra="audit_share: 0\nmay_be_unmeasured: [features]",
    )
    evidence = with_photo(readings=[*own_readings(), unmeasured("features", "too dark")])
    assert codes(decided(evidence, policy=policy)) == ["EVIDENCE_UNCLEAR"]
    assert decided(policy=policy).verdict == "CLEAR"


# --- what goes wrong in a rule ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("request.amount_minor / request.freight_minor > 1", "divide by zero"),
        ("request.amount_minor * 9223372036854775807 > 1", "overflow"),
    ],
)
def test_a_rule_that_cannot_be_evaluated_is_reviewed_and_named(when: str, why: str) -> None:
    decision = decided(policy=a_policy(f"request; {when}; AMOUNT_LIMIT; 40"))
    assert codes(decision) == ["NOT_LOOKED"]
    (reading,) = readings_of(decision, "NOT_LOOKED")
    assert reading.name == "rule"
    assert "rule rule_0 could not be evaluated" in str(reading.unmeasured)
    assert why in str(reading.unmeasured)


def test_a_rule_that_fails_is_reviewed_even_where_what_else_it_lacked_may_be_unmeasured() -> None:
    policy = a_policy(
        "request; 1 / request.freight_minor > 0 || history.claim_rate_30d > 0.5; HIGH_RATE; 50",
        extra="audit_share: 0\nmay_be_unmeasured: [claim_rate_30d]",
    )
    decision = decided(looked_at(a_request(orders_30d=None)), policy=policy)
    assert [one.name for one in readings_of(decision, "NOT_LOOKED")] == ["rule"]


def test_a_text_at_which_the_library_itself_fails_is_reviewed() -> None:
    half_a_character = with_photo(readings=[measured("format", "\ud800")])
    policy = a_policy('claim_photo; photo.format == "GIF"; EVIDENCE_UNCLEAR; 50')
    assert codes(decided(half_a_character, policy=policy)) == ["NOT_LOOKED"]


def test_a_number_beyond_what_rules_can_hold_is_reviewed() -> None:
    comparison = with_changes(
        a_comparison(), readings=[*a_comparison().readings[:1], measured("feature_inliers", 2**70)]
    )
    assert codes(decided(with_photo(comparisons=[comparison]))) == ["NOT_LOOKED"]


def test_a_rule_in_error_does_not_hide_another_that_fires() -> None:
    policy = a_policy("request; 1 / request.freight_minor > 0; SUM_LIMIT; 90", "request; true; AMOUNT_LIMIT; 10")
    assert codes(decided(policy=policy)) == ["NOT_LOOKED", "AMOUNT_LIMIT"]


def test_a_stored_policy_whose_text_was_changed_decides_nothing() -> None:
    tampered = StoredPolicy(
        name="default", sha256=stored().sha256, text=stored().text.replace("same_image_bits: 31", "same_image_bits: 1")
    )
    with pytest.raises(PolicyError, match="activate it anew"):
        decided(policy=tampered)


# --- changed content, audit, hold ------------------------------------------------------------------------------------


def test_other_content_under_a_known_id_is_reviewed() -> None:
    decision = decided(content_changed=True)
    assert codes(decision) == ["CONTENT_CHANGED"]
    assert decision.case_id is not None


def test_the_audit_draws_about_its_share_and_draws_the_same_again() -> None:
    policy = a_policy(extra="audit_share: 0.2")
    evidences = [looked_at(a_request(f"rr-{number}")) for number in range(1_000)]
    drawn = [codes(decided(evidence, policy=policy)) == ["RANDOM_AUDIT"] for evidence in evidences]
    assert 150 < sum(drawn) < 250
    assert drawn == [codes(decided(evidence, policy=policy)) == ["RANDOM_AUDIT"] for evidence in evidences]


def test_another_key_draws_others() -> None:
    policy = a_policy(extra="audit_share: 0.5")
    evidences = [looked_at(a_request(f"rr-{number}")) for number in range(100)]
    one, other = ([decided(e, policy=policy, audit_key=key).verdict for e in evidences] for key in (b"a", b"b"))
    assert one != other


def test_changing_the_content_cannot_escape_the_audit() -> None:
    policy = a_policy(extra="audit_share: 0.5")
    verdicts = {decided(looked_at(a_request(amount_minor=n)), policy=policy).verdict for n in range(1, 50)}
    assert len(verdicts) == 1


@pytest.mark.parametrize(("share", "expected"), [("0", "CLEAR"), ("1", "REVIEW")])
def test_nobody_or_everybody_can_be_audited(share: str, expected: str) -> None:
    policy = a_policy(extra=f"audit_share: {share}")
    assert {decided(looked_at(a_request(f"rr-{n}")), policy=policy).verdict for n in range(50)} == {expected}


def test_the_audit_is_for_what_would_be_clear_only() -> None:
    policy = a_policy("request; true; AMOUNT_LIMIT; 1", extra="audit_share: 1")
    assert codes(decided(policy=policy)) == ["AMOUNT_LIMIT"]


def test_a_clear_may_be_held_and_a_review_needs_no_hold() -> None:
    policy = a_policy("request; request.amount_minor > 20000; AMOUNT_LIMIT; 1", extra="audit_share: 0\nhold_s: 3600")
    assert decided(policy=policy).hold_until_ms == AT_MS + 450 + 3_600_000
    assert decided(looked_at(a_request(amount_minor=20_001)), policy=policy).hold_until_ms is None


# --- invariants ------------------------------------------------------------------------------------------------------

names = st.sampled_from(["photo", "features", "earlier_sightings", "width_px", "sharpness", "anything_else"])
whys = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=200)
pair_names = st.sampled_from(
    ["hash_distance_bits", "feature_inliers", "inlier_coverage", "derived_score", "same_bytes", "altered_fraction"]
)
comparisons = st.builds(
    a_comparison,
    bits=st.integers(0, 256),
    inliers=st.integers(0, 500),
    coverage=st.floats(0, 1),
    score=st.floats(0, 1),
    same=st.booleans(),
) | st.builds(a_derived, score=st.floats(0, 1), scene=st.floats(0, 1), altered=st.none() | st.floats(0, 1))
photos = st.builds(
    a_claim_photo,
    comparisons=st.lists(comparisons, min_size=1, max_size=1),
    sightings=st.lists(st.builds(a_sighting, distance_bits=st.integers(0, 256)), max_size=3),
    readings=st.one_of(st.just(own_readings()), st.builds(lambda name, why: [unmeasured(name, why)], names, whys)),
)
requests = st.builds(
    a_request,
    amount_minor=st.integers(0, 10**12),
    freight_minor=st.integers(0, 10**12),
    currency=st.sampled_from(["CNY", "JPY"]),
    category=st.sampled_from(["ceramics", "gold"]),
    kind=st.sampled_from(["refund_only", "return_and_refund"]),
    orders_30d=st.none() | st.integers(0, 50),
)
evidences = st.builds(lambda request, photo: looked_at(request, media=[photo, a_reference_photo()]), requests, photos)
pasts = st.builds(
    lambda days, forgeries: Record(tuple(map(a_past_claim, days)), tuple(forgeries)),
    st.lists(st.floats(-1, 400), max_size=8),
    st.lists(st.integers(AT_MS - 10**12, AT_MS), max_size=2),
)


@given(evidences, pasts, st.booleans())
def test_the_same_question_gives_the_same_bytes_and_they_keep_the_contract(
    evidence: Any,
    past: Record,
    content_changed: bool,  # noqa: FBT001 - Hypothesis passes by position
) -> None:
    question = a_question(evidence, past=past, content_changed=content_changed)
    decision = judge(question)
    again = judge(read_anew(question))
    assert encode(decision) == encode(again)
    assert decode(RefundDecided, encode(decision)) == decision


def read_anew(question: Any) -> Any:
    """The same question, read anew from its bytes."""
    evidence = decode(type(question.evidence), encode(question.evidence))
    return a_question(evidence, history=question.history, content_changed=question.content_changed)


@given(evidences, pasts, st.sampled_from(["own", "pair", "request"]), names, pair_names, whys)
def test_nothing_is_clear_while_something_is_unmeasured(
    evidence: Any, past: Record, where: str, name: str, pair_name: str, why: str
) -> None:
    claim, reference = evidence.media
    changes: dict[str, Any] = {}
    if where == "own":
        changes["media"] = [with_changes(claim, readings=[*claim.readings, unmeasured(name, why)]), reference]
    elif where == "pair":
        (pair,) = claim.comparisons
        kept = [one for one in pair.readings if one.name != pair_name]
        pair = with_changes(pair, readings=[*kept, unmeasured(pair_name, why)])
        changes["media"] = [with_changes(claim, comparisons=[pair]), reference]
    else:
        changes["readings"] = [unmeasured(name, why)]
    decision = decided(with_changes(evidence, **changes), past=past)
    assert decision.verdict == "REVIEW"
    assert "NOT_LOOKED" in codes(decision)


@given(evidences, pasts, st.booleans(), st.booleans(), st.booleans())
def test_one_more_thing_to_look_at_never_lowers_verdict_or_score(
    evidence: Any,
    past: Record,
    changed: bool,  # noqa: FBT001 - Hypothesis passes by position
    forger: bool,  # noqa: FBT001
    used: bool,  # noqa: FBT001
) -> None:
    before = decided(evidence, past=past)
    claim, reference = evidence.media
    more = with_changes(claim, sightings=[*claim.sightings, a_sighting()]) if used else claim
    after = decided(
        with_changes(evidence, media=[more, reference]),
        past=Record(past.claims, (*past.forgeries_at_ms, AT_MS)) if forger else past,
        content_changed=changed,
    )
    assert (after.verdict, before.verdict) != ("CLEAR", "REVIEW")
    assert after.score >= before.score
    assert set(codes(before)) <= set(codes(after))


@given(comparisons, st.integers(AT_MS, AT_MS + 10**9))
def test_a_younger_reference_never_fires_a_rule_of_any_policy(comparison: Any, registered_at_ms: int) -> None:
    request = a_request(reference_media=[a_reference(registered_at_ms=registered_at_ms)])
    never = "1 / (photo.media_id.size() - photo.media_id.size()) > 1"
    policy = a_policy("comparison; true; DERIVED_AND_ALTERED; 90", f"comparison; {never}; RESENT_REFERENCE; 90")
    assert decided(with_photo(request, comparisons=[comparison]), policy=policy).verdict == "CLEAR"


@given(evidences, pasts)
def test_every_review_has_a_case_and_only_a_review_has_one(evidence: Any, past: Record) -> None:
    decision = decided(evidence, past=past)
    assert (decision.verdict == "REVIEW") == (decision.case_id is not None) == bool(decision.reasons)
    assert decision.score == (0 if decision.verdict == "CLEAR" else decision.score)


def test_claim_photo_and_reference_of_one_name_are_told_apart() -> None:
    request = a_request(claim_media=[a_claim_medium("same")], reference_media=[a_reference("same")])
    media = [
        a_claim_photo("same", comparisons=[a_derived("same")]),
        a_reference_photo("same"),
    ]
    assert codes(decided(looked_at(request, media=media))) == ["DERIVED_AND_ALTERED"]


@pytest.mark.parametrize(("shares", "expected"), [((), []), ((0.01, 0.2), ["CONTRADICTS_ITSELF"])])
def test_a_policy_may_ask_how_much_a_claim_s_own_photos_differ(shares: tuple[float, ...], expected: list[str]) -> None:
    differ = [Reading(name="claims_differ", media_id="c2", reference_id="c1", value=share) for share in shares]
    policy = a_policy("request; request.claims_differ > 0.1; CONTRADICTS_ITSELF; 20")
    assert codes(decided(looked_at(readings=differ), policy=policy)) == expected


def test_the_packaged_policy_clears_a_claim_whose_photos_differ_from_each_other() -> None:
    differ = Reading(name="claims_differ", media_id="c2", reference_id="c1", value=0.3)
    assert decided(looked_at(readings=[differ])).verdict == "CLEAR"
