"""One forged picture used again is recognised; two copies of one listing photo are not one forgery."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NoReturn

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from schemas.units import NEAR_BITS
from streams.bench.evaluation.pixels import drawn
from streams.bench.evaluation.printed import printed
from streams.errors import MediaUnreadable
from streams.evidence.comparing import reuse
from streams.evidence.comparing.known import Known
from streams.evidence.comparing.near_photos import MOST_NEAR_ASKED
from streams.evidence.comparing.recognised import KnownPhoto, Recognised, Resemblance
from streams.evidence.features.prefilter import likeness
from streams.evidence.files.colours import ColourImage
from streams.evidence.pixels import alteration, pixel_comparison
from streams.wording import causes
from tests.looks import developed, looked_at
from tests.photos import a_picture, cropped, jpeg
from tests.scans import scanned
from tests.unit.evidence.altered import Altered, with_a_crack, with_a_patch, with_a_stain

LISTED = a_picture()
PLAIN = Image.new("RGB", (800, 600), (240, 240, 238))
SOFT = Image.fromarray(cv2.GaussianBlur(np.asarray(LISTED), (0, 0), 25).astype(np.uint8))
"""So blurred that its frame is known again, and no place in it."""


def known(picture: Image.Image, quality: int = 85) -> Known:
    file = jpeg(picture, quality)
    return Known(str(hash(file)), lambda: looked_at(file).features, lambda: developed(file))


def missing() -> NoReturn:
    raise MediaUnreadable(causes.own_copy_missing("blobs/1"))


def gone() -> Known:
    return Known("gone", missing, missing)


def found(claim: Known, earlier: Known, *references: Known, far: bool = False) -> Recognised:
    asked = Resemblance(KnownPhoto(earlier.sha256, "claim"), far, tuple(range(len(references))))
    (answer,) = reuse.recognise(claim, references, [(earlier, asked)])
    return answer


def with_another_stain(picture: Image.Image) -> Image.Image:
    pixels = np.asarray(picture).copy()
    cv2.ellipse(pixels, (picture.width * 3 // 4, picture.height // 4), (60, 45), 10, 0, 360, (30, 60, 30), -1)
    return Image.fromarray(pixels)


@pytest.mark.parametrize(
    "again",
    [cropped(LISTED, 0.1), ImageOps.mirror(LISTED), with_a_stain(LISTED)[0]],
    ids=["cropped", "mirrored", "stained"],
)
def test_the_features_of_one_picture_agree_however_it_was_sent_around(again: Image.Image) -> None:
    assert found(known(again, 70), known(LISTED), far=True) == Recognised(confirmed=True)


@pytest.mark.parametrize("seed", range(2))
def test_two_photos_of_one_printed_article_are_not_one_picture_though_their_features_agree(seed: int) -> None:
    artwork = np.asarray(a_picture(1, 900, 700))
    one, other = (
        Image.fromarray(printed("cover, near", artwork, np.asarray(a_picture(9)), drawn("two buyers", seed, who)).claim)
        for who in range(2)
    )
    assert found(known(one), known(other), far=True).confirmed is not True


SCANS = [(1, 7), (0, 12), (1, 19)]
"""Artworks and draws of which two buyers' scans have one fingerprint."""
ANEW = Recognised(confirmed=False, why=causes.EARLIER_PHOTO_TAKEN_ANEW)
"""No accusation, and nothing that a machine clears."""


@cache
def two_scans(artwork: int, seed: int) -> tuple[Image.Image, Image.Image]:
    """Two buyers' own photos of one printed article, each of which fills its frame."""
    mine, theirs = (scanned(a_picture(artwork, 900, 700), drawn("scan", seed, who)) for who in range(2))
    return mine, theirs


def bits_apart(one: Known, other: Known) -> int:
    return likeness(one.features, other.features).nearest_bits


@pytest.mark.parametrize(("artwork", "seed"), SCANS)
def test_two_scans_of_one_printed_article_are_not_one_picture_though_their_fingerprints_are_near(
    artwork: int, seed: int
) -> None:
    one, other = map(known, two_scans(artwork, seed))
    assert bits_apart(one, other) <= NEAR_BITS
    assert found(one, other) == ANEW
    assert found(one, other, known(a_picture(artwork, 900, 700))).confirmed is False, "whatever explains them"
    assert found(one, other, far=True).confirmed is not True


