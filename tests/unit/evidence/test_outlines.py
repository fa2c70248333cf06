"""Circles and straight sides are drawn by programs; cracks, stains and spots painted by hand are not."""

import cv2
import numpy as np
import pytest

from streams.evidence.comparing.outlines import Spot, _threes, is_drawn, is_flat_alone, is_notched, spot_of

HEIGHT, WIDTH = 400, 600


def area(*shapes: np.ndarray) -> np.ndarray:
    return np.asarray(np.any([each > 0 for each in shapes], axis=0), bool)


def disc(x: int, y: int, radius: int) -> np.ndarray:
    return cv2.circle(np.zeros((HEIGHT, WIDTH), np.uint8), (x, y), radius, 1, cv2.FILLED)


def box(left: int, top: int, right: int, below: int) -> np.ndarray:
    there = np.zeros((HEIGHT, WIDTH), np.uint8)
    there[top:below, left:right] = 1
    return there


def with_a_stroke_across(shape: np.ndarray) -> np.ndarray:
    return cv2.line(shape.copy(), (120, 300), (420, 260), 1, 14)


def spot(seed: int, ragged: float) -> np.ndarray:
    """A spot as a hand paints it, of a radius that goes in and out."""
    chance, turns = np.random.default_rng(seed), np.linspace(0, 2 * np.pi, 72, endpoint=False)
    waves = sum(chance.normal(0, 1 / n) * np.cos(n * turns + chance.uniform(0, 6)) for n in range(2, 9))
    radius = 80 * (1 + ragged * waves)
    rim = np.column_stack([300 + radius * np.cos(turns), 200 + radius * np.sin(turns)]).round().astype(np.int32)
    return cv2.fillPoly(np.zeros((HEIGHT, WIDTH), np.uint8), [rim], 1)


def crack(seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    at, towards, there = np.array([120.0, 200.0]), chance.uniform(-0.6, 0.6), np.zeros((HEIGHT, WIDTH), np.uint8)
    for _ in range(28):
        towards += chance.normal(0, 0.3)
        step = at + 12 * np.array([np.cos(towards), np.sin(towards)])
        cv2.line(there, at.astype(int).tolist(), step.astype(int).tolist(), 1, 4)
        at = step
    return there


@pytest.mark.parametrize(
    "drawn",
    [
        area(disc(200, 200, 70)),
        area(box(100, 100, 300, 200)),
        area(box(100, 100, 300, 220), box(250, 150, 420, 300)),
        area(box(100, 60, 400, 340)) & ~area(disc(250, 200, 90)),
        area(with_a_stroke_across(disc(250, 230, 90))),
    ],
    ids=["round", "straight", "two that overlap", "around a disc", "round, with a stroke across"],
)
def test_what_a_program_lays_over_a_picture_has_an_outline(drawn: np.ndarray) -> None:
    assert is_drawn(spot_of(drawn))


@pytest.mark.parametrize("seed", range(8))
def test_a_painted_spot_and_a_crack_have_none(seed: int) -> None:
    assert not is_drawn(spot_of(area(spot(seed, 0.25))))
    assert not is_drawn(spot_of(area(crack(seed))))


def test_what_stands_on_something_flat_is_flat_alone() -> None:
    slanting = np.array([[140, 300], [170, 200], [400, 200], [430, 300]], np.int32)
    assert is_flat_alone(spot_of(area(cv2.fillPoly(np.zeros((HEIGHT, WIDTH), np.uint8), [slanting], 1))))


@pytest.mark.parametrize(
    "laid",
    [
        area(disc(300, 200, 80)),
        area(box(100, 100, 300, 220)),
        area(box(0, 100, 300, 140)),
        area(box(100, 100, 300, 220), box(250, 180, 420, 320)),
        area(box(290, 0, 310, HEIGHT), disc(300, 200, 40)),
    ],
)
def test_what_a_program_lays_over_a_picture_is_not(laid: np.ndarray) -> None:
    assert not is_flat_alone(spot_of(laid))


def test_an_oval_is_not_round() -> None:
    oval = cv2.ellipse(np.zeros((HEIGHT, WIDTH), np.uint8), (300, 200), (90, 60), 20, 0, 360, 1, cv2.FILLED)
    assert not is_drawn(spot_of(area(oval)))


def test_nothing_and_everything_have_no_outline() -> None:
    assert not is_drawn(spot_of(np.zeros((HEIGHT, WIDTH), bool)))
    assert not is_drawn(spot_of(np.ones((HEIGHT, WIDTH), bool)))


@pytest.mark.parametrize("count", [12, 13, 57, 400, 10_001])
def test_three_places_are_drawn_as_a_generator_chooses_them(count: int) -> None:
    chance = np.random.default_rng(count)
    wanted = [chance.choice(count, 3, replace=False) for _ in range(60)]
    assert np.array_equal(_threes(count), wanted)


def test_an_outline_is_the_same_wherever_its_box_lies() -> None:
    disc = cv2.circle(np.zeros((HEIGHT, WIDTH), np.uint8), (WIDTH // 2, HEIGHT // 2), 30, 1, cv2.FILLED) > 0
    boxed = spot_of(disc)
    assert boxed.area.shape == (61, 61)
    assert is_drawn(boxed)
    assert is_drawn(Spot(disc, 0, 0, disc.shape[:2]))


@pytest.mark.parametrize("seed", range(4))
def test_a_ragged_bite_is_told_from_a_straight_and_from_a_round_one(seed: int) -> None:
    whole = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.rectangle(whole, (20, 20), (WIDTH - 21, HEIGHT - 21), 1, cv2.FILLED)
    corner, circle = whole.copy(), whole.copy()
    corner[HEIGHT - 90 :, WIDTH - 110 :] = 0
    cv2.circle(circle, (WIDTH - 21, HEIGHT // 2), 50, 0, cv2.FILLED)
    for drawn in (whole, corner, circle):
        assert not is_notched(spot_of(drawn > 0), 12)
    ragged = whole.copy()
    turns = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    reach = 55 * (1 + 0.4 * np.random.default_rng(seed).normal(size=30).clip(-1, 1))
    outline = np.array([WIDTH - 30, HEIGHT / 2]) + reach[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    cv2.fillPoly(ragged, [outline.astype(np.int32)], 0)
    assert is_notched(spot_of(ragged > 0), 12)
