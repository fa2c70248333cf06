"""A claim is compared with its references: by what was kept of all, and by pixels where that is worth it."""

from collections.abc import Callable
from functools import partial

import pytest
from PIL import Image, ImageFilter, ImageOps

from schemas.records import Reading
from streams.errors import MediaUnreadable
from streams.evidence.comparing.comparison import MOST_COMPARED, PairResult, Photo, best, compare
from streams.evidence.files.colours import ColourImage
from streams.wording import causes
from tests.looks import developed, looked_at
from tests.photos import a_picture, cropped, jpeg
from tests.unit.evidence.altered import with_a_crack, with_a_stain

SHOT = a_picture()
BY_FEATURES = ["hash_distance_bits", "feature_inliers", "inlier_coverage", "similar_inliers", "derived_score"]
NEEDING_DETAIL = ["feature_inliers", "inlier_coverage", "derived_score"]


def a_photo(picture: Image.Image, quality: int = 85, seen: Callable[[], object] = lambda: None) -> Photo:
    file = jpeg(picture, quality)

    def pixels() -> ColourImage:
        seen()
        return developed(file)

    return Photo(looked_at(file).features, pixels)


def beside(claim: Image.Image, reference: Image.Image = SHOT) -> PairResult:
    (found,) = compare(a_photo(claim, 75), [a_photo(reference)])
    return found


def values(readings: tuple[Reading, ...]) -> dict[str, object]:
    return {reading.name: reading.value for reading in readings}


def unmeasured(readings: tuple[Reading, ...]) -> dict[str, str]:
    return {reading.name: reading.unmeasured for reading in readings if reading.unmeasured is not None}


@pytest.mark.parametrize(
    "claim",
    [
        cropped(SHOT, 0.3),
        ImageOps.mirror(SHOT),
        ImageOps.mirror(cropped(SHOT, 0.2)),
        SHOT.transpose(Image.Transpose.ROTATE_90),
        ImageOps.mirror(SHOT).transpose(Image.Transpose.ROTATE_90),
    ],
    ids=["cropped", "mirrored", "mirrored and cropped", "turned", "mirrored and turned"],
)
def test_a_photo_that_was_only_sent_around_is_derived_and_not_altered(claim: Image.Image) -> None:
    said = values(beside(claim).readings)
    assert float(str(said["derived_score"])) >= 0.5
    assert said["altered_regions"] == 0


def test_how_the_claim_was_turned_once_it_is_mirrored_back_is_said() -> None:
    said = values(beside(ImageOps.mirror(SHOT).transpose(Image.Transpose.ROTATE_270)).readings)
    assert (said["mirrored"], said["quarter_turns"]) == (True, 3)


@pytest.mark.parametrize("alter", [with_a_stain, with_a_crack])
def test_an_alteration_is_measured(alter: Callable[[Image.Image], tuple[Image.Image, object]]) -> None:
    said = values(beside(alter(SHOT)[0]).readings)
    assert float(str(said["derived_score"])) >= 0.5
    assert int(str(said["altered_regions"])) >= 1
    assert 0 < float(str(said["altered_fraction"])) < 0.1


def test_another_photo_is_settled_by_features_and_its_pixels_are_never_developed() -> None:
    seen: list[str] = []
    (found,) = compare(
        a_photo(a_picture(5), seen=lambda: seen.append("claim")),
        [a_photo(SHOT, seen=lambda: seen.append("reference"))],
    )
    assert [reading.name for reading in found.readings] == BY_FEATURES
    assert float(str(values(found.readings)["derived_score"])) < 0.05
    assert seen == []


def test_a_claim_is_developed_once_for_all_its_references() -> None:
    seen: list[str] = []
    compare(a_photo(SHOT, 70, lambda: seen.append("claim")), [a_photo(SHOT), a_photo(SHOT, 95)])
    assert seen == ["claim"]


def test_pixels_are_compared_with_the_likeliest_references_only_and_the_others_say_so() -> None:
    many = [a_photo(SHOT)] * (MOST_COMPARED + 2)
    found = compare(a_photo(SHOT, 70), [a_photo(a_picture(5)), *many])
    left = [unmeasured(one.readings) for one in found if unmeasured(one.readings)]
    assert left == [{"derived_score": f"pixels were compared with the {MOST_COMPARED} likeliest references only"}] * 2
    assert [reading.name for reading in found[0].readings] == BY_FEATURES


def test_a_plain_picture_cannot_be_compared_by_its_features() -> None:
    why = "one of the two photos shows too little detail to compare them by"
    plain = a_picture(2).filter(ImageFilter.GaussianBlur(25))
    assert unmeasured(beside(plain).readings) == dict.fromkeys(NEEDING_DETAIL, why)


def test_a_photo_compared_with_itself_is_alike() -> None:
    said = values(compare(a_photo(SHOT), [a_photo(SHOT)])[0].readings)
    assert (said["hash_distance_bits"], said["altered_regions"]) == (0, 0)


def test_damaged_features_are_no_comparison_and_the_others_are_made() -> None:
    damaged = Photo(b"RSF2", partial(developed, jpeg(SHOT)))
    found = compare(a_photo(SHOT), [damaged, a_photo(SHOT)])
    assert unmeasured(found[0].readings) == {"comparison": "the photos could not be compared"}
    assert unmeasured(found[1].readings) == {}


def test_a_photo_that_cannot_be_developed_leaves_the_score_unmeasured_and_says_why() -> None:
    def gone() -> ColourImage:
        raise MediaUnreadable(causes.own_copy_missing("blobs/1"))

    known = a_photo(SHOT)
    (found,) = compare(a_photo(SHOT), [Photo(known.features, gone)])
    assert unmeasured(found.readings) == {
        "derived_score": "our own copy of the photo is missing: blobs/1 in the evidence store"
    }


def test_the_likeliest_source_is_the_one_that_agrees_most() -> None:
    stained = a_photo(with_a_stain(SHOT)[0])
    assert best(compare(a_photo(SHOT, 75), [a_photo(a_picture(9)), stained, a_photo(SHOT)])) == 2
    assert best(compare(a_photo(SHOT, 75), [a_photo(a_picture(9))])) is None
    assert best([]) is None


def test_the_same_photos_give_the_same_readings_every_time() -> None:
    claim, references = a_photo(with_a_crack(SHOT)[0]), [a_photo(SHOT), a_photo(a_picture(4))]
    assert [one.readings for one in compare(claim, references)] == [one.readings for one in compare(claim, references)]


def test_the_stages_are_told_and_pixels_only_where_they_were_compared() -> None:
    laps: list[str] = []
    compare(a_photo(SHOT), [a_photo(a_picture(4)), a_photo(SHOT)], laps.append)
    assert laps == ["compare", "develop", "alignment", "difference", "copied", "regions"]
