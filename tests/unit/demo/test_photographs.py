import socket
from itertools import combinations
from pathlib import Path

import pytest

from streams.demo import photographs
from streams.demo.catalogue import PRODUCTS
from streams.demo.photographs import NAMES, photograph
from streams.demo.photos import ListingPhoto
from streams.demo.pixels import PHONE
from streams.errors import OperatorError
from streams.evidence.features.fingerprints import distance_bits
from tests.unit.demo.decoded import looked_at, seen

SEED = 1
SAME_PICTURE_BITS = 16


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the demo's photographs are there without a network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", NAMES)
def test_every_photograph_ships_in_an_installed_wheel(name: str) -> None:
    photograph.cache_clear()
    height, width, colours = photograph(name).shape
    assert (height >= 150, width >= 300, colours) == (True, True, 3)


def test_a_photograph_that_is_not_installed_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    photograph.cache_clear()
    monkeypatch.setattr(photographs, "_path", lambda *_: Path("nowhere.png"))
    with pytest.raises(OperatorError, match="make setup-demo"):
        photograph("coffee")


def test_listing_photos_are_of_phone_size_and_no_two_are_alike() -> None:
    photos = [ListingPhoto(product).made(SEED) for product in PRODUCTS]
    marks = [mark for photo in photos if (mark := looked_at(photo).fingerprint)]
    assert len(marks) == len(photos)
    assert len(photos) >= 30
    assert {seen(photo).shape[1::-1] for photo in photos} == {PHONE}
    assert min(distance_bits(one, other) for one, other in combinations(marks, 2)) > SAME_PICTURE_BITS
