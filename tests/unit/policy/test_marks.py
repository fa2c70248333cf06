"""What people found out about photos: forged ones are reviewed whatever else, harmless resemblances do not count."""

import pytest

from schemas.records import RefundDecided
from streams.cases.photos.marks import ANY, PhotoMarks, pair_of
from tests.unit.policy.questions import a_sighting, codes, decided, text_of, with_photo

OWN = "sha256:" + "0" * 64
EARLIER = "sha256:" + "e" * 64
SEEN = a_sighting(sha256="e" * 64)
FORGED = PhotoMarks(forged=frozenset({SEEN.sighting_id}))


def judged(marks: PhotoMarks, *sightings: object) -> RefundDecided:
    return decided(with_photo(sightings=list(sightings)), marks=marks)


@pytest.mark.parametrize("name", [SEEN.sighting_id, EARLIER])
def test_a_photo_that_resembles_a_confirmed_forgery_is_reviewed_for_it(name: str) -> None:
    decision = judged(PhotoMarks(forged=frozenset({name})), SEEN)

    assert codes(decision) == ["KNOWN_FORGERY", "USED_BEFORE"]
    assert "confirmed as forged" in text_of(decision, "KNOWN_FORGERY").en


def test_the_very_file_of_a_confirmed_forgery_is_known_without_any_search() -> None:
    assert codes(judged(PhotoMarks(forged=frozenset({OWN})))) == ["KNOWN_FORGERY"]


@pytest.mark.parametrize("pair", [pair_of(OWN, EARLIER), pair_of(OWN), pair_of(EARLIER), pair_of(SEEN.sighting_id)])
def test_a_harmless_resemblance_does_not_count_as_used_before(pair: tuple[str, str]) -> None:
    assert codes(judged(PhotoMarks(), SEEN)) == ["USED_BEFORE"]
    assert judged(PhotoMarks(harmless={pair: "h-1"}), SEEN).verdict == "CLEAR"


@pytest.mark.parametrize("pair", [pair_of(OWN, "sha256:" + "f" * 64), pair_of("sha256:" + "f" * 64)])
def test_a_mark_on_other_photos_clears_nothing(pair: tuple[str, str]) -> None:
    assert codes(judged(PhotoMarks(harmless={pair: "h-1"}), SEEN)) == ["USED_BEFORE"]


def test_a_harmless_resemblance_clears_none_of_the_others() -> None:
    other = a_sighting(sighting_id="claim:rr-9:sha256:9:c1", request_id="rr-9", sha256="9" * 64)

    assert codes(judged(PhotoMarks(harmless={pair_of(OWN, EARLIER): "h-1"}), SEEN, other)) == ["USED_BEFORE"]


def test_a_mark_does_not_clear_a_confirmed_forgery() -> None:
    marks = PhotoMarks(forged=FORGED.forged, harmless={pair_of(OWN, EARLIER): "h-1"})

    assert codes(judged(marks, SEEN)) == ["KNOWN_FORGERY"]


@pytest.mark.parametrize(("confirmed", "expected"), [(True, ["USED_BEFORE"]), (False, []), (None, [])])
def test_a_far_photo_counts_as_used_before_only_when_features_confirm_it(
    *, confirmed: bool | None, expected: list[str]
) -> None:
    far = a_sighting(distance_bits=47, confirmed=confirmed)

    assert codes(decided(with_photo(sightings=[far]))) == expected


def test_a_pair_is_the_same_in_either_order_and_a_photo_stands_before_any() -> None:
    assert pair_of("b", "a") == pair_of("a", "b") == ("a", "b")
    assert pair_of("b") == pair_of(ANY, "b") == ("b", ANY)
