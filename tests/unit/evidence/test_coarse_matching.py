"""Coarse features find goods again in a scene that is not theirs, and agree on little else."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from streams.evidence.features.coarse_matching import of_negative, similar
from streams.evidence.features.features import Features, detect
from streams.evidence.features.fingerprints import poses
from streams.evidence.features.prefilter import Prefilter, likeness
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from tests.photos import a_picture, jpeg

LIMITS = Limits(30_000_000, 100_000_000)
SEEDS = range(6)


def of(picture: Image.Image, quality: int = 80) -> Features:
    grey = decode(jpeg(picture, quality), LIMITS).grey
    return detect(grey, poses(grey))


def in_a_scene(
    seed: int, scene: int, size: tuple[int, int] = (300, 225), at: tuple[int, int] = (260, 190)
) -> Image.Image:
    """Goods of one seed, in a scene of another."""
    around = a_picture(scene, 800, 600)
    around.paste(a_picture(seed, 800, 600).resize(size, Image.Resampling.LANCZOS), at)
    return around


def inliers(claim: Features, reference: Features, *, mirrored: bool = False) -> int:
    found = similar(claim, reference, mirrored=mirrored)
    return 0 if found is None else found.inliers


@pytest.mark.parametrize("seed", SEEDS)
def test_goods_are_found_again_in_another_scene_and_where(seed: int) -> None:
    claim, reference = in_a_scene(seed, 50 + seed), in_a_scene(seed, 70 + seed, (420, 315), (100, 100))
    found = similar(of(claim), of(reference))
    assert found is not None
    assert found.inliers >= 28
    middle = found.matrix @ np.array([410 / 800, 302.5 / 600, 1.0])
    assert np.allclose(middle[:2] / middle[2], [310 / 800, 257.5 / 600], atol=0.01)
    assert likeness(of(claim), of(reference)).worth_comparing


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mirrored_photo_finds_them_too(seed: int) -> None:
    claim, reference = ImageOps.mirror(in_a_scene(seed, 50 + seed, (480, 360))), in_a_scene(seed, 70 + seed, (420, 315))
    assert inliers(of(claim), of(reference), mirrored=True) >= 12
    assert inliers(of(claim), of(reference)) < 12


def test_unrelated_photos_agree_on_little() -> None:
    features = [of(a_picture(seed)) for seed in SEEDS]
    pairs = [(one, other) for one in features for other in features if one is not other]
    assert max(inliers(one, other, mirrored=over) for one, other in pairs for over in (False, True)) < 12


def a_grid(step: int) -> Image.Image:
    rows, columns = np.mgrid[:600, :800]
    return Image.fromarray(((((rows // step) + (columns // step)) % 2) * 180 + 40).astype(np.uint8)).convert("RGB")


@pytest.mark.parametrize("step", [9, 16, 25, 40])
def test_a_grid_that_repeats_has_no_more_features_than_any_photo_and_matches_nothing(step: int) -> None:
    grid = of(a_grid(step))
    assert len(grid.coarse.points) <= 800
    for other in (of(a_picture()), of(a_grid(step + 3)), of(a_grid(2 * step))):
        assert inliers(grid, other) < 28


def test_noise_that_has_corners_everywhere_has_no_more_features_and_matches_nothing() -> None:
    noise = [
        of(Image.fromarray(np.random.default_rng(seed).integers(0, 256, (600, 800, 3), dtype=np.uint8)))
        for seed in (1, 2)
    ]
    assert [len(one.coarse.points) for one in noise] == [800, 800]
    assert inliers(*noise) < 12


@pytest.mark.parametrize("picture", [Image.new("RGB", (400, 300), "white"), Image.new("RGB", (1, 1))])
def test_a_plain_picture_agrees_with_nothing(picture: Image.Image) -> None:
    assert similar(of(picture), of(a_picture())) is None
    assert similar(of(a_picture()), of(picture), mirrored=True) is None


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_part_of_a_negative_is_told_and_the_picture_itself_and_others_are_none(
    seed: int,
    mirrored: bool,  # noqa: FBT001 - a case
) -> None:
    listing = a_picture(seed, 800, 600)
    part = ImageOps.invert(listing.crop((150, 60, 780, 560)))
    claim = of(ImageOps.mirror(part) if mirrored else part, 70)
    assert of_negative(claim, of(listing)) >= 16
    assert likeness(claim, of(listing)).negative
    for other in (of(a_picture(seed + 1, 800, 600)), of(ImageOps.invert(listing))):
        assert not likeness(claim, other).negative
    assert of_negative(of(listing.crop((150, 60, 780, 560))), of(listing)) < 8


def test_many_matches_are_worth_pixels_however_little_they_cover() -> None:
    """Goods that lie small in a long screenshot."""
    small, few = (Prefilter(120, 110, (), inliers, 0.004) for inliers in (25, 24))
    assert small.worth_comparing
    assert not few.worth_comparing
