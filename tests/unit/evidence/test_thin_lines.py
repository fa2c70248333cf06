"""Cracks in the claim's own pixels, drawn on a photo that is larger than what is compared."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image

from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.thin_lines import whole_mask
from tests.looks import LIMITS, compare_files
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import Altered, Mask, overlap, with_a_stain

SHOT = a_picture(seed=3, width=1600, height=1200)
REFERENCE = jpeg(SHOT, quality=92)


def with_a_hair(picture: Image.Image) -> Altered:
    """A dark line with two branches, one pixel wide, and where it was drawn."""
    pixels, line = np.asarray(picture).copy(), np.zeros((picture.height, picture.width), np.uint8)
    stem = np.array([[0.3, 0.3], [0.34, 0.37], [0.42, 0.4], [0.47, 0.5], [0.55, 0.53], [0.62, 0.64], [0.7, 0.66]])
    for branch in (stem, stem[2:4] @ np.array([[1, 0.1], [-0.1, 1]]), stem[4:6] @ np.array([[1, -0.1], [0.1, 1]])):
        places = (branch * (picture.width, picture.height)).astype(np.int32)
        cv2.polylines(line, [places], isClosed=False, color=255, thickness=1)
    dark = np.where(pixels.mean(axis=2, keepdims=True) < 70, 225, 20)
    return Image.fromarray(np.where(line[..., None] > 0, dark, pixels).astype(np.uint8)), line > 0


def untouched(picture: Image.Image) -> Altered:
    return picture, np.zeros((picture.height, picture.width), np.bool_)


@cache
def pair(kind: str) -> tuple[PairResult, tuple[bytes, bytes], Mask]:
    """A claim beside its reference, compared; their files, and what was drawn."""
    picture, mask = {"hair": with_a_hair, "stain": with_a_stain, "nothing": untouched}[kind](SHOT)
    claim = jpeg(picture, quality=85)
    (beside,) = compare_files(claim, REFERENCE)
    return beside, (claim, REFERENCE), mask


def first_look(beside: PairResult) -> Mask:
    assert beside.found is not None
    found = beside.found.whole_mask()
    assert found is not None
    return found


def test_a_hair_is_traced_in_the_claim_s_own_pixels() -> None:
    beside, files, drawn = pair("hair")
    traced, before = whole_mask(beside, files, LIMITS), first_look(beside)
    assert traced is not None
    assert traced.shape == drawn.shape
    assert overlap(traced, drawn) > max(0.5, overlap(before, drawn) + 0.1)


def test_a_line_goes_on_where_the_first_look_lost_it() -> None:
    beside, files, drawn = pair("hair")
    found = beside.found
    assert found is not None
    assert found.mask is not None
    cut = found.mask.copy()
    cut[:, round(0.48 * cut.shape[1]) : round(0.5 * cut.shape[1])] = False
    gap = np.s_[:, round(0.48 * 1600) : round(0.5 * 1600)]
    traced = whole_mask(replace(beside, found=replace(found, mask=cut)), files, LIMITS)
    assert traced is not None
    assert (traced & drawn)[gap].sum() > 0.5 * drawn[gap].sum()


def half_dark(picture: Image.Image) -> Image.Image:
    """The picture, light on the left and dark on the right."""
    pixels = np.asarray(picture).astype(np.float64)
    half = picture.width // 2
    return Image.fromarray(np.hstack([pixels[:, :half] * 0.3 + 175, pixels[:, half:] * 0.2]).astype(np.uint8))


def traced_from_the_left(shot: Image.Image, line: Mask, tone: int) -> Mask:
    """What is traced of a line, of which the first look found only what lies left of the middle."""
    drawn = np.where(line[..., None], np.uint8(tone), np.asarray(shot))
    files = jpeg(Image.fromarray(drawn), quality=88), jpeg(shot, quality=92)
    (beside,) = compare_files(*files)
    assert beside.found is not None
    assert beside.found.mask is not None
    left = beside.found.mask.copy()
    left[:, left.shape[1] // 2 :] = False
    traced = whole_mask(replace(beside, found=replace(beside.found, mask=left)), files, LIMITS)
    assert traced is not None
    return traced


def test_a_line_goes_on_where_it_is_lighter_than_its_ground() -> None:
    _, line = with_a_hair(SHOT)
    right = np.s_[:, 800:]
    traced = traced_from_the_left(half_dark(SHOT), line, tone=115)
    assert (traced & line)[right].sum() > 0.5 * line[right].sum()


def test_a_line_goes_on_beyond_what_cannot_be_seen_of_it() -> None:
    _, line = with_a_hair(SHOT)
    line[:, 800:814] = False
    right, wide = np.s_[:, 814:], half_dark(SHOT)
    light = Image.fromarray(np.asarray(wide)[:, :800].repeat(2, axis=1))
    traced = traced_from_the_left(light, line, tone=20)
    assert (traced & line)[right].sum() > 0.5 * line[right].sum()


def test_a_stain_keeps_its_mask() -> None:
    beside, files, _ = pair("stain")
    traced, before = whole_mask(beside, files, LIMITS), first_look(beside)
    assert overlap(traced, before) > 0.98


def test_where_nothing_was_altered_no_line_is_traced() -> None:
    beside, files, _ = pair("nothing")
    traced = whole_mask(beside, files, LIMITS)
    assert traced is not None
    assert not traced.any()


@pytest.mark.parametrize("missing", [0, 1])
def test_without_one_of_the_photos_the_mask_is_as_it_was_found(missing: int) -> None:
    beside, (claim, reference), _ = pair("hair")
    files = (b"", reference) if missing == 0 else (claim, b"")
    assert np.array_equal(whole_mask(beside, files, LIMITS), first_look(beside))  # type: ignore[arg-type] # it is there


def test_the_same_pair_gives_the_same_mask() -> None:
    beside, files, _ = pair("hair")
    assert np.array_equal(whole_mask(beside, files, LIMITS), whole_mask(beside, files, LIMITS))  # type: ignore[arg-type] # as above
