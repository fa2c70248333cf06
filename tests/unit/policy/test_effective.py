"""What of a policy holds for one request, and what a claim has to show."""

from typing import Any

import pytest

from schemas.records import RefundDecided
from streams.errors import PolicyError
from streams.policy.compiled import compile_policy
from streams.policy.question import StoredPolicy
from tests.builders import AT_MS, DAY_MS, a_claim_medium, a_request, with_changes
from tests.unit.policy.questions import a_policy, a_video, codes, decided, looked_at, stored

TODAY = "'2026-09-21'"
TOMORROW = "'2026-09-22'"
BIG = "request; request.amount_minor > 5; AMOUNT_LIMIT; 40"


def asked(policy: StoredPolicy, **changes: Any) -> RefundDecided:
    return decided(looked_at(a_request(**changes)), policy=policy)


def with_extra(extra: str, *rules: str) -> StoredPolicy:
    return a_policy(*rules, extra=f"audit_share: 0\n{extra}")


@pytest.mark.parametrize(("reason", "missing"), [("DAMAGED", True), ("NOT_RECEIVED", False), ("LATE", False)])
def test_goods_that_never_came_need_no_photo(reason: str, missing: bool) -> None:  # noqa: FBT001 - a table
    needed = with_extra("evidence_needed: {NOT_RECEIVED: {media: 0}, LATE: {media: 0}}")
    request = a_request(claim_media=[])
    request = with_changes(request, reason=with_changes(request.reason, code=reason))
    found = codes(decided(looked_at(request), policy=needed))
    assert ("EVIDENCE_MISSING" in found) == missing


@pytest.mark.parametrize(
    ("needed", "enough"),
    [
        ("{media: 2}", True),
        ("{media: 3}", False),
        ("{videos: 1}", True),
        ("{videos: 2}", False),
        ("{photos: 1}", True),
        ("{photos: 2}", False),
        ("{live_camera: 1}", True),
        ("{live_camera: 2}", False),
    ],
)
def test_how_many_and_of_what_kind_is_the_policys(needed: str, enough: bool) -> None:  # noqa: FBT001 - a table
    policy = with_extra(f"evidence_needed: {{default: {needed}}}\nmay_be_unmeasured: [comparison, earlier_sightings]")
    media = [a_claim_medium("c1", capture_source="live_camera"), a_video("c2")]
    found = codes(decided(looked_at(a_request(claim_media=media)), policy=policy))
    assert ("EVIDENCE_MISSING" not in found) == enough


@pytest.mark.parametrize(
    ("needed", "changes"),
    [
        ("{videos: 1}", [{"kind": "photo"}, {}]),
        ("{photos: 2}", [{}, {"kind": "video"}]),
        ("{media: 2}", [{"sha256": "e" * 64}, {"sha256": "e" * 64}]),
        ("{live_camera: 2}", [{"sha256": "e" * 64}, {"sha256": "e" * 64}]),
    ],
    ids=["a photo sent as a video", "a video sent as a photo", "one file sent twice", "one live photo sent twice"],
)
def test_what_counts_is_what_was_looked_at_and_not_what_it_was_sent_as(
    needed: str, changes: list[dict[str, Any]]
) -> None:
    policy = with_extra(f"evidence_needed: {{default: {needed}}}\nmay_be_unmeasured: [comparison, earlier_sightings]")
    first = a_video("c1", capture_source="live_camera") if "videos" in needed else a_claim_medium("c1")
    media = [with_changes(first, capture_source="live_camera"), a_claim_medium("c2", capture_source="live_camera")]
    evidence = looked_at(a_request(claim_media=media))
    seen = [with_changes(one, **change) for one, change in zip(evidence.media, [*changes, {}], strict=True)]

    assert codes(decided(evidence, policy=policy)) == []
    assert codes(decided(with_changes(evidence, media=seen), policy=policy)) == ["EVIDENCE_MISSING"]


