"""A ring that a white pen drew on the listing in a collage is no damage."""

import numpy as np
from PIL import Image, ImageDraw

from tests.photos import a_picture, jpeg
from tests.unit.evidence.compared import ACCUSING, beside, judged
from tests.unit.evidence.drawn_collages import joined, taken_again

LISTING = Image.blend(a_picture(1, 640, 480), Image.new("RGB", (640, 480), (128, 122, 110)), 0.6)
"""Of muted colours, as real goods have."""


def test_a_white_ring_on_the_listing_in_a_collage_accuses_nobody() -> None:
    """As a finger draws it on a screen: not quite closed, of one width all along."""
    drawn, turns = LISTING.copy(), np.linspace(0.2, 6.1, 40)
    points = [(320 + 90 * np.cos(one) + 5 * np.sin(3 * one), 240 + 70 * np.sin(one)) for one in turns]
    ImageDraw.Draw(drawn).line(points, fill="white", width=8, joint="curve")
    file = jpeg(joined(drawn, taken_again(a_picture(31, 640, 480))), 85)
    assert not judged(file, beside(file, LISTING)) & ACCUSING
