"""One look gives readings, a fingerprint and features."""

from PIL import Image

from schemas.records import Reading
from streams.evidence.files.limits import Limits
from streams.evidence.looking.examination import examine
from streams.wording import causes
from tests.builders import unmeasured
from tests.photos import a_picture, a_png_with_a_text_bomb, jpeg, saved

LIMITS = Limits(30_000_000, 100_000_000)


def values(readings: tuple[Reading, ...]) -> dict[str, object]:
    return {reading.name: reading.value for reading in readings}


def test_a_look_says_what_the_file_is() -> None:
    found = examine(jpeg(a_picture(width=1_200, height=900)), LIMITS)
    seen = values(found.readings)
    assert {"width_px": 1_200, "height_px": 900, "format": "JPEG"}.items() <= seen.items()
    assert seen["feature_count"] == 500


def test_an_animation_was_not_looked_at_whole_and_says_so() -> None:
    found = examine(saved(a_picture(1), "GIF", save_all=True, append_images=[a_picture(2)]), LIMITS)
    (frames,) = [reading for reading in found.readings if reading.name == "frames"]
    assert frames == unmeasured("frames", causes.only_first_frame(2))


def test_a_cameras_two_views_of_one_scene_are_one_photo() -> None:
    found = examine(saved(a_picture(1), "MPO", save_all=True, append_images=[a_picture(2)]), LIMITS)
    assert [reading.name for reading in found.readings if reading.unmeasured] == []


def test_of_a_sound_picture_with_more_metadata_than_is_read_the_metadata_alone_is_unmeasured() -> None:
    found = examine(a_png_with_a_text_bomb(), LIMITS)
    assert [reading for reading in found.readings if reading.unmeasured] == [
        unmeasured("provenance", causes.METADATA_TOO_LONG)
    ]


def test_a_plain_picture_was_looked_at_and_has_no_features() -> None:
    assert values(examine(jpeg(Image.new("RGB", (500, 400), "white")), LIMITS).readings)["feature_count"] == 0


def test_the_stages_of_a_look_are_told_in_their_order() -> None:
    laps: list[str] = []
    examine(jpeg(), LIMITS, laps.append)
    assert laps == ["decode", "visible_label", "provenance", "hash", "features", "clarity"]
