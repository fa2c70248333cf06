"""A load of small photos: a few products with their references, and a claim photo of its own for each request."""

import random
from collections.abc import Iterator

from schemas.codec import encode
from streams.bench.claims import claim
from streams.bench.evidence import DERIVED_SHARE, request_id
from streams.bench.photos import SMALL, Pixels, another_file, jpeg, scene, stained
from streams.bench.testbed import Testbed
from streams.clock import now_ms

PRODUCTS = 12


def requests(testbed: Testbed, count: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield requests as messages, each requested when it is taken; their photos are drawn beforehand.

    About one claim photo in ten is the product's own with a stain on it, the others nobody has seen before.
    """
    chance = random.Random(testbed.run)  # noqa: S311 - a load, not a secret
    seed = chance.randrange(1_000_000)
    products = [_product(testbed, number, scene(seed + number, SMALL)) for number in range(PRODUCTS)]
    drawn = []
    for number in range(count):
        references, forged = products[chance.randrange(PRODUCTS)]
        honest = chance.random() >= DERIVED_SHARE
        photo = jpeg(scene(seed + PRODUCTS + number, SMALL)) if honest else another_file(forged, number)
        drawn.append((testbed.write(f"claims/{number}.jpg", photo), references))
    return _messages(testbed, drawn, chance)


def _product(testbed: Testbed, number: int, pixels: Pixels) -> tuple[list[str], bytes]:
    """Return the keys of a product's two photos, and a forgery of the first."""
    sound = testbed.write(f"catalogue/{number}-1.jpg", jpeg(pixels))
    turned = testbed.write(f"catalogue/{number}-2.jpg", jpeg(pixels[:, ::-1].copy()))
    return [sound, turned], jpeg(stained(pixels))


def _messages(
    testbed: Testbed, drawn: list[tuple[str, list[str]]], chance: random.Random
) -> Iterator[tuple[bytes, bytes]]:
    for number, (photo, references) in enumerate(drawn):
        buyer = f"b-{testbed.run}-{chance.randrange(1 + len(drawn) // 2)}"
        request = claim(request_id(testbed.run, number), buyer, now_ms(), photo, references, chance)
        yield buyer.encode(), encode(request)
