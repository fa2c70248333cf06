"""Features are kept as bytes, and say what two photos have in common where a hash cannot."""

import struct
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from streams.errors import MediaUnreadable
from streams.evidence.features import key_points
from streams.evidence.features.features import Features, detect, pack, unpack
from streams.evidence.features.fingerprints import poses
from streams.evidence.features.matching import projection
from streams.evidence.features.prefilter import likeness
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from tests.builders import a_fingerprint
from tests.photos import a_picture, cropped, jpeg, png, stained

LIMITS = Limits(30_000_000, 100_000_000)
SEEDS = range(4)


def of(picture: Image.Image, quality: int = 85) -> Features:
    grey = decode(jpeg(picture, quality), LIMITS).grey
    return detect(grey, poses(grey))


def test_packed_features_come_back_to_an_eighth_of_a_pixel() -> None:
    features = of(a_picture())
    back = unpack(pack(features))
    assert (back.width, back.height, back.poses) == (features.width, features.height, features.poses)
    assert np.abs(back.points - features.points).max() <= 1 / 16
    assert (back.descriptors == features.descriptors).all()
    assert (back.mirrored == features.mirrored).all()
    assert pack(back) == pack(features)


def test_packed_features_are_small() -> None:
    assert len(pack(of(a_picture(width=2_000, height=1_500)))) <= 98_000


def test_a_reference_is_kept_upright_alone_and_a_mirrored_claim_still_finds_it() -> None:
    picture = a_picture()
    grey = decode(jpeg(picture), LIMITS).grey
    packed = pack(detect(grey, poses(grey), mirrored=False))
    reference, claim = unpack(packed), of(ImageOps.mirror(picture))
    found = projection(claim, reference, mirrored=True)
    assert found is not None
    assert found.inliers >= 100
    assert len(packed) <= 105_000
    assert projection(reference, claim, mirrored=True) is None


@pytest.mark.parametrize("mirrored", [True, False])
def test_coarse_features_come_back_with_the_others(mirrored: bool) -> None:  # noqa: FBT001 - a parameter
    grey = decode(jpeg(a_picture()), LIMITS).grey
    features = detect(grey, poses(grey), mirrored=mirrored)
    back = unpack(pack(features)).coarse
    assert len(back.points) >= 300
    assert np.abs(back.points - features.coarse.points).max() <= 1 / 16
    assert (back.descriptors == features.coarse.descriptors).all()
    assert (back.mirrored == features.coarse.mirrored).all()
    assert (len(back.mirrored) > 0) == mirrored


@pytest.mark.parametrize("mirrored", [True, False])
def test_what_was_kept_before_there_were_coarse_features_is_still_read(mirrored: bool) -> None:  # noqa: FBT001 - a parameter
    grey = decode(jpeg(a_picture()), LIMITS).grey
    features = detect(grey, poses(grey), mirrored=mirrored)
    points = np.round(features.points * 8).astype(">u2").tobytes()
    hashes = b"".join(bytes.fromhex(pose.bits) for pose in features.poses)
    header = struct.pack(">4sHHH256s", b"RSF2", features.width, features.height, len(features.points), hashes)
    back = unpack(header + points + features.descriptors.tobytes() + features.mirrored.tobytes())
    assert (back.descriptors == features.descriptors).all()
    assert (back.mirrored == features.mirrored).all()
    assert len(back.coarse.points) == 0
    found = likeness(back, unpack(pack(features)))
    assert found.inliers >= 400


def test_dense_features_of_a_reference_come_back_and_a_claim_has_none() -> None:
    grey = decode(jpeg(a_picture()), LIMITS).grey
    features = detect(grey, poses(grey), mirrored=False)
    back = unpack(pack(features)).dense
    assert len(back.points) >= 700
    assert np.abs(back.points - features.dense.points).max() <= 1 / 16
    assert (back.descriptors == features.dense.descriptors).all()

    assert len(unpack(pack(features)).turned_over.points) == 0
    claim = of(a_picture())
    over = unpack(pack(claim)).turned_over
    assert len(unpack(pack(claim)).dense.points) == 0
    assert len(over.points) >= 200
    assert (over.descriptors == claim.turned_over.descriptors).all()
    assert (over.mirrored == claim.turned_over.mirrored).all()


def test_what_was_kept_before_there_were_dense_features_is_still_read() -> None:
    grey = decode(jpeg(a_picture()), LIMITS).grey
    features = detect(grey, poses(grey), mirrored=False)
    packed = pack(replace(features, dense=key_points.NOTHING))
    shades = 2 + features.shades.size
    assert packed[-shades - 4 : -shades] == b"\x00\x00\x00\x00"  # no dense ones, and none of a negative
    back = unpack(b"RSF4" + packed[4 : -shades - 4] + packed[-shades:])
    assert (back.coarse.descriptors == features.coarse.descriptors).all()
    assert (back.shades == features.shades).all()
    assert len(back.dense.points) == len(back.turned_over.points) == 0


