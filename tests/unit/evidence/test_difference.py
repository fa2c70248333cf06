import io

import cv2
import numpy as np
from PIL import Image

from streams.evidence.files.colours import Colour
from streams.evidence.pixels.difference import difference
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import Mask, overlap

WIDTH, HEIGHT = 800, 600
EVERYWHERE = np.full((HEIGHT, WIDTH), 255, np.uint8)


def resaved(picture: Colour, quality: int = 75) -> Colour:
    return np.asarray(Image.open(io.BytesIO(jpeg(Image.fromarray(picture), quality=quality))).convert("RGB"))


def a_dark_scene() -> Colour:
    return (np.asarray(a_picture(seed=6)) // 6).astype(np.uint8)


def lettering() -> Colour:
    """How much of each pixel letters cover, (height, width, 1) of 255."""
    share = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.putText(share, "BEST PRICE", (90, 330), cv2.FONT_HERSHEY_DUPLEX, 1, 255, 2, cv2.LINE_AA)
    return share[..., None]


def lettered(picture: Colour) -> Colour:
    share = lettering() / 255
    return (picture * (1 - share) + np.array((235, 225, 200)) * share).astype(np.uint8)


LETTERS: Mask = lettering()[..., 0] > 20


def a_weave() -> Colour:
    threads = np.random.default_rng(4).integers(0, 256, (HEIGHT, WIDTH, 1), dtype=np.uint8)
    picture = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    picture[150:450, 200:600] = np.repeat(threads, 3, axis=2)[150:450, 200:600]
    return picture


def test_letters_that_were_removed_are_found_though_all_sharp_edges_of_the_photo_were_theirs() -> None:
    found = difference(resaved(a_dark_scene()), resaved(lettered(a_dark_scene())), EVERYWHERE)
    assert overlap(found.mask, LETTERS) > 0.5


def test_letters_that_were_added_are_found_as_well() -> None:
    found = difference(resaved(lettered(a_dark_scene())), a_dark_scene(), EVERYWHERE)
    assert overlap(found.mask, LETTERS) > 0.5


def test_a_fine_weave_that_was_saved_anew_is_not_unlike() -> None:
    assert difference(resaved(a_weave(), 60), a_weave(), EVERYWHERE).share < 0.01
