"""A listing whose corners were blurred away is found again by what is light and what is dark."""

import struct
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from streams.errors import MediaUnreadable
from streams.evidence.features import key_points
from streams.evidence.features.features import Features, detect, pack, unpack
from streams.evidence.features.fingerprints import poses
from streams.evidence.features.prefilter import likeness
from streams.evidence.features.small_shades import by_shades
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_crack
from tests.unit.evidence.compared import reasons

LIMITS = Limits(30_000_000, 100_000_000)
LISTING = a_picture(3, 1_200, 900)
PLAIN = Image.new("RGB", (1_200, 900), "white")
PLAIN.paste(a_picture(5, 520, 560), (330, 170))


def of(picture: Image.Image, quality: int = 80) -> Features:
    grey = decode(jpeg(picture, quality), LIMITS).grey
    return detect(grey, poses(grey))


def blurred_around(picture: Image.Image, place: tuple[float, float], share: float, blur: float = 0.03) -> Image.Image:
    """A part of a picture, blurred but for a spot in its middle, as large as the whole."""
    width, height = picture.size
    left, top = round(place[0] * width), round(place[1] * height)
    part = picture.crop((left, top, left + round(share * width), top + round(share * height)))
    sharp = np.zeros(part.size[::-1], np.float32)
    cv2.circle(sharp, (part.width // 2, part.height // 2), part.height // 12, 1.0, -1)
    mask = Image.fromarray(np.uint8(255 * cv2.GaussianBlur(sharp, (0, 0), part.height / 60)))
    soft = part.filter(ImageFilter.GaussianBlur(blur * part.height))
    return Image.composite(part, soft, mask).resize((1_080, 810), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("place", "share"), [((0.1, 0.2), 0.7), ((0.35, 0.05), 0.62), ((0.0, 0.0), 1.0)])
def test_the_place_of_a_blurred_part_is_found(place: tuple[float, float], share: float, mirrored: bool) -> None:  # noqa: FBT001 - a case
    claim = blurred_around(LISTING, place, share)
    found = by_shades(of(ImageOps.mirror(claim) if mirrored else claim), of(LISTING))
    assert found is not None
    view, correlation = found
    assert correlation > 0.85
    assert view.mirrored is mirrored
    for corner in ((0.5, 0.5), (0.1, 0.9)):
        seen = (1 - corner[0], corner[1]) if mirrored else corner
        there = view.matrix @ np.array([*seen, 1.0])
        assert np.allclose(there[:2], np.add(place, np.multiply(share, corner)), atol=0.02)


def test_a_person_looks_at_a_listing_that_was_blurred_around_its_damage() -> None:
    cracked, _ = with_a_crack(LISTING)
    claim = blurred_around(cracked, (0.1, 0.1), 0.75)
    assert reasons(jpeg(claim), LISTING)


@pytest.mark.parametrize("seed", [5, 6])
@pytest.mark.parametrize("share", [0.7, 0.8])
def test_a_person_looks_where_next_to_nothing_is_left_sharp(seed: int, share: float) -> None:
    listing = a_picture(seed, 1_200, 900)
    cracked, _ = with_a_crack(listing)
    claim = blurred_around(cracked, (0.15, 0.15), share, blur=0.05)
    assert reasons(jpeg(ImageOps.mirror(claim)), listing) - {"EVIDENCE_UNCLEAR"} == {"LIKE_REFERENCE"}


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_person_looks_at_a_negative_of_a_part_of_the_listing(mirrored: bool) -> None:  # noqa: FBT001 - a case
    cracked, _ = with_a_crack(PLAIN)
    part = ImageOps.invert(cracked.crop((60, 40, 1_020, 860)))
    claim = ImageOps.mirror(part) if mirrored else part
    assert by_shades(of(claim), of(PLAIN))[1] < -0.8  # type: ignore[index] # there is one
    assert likeness(of(claim), of(PLAIN)).negative
    assert reasons(jpeg(claim), PLAIN) == {"LIKE_REFERENCE"}


def test_a_mirrored_negative_with_detail_all_over_is_known_by_its_bits() -> None:
    cracked, _ = with_a_crack(LISTING)
    claim = ImageOps.mirror(ImageOps.invert(cracked))
    assert likeness(of(claim), of(LISTING)).negative
    assert reasons(jpeg(claim), LISTING) == {"LIKE_REFERENCE"}


def test_other_pictures_are_elsewhere() -> None:
    pictures = [of(a_picture(seed)) for seed in range(20, 28)]
    found = [by_shades(one, other) for one in pictures for other in pictures if one is not other]
    assert max(abs(each[1]) for each in found if each is not None) < 0.76
    assert not any(likeness(one, other).negative for one in pictures for other in pictures)


def test_what_is_kept_comes_back_and_says_the_same() -> None:
    claim, listing = of(blurred_around(LISTING, (0.2, 0.2), 0.7)), of(LISTING)
    back = unpack(pack(claim)), unpack(pack(listing))
    assert (back[0].shades == claim.shades).all()
    assert likeness(*back).shades == likeness(claim, listing).shades > 0.8


def test_what_was_kept_before_there_were_shades_is_read_as_having_none() -> None:
    features = of(LISTING)
    packed = pack(replace(features, turned_over=key_points.NOTHING))
    before = b"RSF3" + packed[4 : len(packed) - 4 - 2 - features.shades.size]
    back = unpack(before)
    assert back.shades.size == 0
    assert (back.coarse.descriptors == features.coarse.descriptors).all()
    assert by_shades(back, features) is None
    assert by_shades(features, back) is None
    with pytest.raises(MediaUnreadable):
        unpack(packed[:-1] + struct.pack("BB", 0, 0))


@pytest.mark.parametrize("size", [(1_200, 60), (60, 1_200)])
def test_a_strip_says_nothing(size: tuple[int, int]) -> None:
    strip = of(a_picture(3, *size))
    assert by_shades(strip, of(LISTING)) is None
    assert likeness(strip, of(LISTING)).shades == 0.0
