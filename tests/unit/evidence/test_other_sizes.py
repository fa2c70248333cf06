"""A part of the listing that was enlarged, and a listing laid small into another photo, are found and accused."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageOps

from streams.evidence.features import key_points
from streams.evidence.features.features import Features, detect
from streams.evidence.features.fingerprints import poses
from streams.evidence.features.other_sizes import at_other_size
from streams.evidence.features.prefilter import likeness
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_crack, with_a_patch
from tests.unit.evidence.compared import ACCUSING, reasons, told_among_others

LIMITS = Limits(30_000_000, 100_000_000)
LARGE = a_picture(1, 1_600, 1_200)


def of(picture: Image.Image, quality: int = 80, *, as_reference: bool = False) -> Features:
    grey = decode(jpeg(picture, quality), LIMITS).grey
    return detect(grey, poses(grey), mirrored=not as_reference)


def enlarged(listing: Image.Image, share: float, at: tuple[float, float]) -> Image.Image:
    """The part of a listing that begins ``at`` shares of its sides, as large as the whole."""
    width, height = listing.size
    left, top = round(at[0] * width), round(at[1] * height)
    part = listing.crop((left, top, left + round(share * width), top + round(share * height)))
    return part.resize((900, 675), Image.Resampling.LANCZOS)


def laid_small(listing: Image.Image, share: float, seed: int = 41) -> Image.Image:
    """A listing in a photo of something else, of whose width it takes a share."""
    around = a_picture(seed, 1_200, 900)
    around.paste(listing.resize((round(1_200 * share), round(900 * share)), Image.Resampling.LANCZOS), (500, 300))
    return around


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("at", [(0.1, 0.1), (0.55, 0.5)])
def test_a_part_that_was_enlarged_is_found_and_where(at: tuple[float, float], mirrored: bool) -> None:  # noqa: FBT001 - a case
    part = enlarged(LARGE, 0.36, at)
    found = at_other_size(of(ImageOps.mirror(part) if mirrored else part, 65), of(LARGE))
    assert found is not None
    assert found.inliers >= 8
    assert found.mirrored is mirrored
    middle = found.matrix @ np.array([0.5, 0.5, 1.0])
    assert np.allclose(middle[:2] / middle[2], np.add(at, 0.18), atol=0.02)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("at", [(0.1, 0.1), (0.45, 0.4)])
def test_a_quarter_of_the_sides_is_found_by_the_dense_features_of_a_reference(
    at: tuple[float, float],
    mirrored: bool,  # noqa: FBT001 - a case
) -> None:
    part = enlarged(LARGE, 0.25, at)
    claim, reference = of(ImageOps.mirror(part) if mirrored else part, 65), of(LARGE, as_reference=True)
    found = at_other_size(claim, reference)
    assert found is not None
    assert found.mirrored is mirrored
    middle = found.matrix @ np.array([0.5, 0.5, 1.0])
    assert np.allclose(middle[:2] / middle[2], np.add(at, 0.125), atol=0.02)
    without = at_other_size(claim, replace(reference, dense=key_points.NOTHING))
    assert without is None or found.inliers > without.inliers


@pytest.mark.parametrize("share", [0.36, 0.48])
def test_a_listing_that_lies_small_in_another_photo_is_found_and_where(share: float) -> None:
    found = at_other_size(of(laid_small(LARGE, share), 65), of(LARGE))
    assert found is not None
    assert found.inliers >= 8
    middle = found.matrix @ np.array([500 / 1_200 + share / 2, 300 / 900 + share / 2, 1.0])
    assert np.allclose(middle[:2] / middle[2], 0.5, atol=0.02)


def test_damage_is_accused_that_is_sent_enlarged() -> None:
    forged, _ = with_a_crack(LARGE)
    assert reasons(jpeg(enlarged(forged, 0.3, (0.34, 0.34)), 75), LARGE) & ACCUSING


def test_damage_is_told_in_a_listing_that_lies_small_in_another_photo() -> None:
    forged, _ = with_a_patch(LARGE)
    assert told_among_others(jpeg(laid_small(forged, 0.36), 75), LARGE)


def test_unrelated_photos_agree_on_little_at_other_sizes() -> None:
    features = [of(a_picture(seed)) for seed in range(5)]
    pairs = [(one, other) for one in features for other in features if one is not other]
    assert max(likeness(one, other).at_other_size for one, other in pairs) < 6


def test_photos_that_were_kept_before_there_were_coarse_features_agree_on_nothing() -> None:
    claim = of(enlarged(LARGE, 0.36, (0.1, 0.1)))
    assert (
        at_other_size(replace(claim, coarse=key_points.NOTHING), replace(of(LARGE), coarse=key_points.NOTHING)) is None
    )
