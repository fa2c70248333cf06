import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.evidence.files.colours import Colour
from streams.evidence.pixels.photometric_model import tone_table
from tests.photos import a_picture

SCENE: Colour = np.asarray(a_picture(seed=5))
EVERYWHERE = np.full(SCENE.shape[:2], 255, np.uint8)


def off(table: Colour, wanted: Colour) -> float:
    """Levels by which the scene with these tones is off, of most pixels."""
    toned = np.stack([table[SCENE[..., channel], channel] for channel in range(3)], axis=2)
    return float(np.quantile(np.abs(toned.astype(int) - wanted), 0.9))


@given(gain=st.floats(0.85, 1.15), warmth=st.floats(-0.08, 0.08))
@settings(max_examples=12, deadline=None)
def test_brightness_and_warmth_are_tones(gain: float, warmth: float) -> None:
    after = (SCENE * (gain * np.array([1 + warmth, 1.0, 1 - warmth]))).round().clip(0, 255).astype(np.uint8)
    assert off(tone_table(SCENE, after, EVERYWHERE), after) <= 6


def goods(colour: tuple[int, int, int]) -> Colour:
    """Cloth with folds that fills most of the frame, beside skin and white."""
    folds = np.random.default_rng(2).normal(1, 0.12, (60, 80, 1)).repeat(10, axis=0).repeat(10, axis=1)
    pixels = np.full((600, 800, 3), 255, np.float64)
    pixels[:, 100:700] = (np.array(colour) * folds)[:, 100:700]
    pixels[:60, 300:500] = (190, 140, 110)
    return pixels.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("dye", [(30, 30, 190), (170, 20, 30)])
def test_goods_that_were_dyed_do_not_dye_the_tones(dye: tuple[int, int, int]) -> None:
    table = tone_table(goods((30, 30, 30)), goods(dye), EVERYWHERE).astype(int)
    assert np.ptp(table, axis=1).max() < 80
