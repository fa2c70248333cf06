"""From where a score counts stands in the policy alone: rules, clusters, `inspect` and the bank follow it."""

from collections.abc import Iterator

import pytest

from schemas.records import RefundDecided
from streams.cases.photos.clusters import joins
from streams.cases.photos.marks import PhotoMarks
from streams.errors import PolicyError
from streams.policy import pair_verdict
from streams.policy.compiled import compile_policy
from streams.policy.document import OperatingPoints, read
from streams.policy.engine import operating_points
from streams.policy.packaged import load_default
from streams.policy.question import StoredPolicy
from tests.unit.policy.questions import (
    a_derived,
    a_policy,
    a_sighting,
    codes,
    decided,
    own_readings,
    readings_of,
    stored,
    with_photo,
)
from tests.unit.policy.test_pair_verdict import a_beside

PACKAGED = OperatingPoints(derived=0.5, same_image_bits=31, shared_alteration=0.5)


def moved(**points: float) -> StoredPolicy:
    """The packaged policy with other operating points."""
    text = load_default()[1]
    for name, value in points.items():
        old = f"  {name}: {getattr(PACKAGED, name)} #"
        assert old in text
        text = text.replace(old, f"  {name}: {value} #")
    return stored(text)


def after_a_sighting(policy: StoredPolicy, **changes: object) -> list[str]:
    return codes(decided(with_photo(sightings=[a_sighting(**changes)]), policy=policy))


def of_a_pair(policy: StoredPolicy, score: float) -> RefundDecided:
    return decided(with_photo(comparisons=[a_derived(score=score)]), policy=policy)


def test_a_policy_without_operating_points_has_the_packaged_ones() -> None:
    assert operating_points(a_policy()) == operating_points(stored()) == PACKAGED


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("{derived: 0.4}", "same_image_bits is missing: add it"),
        ("{derived: 1.5, same_image_bits: 31, shared_alteration: 0.5}", "1.5 is too large: write at most 1 "),
        (
            "{derived: 0.4, same_image_bits: 31.5, shared_alteration: 0.5}",
            "this is a number with decimals: write a whole number",
        ),
        ("{derived: 0.4, same_image_bits: 31, shared_alteration: 0.5, same: 1}", "unknown key"),
        ("null", "this is empty: write keys"),
    ],
)
def test_operating_points_are_given_whole_and_right_with_the_line(section: str, said: str) -> None:
    with pytest.raises(PolicyError, match=f"line 2.*{said}"):
        compile_policy(f"name: t\noperating_points: {section}\nrules: []\namount_limits: {{}}\naudit_share: 0\n")


@pytest.mark.parametrize(("point", "derived"), [(0.3, True), (0.41, False)])
def test_the_rules_take_a_pair_for_derived_from_the_policys_point_on(point: float, *, derived: bool) -> None:
    assert ("DERIVED_AND_ALTERED" in codes(of_a_pair(moved(derived=point), score=0.4))) is derived


@pytest.mark.parametrize(("bits", "used"), [(10, False), (20, True), (40, True)])
def test_rules_and_clusters_follow_the_policys_distance(bits: int, *, used: bool) -> None:
    policy = moved(same_image_bits=bits)
    points = operating_points(policy)
    earlier = a_sighting(distance_bits=15)
    assert ("USED_BEFORE" in after_a_sighting(policy, distance_bits=15)) is used
    assert joins(earlier, same_image_bits=points.same_image_bits, shared_alteration=points.shared_alteration) is used


@pytest.mark.parametrize(("share", "used"), [(0.3, True), (0.7, False)])
def test_rules_and_clusters_follow_the_policys_share(share: float, *, used: bool) -> None:
    policy = moved(shared_alteration=share)
    points = operating_points(policy)
    changes = {"explained_by": "r1", "shared_alteration": 0.4}
    assert ("USED_BEFORE" in after_a_sighting(policy, **changes)) is used
    assert (
        joins(
            a_sighting(**changes),
            same_image_bits=points.same_image_bits,
            shared_alteration=points.shared_alteration,
        )
        is used
    )


@pytest.mark.parametrize(("bits", "known"), [(10, False), (20, True)])
def test_the_bank_of_forgeries_follows_the_policys_distance(bits: int, *, known: bool) -> None:
    earlier = a_sighting(distance_bits=15)
    found = decided(
        with_photo(sightings=[earlier]),
        policy=moved(same_image_bits=bits),
        marks=PhotoMarks(forged=frozenset({earlier.sighting_id})),
    )
    assert ("KNOWN_FORGERY" in codes(found)) is known


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    pair_verdict._packaged.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    pair_verdict._packaged.cache_clear()


@pytest.mark.parametrize(("point", "derived"), [(0.3, True), (0.41, False)])
def test_inspect_follows_the_packaged_policys_point(
    packaged: pytest.MonkeyPatch, point: float, *, derived: bool
) -> None:
    packaged.setattr(pair_verdict, "load_default", lambda: ("default", moved(derived=point).text))
    (pair,) = pair_verdict.photo_verdict(own_readings(), [a_beside(a_derived(score=0.4))], [False], ["r1"]).pairs
    assert (pair.derived, pair.altered is True) == (derived, derived)


def test_an_operating_point_is_no_reading_and_may_not_be_listed_as_one() -> None:
    names = {reading.name for reading in readings_of(of_a_pair(stored(), score=0.98), "DERIVED_AND_ALTERED")}
    assert not names & {"derived", "same_image_bits"}
    with pytest.raises(PolicyError, match="same_image_bits may not be listed"):
        compile_policy(a_policy(extra="audit_share: 0\nmay_be_unmeasured: [same_image_bits]").text)


def test_no_number_of_the_operating_points_is_left_in_the_packaged_rules() -> None:
    rules = read(load_default()[1])[0].rules
    assert [one.id for one in rules if "_bits <= 3" in one.when or "derived_score >= 0.5" in one.when] == []
    assert [one.id for one in rules if "shared_alteration >= 0" in one.when] == []


@pytest.mark.parametrize(
    ("point", "score", "fires"), [(1e-7, 1e-7, True), (1.0, 0.999, False), (0.123456789, 0.123456788, False)]
)
def test_a_point_means_the_very_number_that_the_policy_names(point: float, score: float, *, fires: bool) -> None:
    text = a_policy("comparison; comparison.derived_score >= operating_points.derived; USED_BEFORE; 1").text
    points = f"operating_points: {{derived: {point}, same_image_bits: 31, shared_alteration: 0}}\n"
    assert ("USED_BEFORE" in codes(of_a_pair(stored(text + points), score=score))) is fires
