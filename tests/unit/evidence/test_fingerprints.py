"""A fingerprint is ImageHash's pHash of 256 bits, and distances count the bits that differ."""

import imagehash
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from schemas.records import Fingerprint
from streams.evidence.features.fingerprints import POSES, distance_bits, poses
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from tests.builders import a_fingerprint
from tests.photos import a_picture, cropped, jpeg, png, stained

LIMITS = Limits(30_000_000, 100_000_000)
Bits256 = st.integers(0, 2**256 - 1)


def of(photo: bytes) -> Fingerprint:
    return poses(decode(photo, LIMITS).grey)[0]


@pytest.mark.parametrize("seed", range(30))
def test_the_bits_are_imagehash_s(seed: int) -> None:
    picture = a_picture(seed, 600, 450)
    expected = str(imagehash.phash(picture, hash_size=16))
    assert of(png(picture)) == Fingerprint(version="phash256/2", bits=expected)


@pytest.mark.parametrize("seed", range(20))
def test_poses_are_the_fingerprints_of_the_mirrored_and_turned_picture_bit_for_bit(seed: int) -> None:
    small = np.asarray(a_picture(seed).convert("L").resize((64, 64), Image.Resampling.LANCZOS))
    for (mirrored, turns), pose in zip(POSES, poses(small), strict=True):
        posed = np.rot90(small[:, ::-1] if mirrored else small, -turns)
        assert pose.bits == str(imagehash.phash(Image.fromarray(np.ascontiguousarray(posed)), hash_size=16))


@pytest.mark.parametrize("seed", range(5))
def test_a_mirrored_or_turned_photo_has_the_fingerprint_of_that_pose_within_few_bits(seed: int) -> None:
    picture = a_picture(seed)
    known = poses(decode(png(picture), LIMITS).grey)
    mirrored, turned = ImageOps.mirror(picture), picture.transpose(Image.Transpose.ROTATE_270)
    assert known[POSES.index((True, 0))] == of(png(mirrored))
    assert distance_bits(known[POSES.index((False, 1))], of(png(turned))) <= 8


@pytest.mark.parametrize("seed", range(10))
def test_a_resaved_smaller_and_lightly_stained_photo_stays_near(seed: int) -> None:
    picture = a_picture(seed, 1_600, 1_200)
    original = of(jpeg(picture, 95))
    assert distance_bits(original, of(jpeg(picture, 40))) <= 10
    assert distance_bits(original, of(jpeg(picture.resize((500, 375))))) <= 10
    assert distance_bits(original, of(jpeg(stained(picture, 0.02)))) <= 60


def test_different_pictures_are_far_apart() -> None:
    marks = [of(png(a_picture(seed))) for seed in range(12)]
    nearest = min(distance_bits(one, other) for one in marks for other in marks if one is not other)
    assert nearest > 60


def test_a_crop_is_far_from_its_whole() -> None:
    assert distance_bits(of(png()), of(png(cropped(a_picture(), 0.3)))) > 60


def test_a_plain_picture_has_a_fingerprint_too() -> None:
    assert len(of(png(Image.new("RGB", (300, 300), "white"))).bits) == 64


@given(Bits256, Bits256)
def test_the_distance_counts_the_bits_that_differ(one: int, other: int) -> None:
    assert distance_bits(a_fingerprint(one), a_fingerprint(other)) == f"{one ^ other:b}".count("1")


def test_fingerprints_of_different_versions_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="versions phash256/2 and phash256/1"):
        distance_bits(a_fingerprint(), Fingerprint(version="phash256/1", bits="0" * 64))
