"""How a claim lies in its reference, where more than one view is suggested."""

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from streams.evidence.features.matching import MIRROR, Projection
from streams.evidence.pixels.alignment import Alignment, align
from tests.drawn import each
from tests.looks import developed
from tests.photos import a_picture, jpeg

AS_IT_IS = Projection(np.eye(3), mirrored=False, inliers=20, coverage=0.2)
MIRRORED = Projection(MIRROR, mirrored=True, inliers=60, coverage=0.2)
LEFT, RIGHT = 0.25, 0.75


def grain(seed: int) -> npt.NDArray[np.uint8]:
    """Fine texture under soft light from above: seen small it is the same mirrored."""
    dots = np.random.default_rng(seed).normal(0, 90, (600, 800))
    light = np.linspace(90, 190, 600)[:, None]
    return np.asarray((cv2.GaussianBlur(dots, (0, 0), 1.2) + light).clip(0, 255), np.uint8)


def with_a_spot(on: npt.NDArray[np.uint8], at: float, shows: npt.NDArray[np.uint8] | int) -> npt.NDArray[np.uint8]:
    rows, columns = np.mgrid[:600, :800]
    return np.where(np.hypot(columns - at * 800, rows - 300) < 140, shows, on).astype(np.uint8)


def aligned(claim: Image.Image, reference: Image.Image, *suggested: Projection) -> Alignment:
    found = align(suggested, developed(jpeg(claim, 85)), developed(jpeg(reference, 92)))
    assert found is not None
    return found


@each(4, seed=(1, 10_000))
def test_a_view_in_which_corners_agree_comes_before_one_that_only_looks_alike_seen_small(seed: int) -> None:
    """Goods with a dark part on the left are sent mirrored: that part was removed, and the stain lies on the left."""
    goods = with_a_spot(grain(seed), LEFT, 20)
    forged = with_a_spot(with_a_spot(np.ascontiguousarray(goods[:, ::-1]), RIGHT, grain(seed + 1)), LEFT, 20)
    claim, listing = (Image.fromarray(np.dstack([one] * 3)) for one in (forged, goods))
    found = aligned(claim, listing, AS_IT_IS, MIRRORED)
    assert (found.mirrored, found.inliers) == (True, 60)
    assert found.corners > 0.5 * found.tracked


def test_what_correlates_best_stays_where_no_other_view_has_more_corners() -> None:
    listing = a_picture(3)
    found = aligned(ImageOps.mirror(listing), listing, AS_IT_IS, MIRRORED)
    assert found.mirrored
    unrelated = aligned(a_picture(4), listing, AS_IT_IS, MIRRORED)
    assert unrelated.corners < 0.5 * unrelated.tracked
