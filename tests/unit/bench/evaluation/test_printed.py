"""Photos that are drawn as if taken: goods that were there, screens, and forgeries that only look so."""

import cv2
import numpy as np
import pytest

from schemas.records import Fingerprint
from streams.bench.evaluation import printed, screen_photos, warps
from streams.bench.evaluation.frames import framed
from streams.bench.evaluation.pixels import Pixels, drawn, opened
from streams.evidence.features import fingerprints
from tests.unit.bench.evaluation.photo_sets import photo


def a_mask(picture: Pixels) -> np.ndarray:
    mask = np.zeros(picture.shape[:2], np.bool_)
    mask[100:200, 120:220] = True
    return mask


def a_fingerprint(picture: Pixels) -> Fingerprint:
    return fingerprints.poses(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8))[0]


@pytest.mark.parametrize("kind", ["cover", "several"])
def test_goods_are_photographed_alike_for_one_chance_and_otherwise_for_another(kind: str) -> None:
    first, again, other = (printed.printed(kind, photo(4), photo(8), drawn(kind, seed)) for seed in (1, 1, 2))
    assert first.listing == again.listing
    assert np.array_equal(first.claim, again.claim)
    assert first.claim.shape != other.claim.shape or not np.array_equal(first.claim, other.claim)


@pytest.mark.parametrize("kind", printed.KINDS)
def test_a_photo_of_printed_goods_is_no_frame_of_the_listing(kind: str) -> None:
    goods = printed.printed(kind, photo(4), photo(8), drawn(kind))
    claim, listing = (a_fingerprint(each) for each in (goods.claim, opened(goods.listing)))
    assert fingerprints.distance_bits(claim, listing) > 60


@pytest.mark.parametrize("kind", screen_photos.SCREENS)
def test_a_screen_stands_in_the_dark(kind: str) -> None:
    seen = screen_photos.on_a_screen(kind, photo(4), drawn(kind))
    assert seen[:4].mean() < photo(4).mean() / 2


@pytest.mark.parametrize("kind", warps.KINDS)
def test_a_warped_forgery_keeps_its_frame_and_its_alteration_moves_along(kind: str) -> None:
    before = framed(photo(4), a_mask(photo(4)))
    after = warps.taken_anew(kind, before, photo(8), drawn(kind))
    assert after.size == before.size
    assert 0.2 < after.altered.sum() / before.altered.sum() < 4
    assert not np.array_equal(after.pixels, before.pixels)


def test_what_is_lit_anew_stays_in_its_place() -> None:
    after = warps.lit(photo(4), drawn(1))
    one, other = (cv2.Canny(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY), 60, 120) > 0 for each in (photo(4), after))
    assert (one & cv2.dilate(other.astype(np.uint8), np.ones((3, 3))).astype(bool)).sum() > 0.6 * one.sum()
