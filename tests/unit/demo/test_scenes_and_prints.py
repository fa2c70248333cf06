"""The demo's goods in a made-up scene are found, and its honest photos of prints are let go."""

from functools import partial

import pytest

from streams.demo.catalogue import PRODUCTS
from streams.demo.photos import ForgedPhoto, ListingPhoto, PrintedPhoto
from streams.evidence.comparing.comparison import Photo, compare
from streams.evidence.files.colours import develop
from streams.evidence.looking.examination import examine
from streams.policy.pair_verdict import PhotoVerdict, photo_verdict
from tests.unit.demo.decoded import LIMITS

SEEDS = (1, 2, 5)


def judged(claim: bytes, listed: bytes) -> PhotoVerdict:
    looks = [examine(file, LIMITS) for file in (claim, listed)]
    ours, theirs = (
        Photo(look.features, partial(develop, file, LIMITS)) for look, file in zip(looks, (claim, listed), strict=True)
    )
    return photo_verdict(looks[0].readings, compare(ours, [theirs]), [False], ["r1"])


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