def dimmed(picture: Image.Image) -> Image.Image:
    """The picture with one side darker, as a filter of an app leaves it."""
    pixels = np.asarray(picture, np.float32) * np.linspace(0.85, 1.05, picture.width)[None, :, None]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def as_scanned_again(picture: Image.Image) -> Image.Image:
    """The picture in a scanner app once more: its own contrast, and a little less of its frame."""
    return ImageOps.autocontrast(cropped(picture, 0.01), 2)


@pytest.mark.parametrize(("artwork", "seed"), SCANS)
@pytest.mark.parametrize(
    "again",
    [
        lambda one: one,
        lambda one: one.resize((one.width // 3, one.height // 3)),
        lambda one: one.resize((one.width * 3 // 2, one.height * 3 // 2)),
        lambda one: cropped(one, 0.02),
        ImageOps.mirror,
        lambda one: one.rotate(90, expand=True),
        lambda one: one.filter(ImageFilter.GaussianBlur(2)),
        lambda one: with_a_crack(one)[0],
        dimmed,
        as_scanned_again,
    ],
    ids=["recompressed", "small", "large", "cropped", "mirrored", "turned", "blurred", "cracked", "dimmed", "scanned"],
)
def test_one_scan_that_is_sent_again_stays_one_picture(
    again: Callable[[Image.Image], Image.Image], artwork: int, seed: int
) -> None:
    mine, _ = two_scans(artwork, seed)
    sent, first = known(again(mine), 40), known(mine, 90)
    assert bits_apart(sent, first) <= NEAR_BITS
    assert found(sent, first) == Recognised()


def test_near_photos_that_are_gone_are_what_their_fingerprints_say() -> None:
    assert found(known(LISTED), gone()) == Recognised()


def asked_of(claim: Known, files: Sequence[bytes]) -> tuple[list[Recognised], int]:
    """What is said of near photos, and how many of them had to be developed for it."""
    seen: list[bytes] = []

    def one(number: int, file: bytes) -> tuple[Known, Resemblance]:
        def pixels() -> ColourImage:
            seen.append(file)
            return developed(file)

        photo = Known(str(number), lambda: looked_at(file).features, pixels)
        return photo, Resemblance(KnownPhoto(photo.sha256, "claim"), far=False)

    answers = reuse.recognise(claim, [], [one(number, file) for number, file in enumerate(files)])
    return answers, len(seen)


def test_a_thousand_near_photos_cost_no_thousand_looks() -> None:
    mine, theirs = two_scans(*SCANS[0])
    file = jpeg(mine, 60)
    assert asked_of(known(mine), [file] * 1_000) == ([Recognised()] * 1_000, 1), "one forgery, sent again and again"
    answers, looks = asked_of(known(mine), [jpeg(theirs)] * 1_000)
    assert looks == MOST_NEAR_ASKED
    assert answers == [ANEW] * looks + [Recognised()] * (1_000 - looks)


def test_a_listing_is_near_by_its_fingerprint_alone() -> None:
    one, other = map(known, two_scans(*SCANS[0]))
    asked = Resemblance(KnownPhoto(other.sha256, "reference"), far=False)
    assert reuse.recognise(one, [], [(other, asked)]) == [Recognised()]


def test_the_features_of_two_pictures_do_not_agree() -> None:
    assert found(known(a_picture(2)), known(LISTED), far=True) == Recognised(confirmed=False)


def test_the_very_same_file_needs_no_features() -> None:
    assert found(known(PLAIN), known(PLAIN), far=True).confirmed is True


def test_photos_too_plain_to_be_recognised_say_so() -> None:
    answer = found(known(PLAIN, 90), known(PLAIN, 50), far=True)
    assert (answer.confirmed, answer.why) == (None, causes.TOO_LITTLE_DETAIL)


def test_an_earlier_photo_that_is_gone_is_the_reason_why_nothing_is_said() -> None:
    answer = found(known(LISTED), gone(), far=True)
    assert (answer.confirmed, "is missing" in str(answer.why)) == (None, True)


@pytest.mark.parametrize(
    ("forged", "again"),
    [(with_a_stain, lambda one: one), (with_a_crack, lambda one: cropped(one, 0.06)), (with_a_patch, ImageOps.mirror)],
)
def test_one_forgery_used_twice_shows_one_alteration(
    forged: Callable[[Image.Image], Altered], again: Callable[[Image.Image], Image.Image]
) -> None:
    picture = forged(LISTED)[0]
    answer = found(known(again(picture), 75), known(picture), known(LISTED))
    assert answer.explained_by == 0
    assert type(answer.shared_alteration) is float, "what NumPy measured cannot be written"
    assert float(str(answer.shared_alteration)) > 0.8


def test_two_forgeries_of_one_listing_photo_share_nothing() -> None:
    answer = found(known(with_a_stain(LISTED)[0]), known(with_another_stain(LISTED)), known(LISTED))
    assert answer.explained_by == 0
    assert float(str(answer.shared_alteration)) < 0.1


def repainted(picture: Image.Image, left: float, right: float) -> Image.Image:
    """The picture with another one from ``left`` to ``right``, in shares of its width."""
    box = round(left * picture.width), 0, round(right * picture.width), picture.height
    whole = picture.copy()
    whole.paste(a_picture(99).crop(box), box)
    return whole


def test_two_forgeries_that_have_little_left_in_common_are_compared_all_the_same() -> None:
    answer = found(known(repainted(LISTED, 0, 0.36)), known(repainted(LISTED, 0.6, 1)), known(LISTED))
    assert answer.why is None
    assert answer.explained_by == 0
    assert float(str(answer.shared_alteration)) < 0.1


def rippled(picture: Image.Image) -> Image.Image:
    """The picture seen through water: its features are about where they were, and no pixel is."""
    rows, columns = np.mgrid[: picture.height, : picture.width].astype(np.float32)
    across, down = columns + 5 * np.sin(rows / 17), rows + 5 * np.sin(columns / 23)
    return Image.fromarray(cv2.remap(np.asarray(picture), across, down, cv2.INTER_LINEAR))


def test_what_features_confirm_and_pixels_deny_is_left_open() -> None:
    claim, listed, style = known(with_a_stain(LISTED)[0]), known(LISTED), known(rippled(LISTED))
    assert found(claim, style, far=True) == Recognised(confirmed=True)
    denied = Recognised(explained_by=0, why=causes.FEATURES_AND_PIXELS_DISAGREE)
    assert found(claim, style, listed, far=True) == denied
    near = found(claim, style, listed)
    assert (near.explained_by, near.why) == (0, causes.EARLIER_PHOTO_NOT_ALIGNABLE)


def soiled(picture: Image.Image) -> Image.Image:
    """The picture with a stain at its foot, far larger than the others here, and on none of their places."""
    pixels = np.asarray(picture).copy()
    at, size = (picture.width // 2, picture.height), (picture.width * 2 // 5, picture.height // 4)
    cv2.ellipse(pixels, at, size, 0, 0, 360, (60, 75, 30), -1)
    return Image.fromarray(pixels)


@pytest.mark.parametrize(
    ("forged", "again"),
    [
        (with_a_crack, lambda one: one),
        (with_a_patch, lambda one: cropped(one, 0.06)),
        (lambda one: (with_another_stain(one), None), ImageOps.mirror),
    ],
)
def test_a_forgery_is_recognised_with_far_more_painted_into_it_and_with_that_taken_back(
    forged: Callable[[Image.Image], Altered], again: Callable[[Image.Image], Image.Image]
) -> None:
    first, more = forged(LISTED)[0], forged(soiled(LISTED))[0]
    for claim, earlier in ((more, first), (first, more)):
        answer = found(known(again(claim), 75), known(earlier), known(LISTED))
        assert float(str(answer.shared_alteration)) > 0.8


def test_another_forgery_of_the_listing_photo_shares_nothing_with_one_painted_over() -> None:
    claim = with_a_crack(soiled(LISTED))[0]
    for earlier in (with_a_stain(LISTED)[0], LISTED, with_a_patch(LISTED)[0]):
        answer = found(known(claim, 75), known(earlier, 50), known(LISTED))
        assert float(str(answer.shared_alteration)) < 0.1


def test_an_earlier_photo_that_is_not_like_the_reference_place_by_place_leaves_it_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reuse, "_place_by_place", _first_only(reuse._place_by_place))
    claim, earlier = known(soiled(with_a_stain(LISTED)[0])), known(with_a_stain(LISTED)[0])
    answer = found(claim, earlier, known(LISTED), far=True)
    assert (answer.confirmed, answer.why) == (True, causes.EARLIER_PHOTO_NOT_ALIGNABLE)


def _first_only(compared: Callable[..., object]) -> Callable[..., object]:
    answers = iter([compared])

    def once(*pair: Known) -> object:
        for answer in answers:
            return answer(*pair)
        raise reuse._AnotherPicture(causes.EARLIER_PHOTO_NOT_ALIGNABLE)

    return once


def test_a_reference_that_the_claim_was_compared_with_before_is_not_compared_again() -> None:
    claim, listed, earlier = known(with_a_stain(LISTED)[0], 75), known(LISTED), known(with_a_stain(LISTED)[0])
    pair = pixel_comparison.compare_pixels(likeness(claim.features, listed.features), claim.print, listed.print)
    compared = Known(listed.sha256, missing, missing, alteration.altered(pair))
    assert found(claim, earlier, compared) == found(claim, earlier, listed)


@pytest.mark.parametrize("earlier", [LISTED, with_a_stain(LISTED)[0], cropped(LISTED, 0.05)])
def test_a_listing_photo_that_was_only_sent_again_shares_no_alteration_with_anybody(earlier: Image.Image) -> None:
    assert found(known(LISTED, 60), known(earlier, 80), known(LISTED)) == Recognised(
        explained_by=0, shared_alteration=0.0
    )


def test_the_listing_photo_itself_explains_a_copy_though_it_is_too_plain_to_compare() -> None:
    assert found(known(PLAIN), known(PLAIN, 50), known(PLAIN)) == Recognised(explained_by=0, shared_alteration=0.0)


def test_the_reference_s_own_file_in_the_catalogue_is_explained_by_it_without_a_look_at_pixels() -> None:
    listed = known(LISTED)
    unseen = Known("forged", missing, missing)
    assert found(unseen, listed, listed) == Recognised(explained_by=0, shared_alteration=0.0)


def test_a_copy_too_plain_to_be_compared_with_its_listing_photo_says_so() -> None:
    answer = found(known(SOFT, 50), known(SOFT, 70), known(SOFT))
    assert answer == Recognised(explained_by=0, why=causes.DIFFERENCE_NOT_LOCATED)


def test_a_reference_that_the_claim_was_not_made_from_explains_nothing() -> None:
    stained = with_a_stain(LISTED)[0]
    assert found(known(stained, 60), known(stained), known(a_picture(2))) == Recognised()


def test_the_first_reference_that_explains_counts() -> None:
    answer = found(known(LISTED, 60), known(LISTED, 80), known(a_picture(2)), known(LISTED), known(LISTED, 90))
    assert answer.explained_by == 1


def test_a_reference_that_is_gone_leaves_it_open_what_it_explains() -> None:
    answer = found(known(LISTED, 60), known(LISTED, 80), gone())
    assert (answer.explained_by, answer.shared_alteration, "is missing" in str(answer.why)) == (0, None, True)


def test_of_many_copies_of_a_forgery_the_nearest_are_compared_and_the_others_say_why_not() -> None:
    forged = with_a_stain(LISTED)[0]
    copies = [known(forged, quality) for quality in range(60, 61 + reuse.MOST_COMPARED)]
    asked = [(copy, Resemblance(KnownPhoto(copy.sha256, "claim"), far=False, references=(0,))) for copy in copies]
    *compared, last = reuse.recognise(known(forged), [known(LISTED)], asked)
    assert all(float(str(one.shared_alteration)) > 0.8 for one in compared)
    assert last.why == causes.earlier_photos_over_limit(8)


def test_a_file_that_was_sent_a_hundred_times_is_compared_once() -> None:
    forged, claim = with_a_stain(LISTED)[0], known(with_a_stain(LISTED)[0], 70)
    file = jpeg(forged)
    seen: list[bytes] = []

    def pixels() -> ColourImage:
        seen.append(file)
        return developed(file)

    def sent_again() -> Known:
        return Known("again", lambda: looked_at(file).features, pixels)

    asked = Resemblance(KnownPhoto("again", "claim"), far=False, references=(0,))

    answers = reuse.recognise(claim, [known(LISTED)], [(sent_again(), asked) for _ in range(100)])

    assert len(seen) == 1
    assert {answer.shared_alteration for answer in answers} == {answers[0].shared_alteration}
    assert answers[0].why is None
