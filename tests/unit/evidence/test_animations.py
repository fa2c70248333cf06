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


def times(file: bytes) -> list[float]:
    with animations.opened(file, LIMITS) as clip:
        return [round(at_s, 2) for at_s, _ in clip.frames]


def a_flow(format_: str, count: int) -> bytes:
    """A view that moves on by a pixel, each for 50 milliseconds."""
    wide = a_picture(4, 400, 240)
    return animated([wide.crop((at, 0, at + 320, 240)) for at in range(count)], format_, seconds_each=0.05)


def test_frames_that_flow_are_looked_at_four_times_a_second_and_at_their_end() -> None:
    assert times(a_flow("WEBP", 24)) == [0, 0.25, 0.5, 0.75, 1.0, 1.15]


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("milliseconds", [0, 10, 20, 80])
def test_a_frame_that_is_shown_for_a_moment_is_looked_at_where_it_looks_new(
    format_: str, place: int, milliseconds: int
) -> None:
    shown = [SCENES[0], SCENES[0].rotate(1), SCENES[0].rotate(2)]
    shown[place] = SCENES[1]
    found = looks(animated(shown, format_, seconds_each=milliseconds / 1000))
    (beside, *_) = stills.compare(found, [looks(jpeg(SCENES[1]))])
    assert beside.found is not None
    assert beside.found.worth_locating


def test_the_last_frame_is_looked_at_however_short_it_is_and_whatever_it_looks_like() -> None:
    cracked = stained(SCENES[0], 0.004)
    assert times(animated([SCENES[0], SCENES[0].rotate(1), cracked], "PNG", seconds_each=0.02)) == [0, 0.04]


def test_what_says_to_be_shown_for_next_to_nothing_is_shown_for_a_tenth_of_a_second() -> None:
    assert times(animated([*SCENES[:1] * 1, *(SCENES[0].rotate(at) for at in range(1, 9))], "GIF", 0.01)) == [
        0, 0.3, 0.6, 0.8,
    ]  # fmt: skip


def test_a_flow_in_which_all_looks_new_costs_only_so_many_frames_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animations, "MOST_SHORT", 2)
    assert times(animated([*SCENES, a_picture(4, 320, 240)] * 2, "PNG", 0.05)) == [0, 0.05, 0.1, 0.35]


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
