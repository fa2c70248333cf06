"""An animated picture is looked at like a short video: of each scene one still."""

import pytest

from streams.evidence.comparing import stills
from streams.evidence.comparing.stills import Still
from streams.evidence.files import animations
from streams.evidence.files.colours import develop
from streams.evidence.files.limits import Limits
from streams.evidence.looking import kept_stills, videos
from streams.evidence.looking.examination import Examination
from streams.evidence.looking.looking import look
from tests.photos import a_gif_of, a_picture, jpeg, saved, stained
from tests.videos import animated

LIMITS = Limits(30_000_000, 10_000_000)
SCENES = [a_picture(seed, 320, 240) for seed in (1, 2, 3)]


def values(found: Examination) -> dict[str, object]:
    return {reading.name: reading.value for reading in found.readings}


def unseen(found: Examination) -> list[str]:
    return [reading.unmeasured for reading in found.readings if reading.unmeasured is not None]


def looks(file: bytes) -> list[Still]:
    found = look(file, LIMITS)
    kept = {
        one.sha256: picture for one, picture in zip(kept_stills.unpack(found.features), found.pictures, strict=True)
    }
    return stills.looks(found.features, lambda still: develop(kept[still] if still else file, LIMITS))


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG", "AVIF"])
def test_all_scenes_of_an_animated_picture_are_looked_at(format_: str) -> None:
    found = look(animated(SCENES, format_), LIMITS)
    expected = {"width_px": 320, "height_px": 240, "format": format_, "video_s": 3.0, "video_stills": 3}
    assert expected.items() <= values(found).items()
    assert values(found)["declared_ai"] is False
    assert unseen(found) == []
    assert [one.at_ms for one in kept_stills.unpack(found.features)] == [0, 1000, 2000]


def test_a_forged_frame_behind_a_sound_one_is_found() -> None:
    listing = a_picture(7, 640, 480)
    forged = animated([a_picture(8, 640, 480), stained(listing, 0.04)], "WEBP")
    (beside,) = stills.compare(looks(forged), [looks(jpeg(listing))])
    assert beside.found is not None
    assert (beside.found.worth_locating, beside.found.altered) == (True, True)
    assert {one.name: one.value for one in beside.readings}["claim_second"] == 1.0


def test_frames_that_flow_are_looked_at_four_times_a_second() -> None:
    found = look(animated(SCENES * 8, "WEBP", seconds_each=0.05), LIMITS)
    assert values(found)["video_s"] == 1.2
    assert values(found)["video_stills"] == 4


def test_an_animation_that_goes_on_and_on_says_how_much_of_it_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "MOST_FRAMES", 2)
    assert unseen(look(animated(SCENES, "WEBP"), LIMITS)) == ["only the first 1 s of the video were looked at"]


def test_an_animation_of_more_pixels_than_are_decoded_is_not_looked_at_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(animations, "MOST_PIXELS", 2 * 320 * 240)
    assert unseen(look(animated(SCENES, "PNG"), LIMITS)) == ["the video does not say how long it is"]


def test_a_thousand_frames_of_one_pixel_are_one_still() -> None:
    found = look(a_gif_of(1_000), LIMITS)
    assert values(found)["video_stills"] == 1


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG", "AVIF"])
def test_a_picture_of_one_frame_stays_a_photo(format_: str) -> None:
    assert kept_stills.unpack(look(saved(SCENES[0], format_), LIMITS).features) == []
