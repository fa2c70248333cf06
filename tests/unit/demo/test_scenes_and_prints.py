"""The demo's goods in a made-up scene are found, and its honest photos of prints are let go."""

import pytest

from streams.demo.catalogue import PRODUCTS
from streams.demo.photos import ForgedPhoto, ListingPhoto, PrintedPhoto
from streams.evidence.comparing.media_comparison import compare
from streams.policy.pair_verdict import PhotoVerdict, photo_verdict
from tests.looks import looked_at
from tests.unit.evidence.compared import looks

SEEDS = (1, 2, 5)


def judged(claim: bytes, listed: bytes) -> PhotoVerdict:
    found = compare(looks(claim), [looks(listed, reference=True)])
    return photo_verdict(looked_at(claim).readings, found, [False], ["r1"])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("place", [0, 1, 16])
def test_goods_in_a_scene_that_was_made_up_around_them_are_found(seed: int, place: int) -> None:
    product = PRODUCTS[place]
    found = judged(ForgedPhoto(product, "scene", "resized", 7).made(seed), ListingPhoto(product).made(seed))
    assert {reason.code for reason in found.reasons} & {"SCENE_REGENERATED", "DERIVED_AND_ALTERED"}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("place", [2, 3, 4])
def test_a_print_that_its_buyer_photographed_is_let_go(seed: int, place: int) -> None:
    product = PRODUCTS[place]
    found = judged(PrintedPhoto(product, 7).made(seed), ListingPhoto(product).made(seed))
    assert (found.verdict, [reason.code for reason in found.reasons]) == ("CLEAR", [])
