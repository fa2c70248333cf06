"""Scenes: as many as may be kept, each by its sharpest frame, and no two frames of one that look unlike."""

import itertools
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.evidence.features import fingerprints
from streams.evidence.files.colours import Colour
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from streams.evidence.looking import scenes
from streams.evidence.looking.kept_stills import MOST_STILLS
from tests.photos import a_picture

DRAWN: list[Colour] = [np.asarray(a_picture(seed, 160, 120))[..., ::-1].copy() for seed in range(40)]


def film(shown: Iterator[Colour] | list[Colour]) -> Iterator[tuple[float, Colour]]:
    return ((float(second), pixels) for second, pixels in enumerate(shown))


def test_a_camera_that_stands_still_shows_one_scene() -> None:
    chance = np.random.default_rng(1)
    grain = (chance.integers(0, 6, DRAWN[0].shape, dtype=np.uint8) for _ in range(20))
    noisy: list[Colour] = [np.asarray(cv2.add(DRAWN[0], one), np.uint8) for one in grain]
    assert len(scenes.seen(film(noisy), 100).scenes) == 1


def test_of_more_scenes_than_may_be_kept_some_are_left_out_and_that_is_said() -> None:
    seen = scenes.seen(film(DRAWN), 100)
    assert len(seen.scenes) == MOST_STILLS
    assert seen.left_out
    assert not scenes.seen(film(DRAWN[:MOST_STILLS]), 100).left_out


def test_of_a_long_pan_as_many_stills_are_kept_as_show_all_of_it() -> None:
    wide = np.hstack([np.asarray(a_picture(seed, 640, 480)) for seed in range(5)])[..., ::-1].copy()
    frames = [wide[:, at : at + 640].copy() for at in range(0, 2560, 40)]
    seen = scenes.seen(film(frames), 100)
    assert len(seen.scenes) == MOST_STILLS
    assert not seen.left_out
    gaps = np.diff([0, *(scene.at_ms for scene in seen.scenes), 63_000])
    assert gaps.max() <= 10_000


def test_a_camera_that_comes_back_to_what_it_has_shown_shows_no_more_scenes() -> None:
    wide = np.asarray(a_picture(5, 1600, 480))[..., ::-1].copy()
    there = [wide[:, at : at + 640].copy() for at in range(0, 960, 60)]
    assert not scenes.seen(film([*there, *reversed(there)] * 2), 100).left_out


def test_frames_that_are_blurred_beyond_use_take_no_place() -> None:
    large: list[Colour] = [np.asarray(cv2.resize(one, (320, 240)), np.uint8) for one in DRAWN]
    blurred: list[Colour] = [np.asarray(cv2.GaussianBlur(one, (0, 0), 13), np.uint8) for one in large[:20]]
    sharp = large[20:]
    seen = scenes.seen(film([*sharp[:10], *blurred, *sharp[10:]]), 100)
    assert not seen.left_out
    assert len([scene for scene in seen.scenes if scene.sharpness >= scenes.LEAST_SHARPNESS]) == 20


def test_only_so_many_frames_are_taken() -> None:
    endless = film(DRAWN[number % 2] for number in itertools.count())
    assert scenes.seen(endless, 5).times_s == (0.0, 1.0, 2.0, 3.0, 4.0)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 11), min_size=1, max_size=60))
def test_each_frame_is_as_near_to_its_scene_as_that_reaches_and_stills_come_in_order(shown: list[int]) -> None:
    seen = scenes.seen(film([DRAWN[number] for number in shown]), 100)
    times = [scene.at_ms for scene in seen.scenes]
    assert times == sorted(set(times))
    assert len(seen.scenes) <= MOST_STILLS
    if len(seen.scenes) == MOST_STILLS:
        return
    firsts = [scene.first for scene in seen.scenes]
    for pixels in {number: DRAWN[number] for number in shown}.values():
        packed = cv2.imencode(".png", pixels)[1].tobytes()
        own = fingerprints.poses(decode(packed, Limits(10**7, 10**7)).grey)[0]
        assert min(fingerprints.distance_bits(own, first) for first in firsts) <= scenes.ALIKE_BITS


@pytest.mark.parametrize("size", [(64, 48), (3840, 2160)])
def test_a_still_has_no_more_pixels_than_people_need(size: tuple[int, int]) -> None:
    (scene,) = scenes.seen(film([np.full((size[1], size[0], 3), 128, np.uint8)]), 1).scenes
    shown = decode(scene.picture, Limits(10**8, 10**8))
    assert shown.width * shown.height <= scenes.STILL_PIXELS
    assert shown.width <= size[0]