@pytest.mark.parametrize(
    ("entry", "reviewed"),
    [
        ("{categories: [ceramics]}", True),
        ("{categories: [toys]}", False),
        ("{categories: [ceramics], merchants: [m-9]}", False),
        ("{merchants: [m-1]}", True),
        ("{products: [p-1]}", True),
        ("{buyers: [b-1]}", True),
        ("{above_minor: {CNY: 12900}}", False),
        ("{above_minor: {CNY: 12899}}", True),
        (f"{{categories: [ceramics], from: {TOMORROW}}}", False),
        (f"{{categories: [ceramics], from: {TODAY}}}", True),
        (f"{{categories: [ceramics], until: {TODAY}}}", False),
        (f"{{categories: [ceramics], until: {TOMORROW}}}", True),
    ],
)
def test_who_may_keep_the_goods_is_configuration(entry: str, reviewed: bool) -> None:  # noqa: FBT001 - a table
    policy = with_extra(f"not_eligible: [{entry}]")
    assert codes(asked(policy)) == (["NOT_ELIGIBLE"] if reviewed else [])
    assert codes(asked(policy, kind="return_and_refund")) == []


@pytest.mark.parametrize(
    ("entries", "given"),
    [
        ("{above_minor: {USD: 1}}", ["NOT_LOOKED"]),
        ("{above_minor: {USD: 1}, categories: [toys]}", []),
        ("{above_minor: {USD: 1}}, {above_minor: {CNY: 12899}}", ["NOT_ELIGIBLE"]),
        ("{above_minor: {USD: 1}}, {above_minor: {CNY: 12900}}", ["NOT_LOOKED"]),
    ],
)
def test_where_an_entry_has_sums_in_other_currencies_alone_nobody_can_say(entries: str, given: list[str]) -> None:
    policy = with_extra(f"not_eligible: [{entries}]")
    found = asked(policy)
    assert codes(found) == given
    assert codes(asked(policy, kind="return_and_refund")) == []
    if given == ["NOT_LOOKED"]:
        [reading] = found.reasons[0].readings
        assert (reading.name, reading.unmeasured_code) == ("amount_minor", "currency_without_limit")


def test_an_override_holds_for_its_categories_and_merchants_alone() -> None:
    override = "{categories: [toys], hold_s: 60, rules_off: [rule_0], amount_limits: {}}"
    policy = with_extra(f"hold_s: 10\noverrides: [{override}]", BIG)
    assert codes(asked(policy)) == ["AMOUNT_LIMIT"]
    toys = asked(policy, category="toys")
    assert (toys.verdict, toys.hold_until_ms) == ("CLEAR", toys.decided_at_ms + 60_000)


def test_a_rule_has_a_first_day_and_a_day_on_which_it_no_longer_holds() -> None:
    assert AT_MS // DAY_MS == 20_717
    for days, fires in ((f"from: {TODAY}", True), (f"from: {TOMORROW}", False), (f"until: {TODAY}", False)):
        text = a_policy(BIG).text.replace("score: 40", f"score: 40\n    {days}")
        assert bool(codes(asked(stored(text)))) == fires


def test_a_rule_may_pass_over_what_could_not_be_measured() -> None:
    rate = "request; history.claim_rate_30d > 0.5; HIGH_RATE; 40"
    assert codes(asked(a_policy(rate), orders_30d=None)) == ["NOT_LOOKED"]
    text = a_policy(rate).text.replace("score: 40", "score: 40\n    when_unmeasured: pass")
    assert codes(asked(stored(text), orders_30d=None)) == []


def test_from_a_score_on_more_is_recommended() -> None:
    high, top = (
        "{name: high, from: 40, recommend: [ASK_MERCHANT]}",
        "{name: top, from: 41, recommend: [ASK_FOR_PHOTOS]}",
    )
    bands = f"score_bands: [{high}, {top}]"
    assert asked(with_extra(bands, BIG)).recommended == ["ASK_MERCHANT"]
    assert asked(with_extra(bands)).recommended == []


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("overrides: [{rules_off: [rule_9]}]", r"line 4, column 14: no rule has the id 'rule_9': did you mean"),
        ("score_bands: [{name: x, from: 1, recommend: [ASK_MERCHANTS]}]", "did you mean 'ASK_MERCHANT'"),
        ("evidence_needed: {default: {medias: 1}}", "unknown key 'medias': did you mean 'media'"),
        ("not_eligible: [{from: soon}]", "line 4"),
    ],
)
def test_what_is_not_known_there_is_an_error_with_its_place(extra: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        compile_policy(with_extra(extra, BIG).text)
