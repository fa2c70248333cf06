"""The packaged policy's rules on pairs alone: the operating point of `inspect` and of the evaluation."""

from collections.abc import Mapping, Sequence

from schemas.records import Reading
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.pixels.pixel_comparison import PixelComparison
from streams.evidence.readings import measured
from streams.policy.pair_verdict import Judged, PhotoVerdict, likeliest, photo_verdict
from streams.wording import causes
from streams.wording.cause import Cause
from tests.unit.policy.questions import a_comparison, a_derived, own_readings


def judged(*comparisons: object, same: bool = False) -> tuple[Judged, ...]:
    return a_verdict(*comparisons, same=same).pairs


def a_verdict(
    *comparisons: object, photo: Sequence[Reading] = (), same: bool = False, unread: Mapping[str, Cause] | None = None
) -> PhotoVerdict:
    besides = [a_beside(each) for each in comparisons]
    names = [f"r{at}" for at in range(len(besides))]
    return photo_verdict([*own_readings(), *photo], besides, [same] * len(besides), names, unread)


def codes(found: PhotoVerdict) -> list[str]:
    return [reason.code for reason in found.reasons]


def a_beside(comparison: object) -> PairResult:
    readings = tuple(one for one in comparison.readings if one.name != "same_bytes")  # type: ignore[attr-defined] # a Comparison
    values = {one.name: one.value for one in readings}
    if "scene_differs" not in values:
        return PairResult(readings)
    fraction = values.get("altered_fraction")
    regions = ((1, 2, 3, 4),) if fraction else ()
    altered = None if fraction is None else bool(fraction)
    score = float(str(values["derived_score"]))
    scene = float(str(values["scene_differs"]))
    found = PixelComparison(score=score, altered=altered, scene_differs=scene, regions=regions)
    return PairResult(readings, found)


def test_an_altered_copy_is_derived_and_altered() -> None:
    (pair,) = judged(a_derived())
    assert (pair.derived, pair.altered) == (True, True)
    assert [reason.code for reason in pair.reasons] == ["DERIVED_AND_ALTERED"]
    assert "r0" in pair.reasons[0].text.zh


def test_a_re_sent_reference_is_derived_and_not_altered() -> None:
    (pair,) = judged(a_derived(altered=0.0))
    assert (pair.derived, pair.altered) == (True, False)


def test_a_copy_that_could_not_be_compared_place_by_place_is_derived_and_nobody_says_altered() -> None:
    (pair,) = judged(a_derived(altered=None))
    assert (pair.derived, pair.altered) == (True, None)


def test_the_same_file_is_derived_though_it_shows_nothing_to_compare_by() -> None:
    (pair,) = judged(a_comparison(), same=True)
    assert (pair.derived, pair.found) == (True, None)


def test_what_is_only_like_a_reference_is_not_derived_and_has_its_reason() -> None:
    (pair,) = judged(a_comparison(bits=20, score=0.3))
    assert (pair.derived, pair.altered, pair.found) == (False, None, None)
    assert [reason.code for reason in pair.reasons] == ["LIKE_REFERENCE"]


def test_a_reference_that_lies_in_a_page_as_it_is_is_derived_and_accuses_nobody() -> None:
    within = [measured("reference_within", "0,0,600,800", "x,y,width,height in px")]
    other, page = judged(a_comparison(score=0.2), a_comparison("r2", more=within))
    assert (page.derived, page.altered, page.found) == (True, None, None)
    assert [reason.code for reason in page.reasons] == ["LIKE_REFERENCE"]
    assert likeliest([other, page]) == 1


def test_the_likeliest_source_is_derived_before_it_is_likely() -> None:
    assert likeliest(judged(a_comparison(), a_derived(score=0.7), a_derived(score=0.9))) == 2
    assert likeliest(judged(a_comparison(score=0.1), a_comparison(score=0.2))) == 1
    assert likeliest([]) is None


def test_a_photo_that_is_like_no_reference_is_cleared() -> None:
    found = a_verdict(a_comparison())
    assert (found.verdict, codes(found)) == ("CLEAR", [])


def test_reasons_of_all_references_and_of_the_photo_itself_come_strongest_first() -> None:
    found = a_verdict(a_comparison(bits=20, score=0.3), a_derived(), photo=[Reading(name="declared_ai", value=True)])
    assert found.verdict == "REVIEW"
    assert codes(found) == ["DERIVED_AND_ALTERED", "AI_LABEL", "LIKE_REFERENCE"]


def test_a_photo_without_a_reference_is_for_a_person() -> None:
    assert codes(a_verdict()) == ["NO_REFERENCE"]


def test_a_reference_that_cannot_be_read_keeps_a_machine_from_clearing() -> None:
    assert codes(a_verdict(a_comparison(), unread={"r1": causes.FILE_EMPTY})) == ["NOT_LOOKED"]


def test_no_lot_is_drawn() -> None:
    assert all(a_verdict(a_comparison()).verdict == "CLEAR" for _ in range(3))