def test_the_same_photo_gives_the_same_bytes_twice() -> None:
    assert pack(of(a_picture())) == pack(of(a_picture()))


@pytest.mark.parametrize(
    "picture", [Image.new("RGB", (400, 300), "white"), Image.new("RGB", (1, 1)), Image.new("RGB", (9, 2_000))]
)
def test_a_plain_picture_has_no_features_and_agrees_with_nothing(picture: Image.Image) -> None:
    plain = unpack(pack(of(picture)))
    assert len(plain.points) == 0
    for one, other in ((plain, of(a_picture())), (of(a_picture()), plain), (plain, plain)):
        assert projection(one, other) is None


@given(st.binary(max_size=400))
def test_other_bytes_are_refused_with_a_sentence(packed: bytes) -> None:
    with pytest.raises(MediaUnreadable, match="what was kept of an earlier look at the photo is damaged"):
        unpack(packed)


def test_cut_features_are_refused() -> None:
    with pytest.raises(MediaUnreadable, match="what was kept of an earlier look at the photo is damaged"):
        unpack(pack(of(a_picture()))[:-1])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stain_a_crop_a_turn_and_a_screenshot_are_found(seed: int) -> None:
    picture = a_picture(seed)
    original = of(picture)
    screenshot = Image.new("RGB", (900, 1_500), (20, 20, 20))
    screenshot.paste(picture, (50, 400))
    for claim in (
        stained(picture, 0.15),
        cropped(picture, 0.3),
        picture.rotate(90, expand=True),
        picture.resize((400, 300)),
        screenshot,
    ):
        common = projection(of(claim, quality=70), original)
        assert common is not None
        assert common.inliers >= 25
        assert common.coverage >= 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mirrored_photo_is_found_by_what_was_kept_of_both(seed: int) -> None:
    picture = a_picture(seed)
    kept = unpack(pack(of(ImageOps.mirror(cropped(picture, 0.2)), quality=70)))
    common = projection(kept, unpack(pack(of(picture))), mirrored=True)
    assert common is not None
    assert common.inliers >= 25
    middle = common.matrix @ np.array([0.25, 0.5, 1.0])
    assert np.allclose(middle[:2] / middle[2], [0.7, 0.5], atol=0.02)


def inliers(one: Features, other: Features) -> int:
    found = projection(one, other)
    return 0 if found is None else found.inliers


def test_unrelated_photos_have_little_in_common() -> None:
    features = [of(a_picture(seed)) for seed in SEEDS]
    most = max(inliers(one, other) for one in features for other in features if one is not other)
    assert most < 15


def test_a_photo_agrees_with_itself() -> None:
    features = of(a_picture())
    assert inliers(features, features) > 0.9 * len(features.points)


def test_a_projection_is_the_same_every_time() -> None:
    claim, reference = of(cropped(a_picture(), 0.2)), of(a_picture())
    found = [projection(claim, reference) for _ in range(5)]
    assert len({(one.matrix.tobytes(), one.inliers, one.coverage) for one in found if one is not None}) == 1
    assert None not in found


def scattered(points: Sequence[tuple[float, float]]) -> Features:
    """Features that each match exactly the one at the same place in another such list."""
    descriptors = np.random.default_rng(7).integers(0, 256, (len(points), 32), dtype=np.uint8)
    return Features(640, 480, (a_fingerprint(),) * 8, np.array(points, np.float32), descriptors, descriptors)


def test_matches_that_collapse_to_a_point_explain_nothing() -> None:
    spread = [(x, y) for x in range(20, 620, 60) for y in range(20, 460, 60)]
    point = [(300 + x / 400, 200 + y / 400) for x, y in spread]
    assert projection(scattered(spread), scattered(point)) is None
    assert projection(scattered(point), scattered(spread)) is None


def test_coverage_is_the_share_of_the_claim_s_frame_that_inliers_span() -> None:
    spread = [(x, y) for x in range(20, 620, 60) for y in range(20, 460, 60)]
    common = projection(scattered(spread), scattered(spread))
    assert common is not None
    assert (common.inliers, round(common.coverage, 6)) == (len(spread), round(540 * 420 / (640 * 480), 6))


def test_matches_on_one_line_explain_nothing() -> None:
    line = [(float(x), 100.0) for x in range(10, 600, 10)]
    assert projection(scattered(line), scattered(line)) is None


def test_a_mirrored_view_is_not_taken_for_a_view() -> None:
    spread = [(x, y) for x in range(20, 620, 60) for y in range(20, 460, 60)]
    mirrored = [(640 - x, y) for x, y in spread]
    assert projection(scattered(spread), scattered(mirrored)) is None


def test_png_and_jpeg_of_one_picture_agree() -> None:
    grey = decode(png(), LIMITS).grey
    assert inliers(detect(grey, poses(grey)), of(a_picture())) >= 100
