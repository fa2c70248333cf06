"""The demo's day: everything that the platform sends in one run, in which order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from schemas.records import CataloguePhotoRegistered
from streams.demo import stories
from streams.demo.catalogue import PRODUCTS, Product
from streams.demo.photos import ListingPhoto
from streams.demo.pixels import drawn
from streams.demo.requests import Asked, Requests, listed_at_ms

FORGED_SHARE = 0.2

POISON = (b"this is not JSON", b'{"request_id": "rr-broken", "order_id": ')
"""Two messages on the topic of requests that nobody can read."""


@dataclass(slots=True)
class Day:
    """Everything that the platform sends in one run of the demo."""

    catalogue: list[CataloguePhotoRegistered] = field(default_factory=list)
    listing: list[ListingPhoto] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    poison: tuple[bytes, ...] = POISON


def a_day(seed: int, requests: int, now_ms: int) -> Day:
    """Return a day with ``requests`` different requests, at least :data:`streams.demo.LEAST_REQUESTS`.

    Alike for alike arguments. They come in a shuffled order, except that one buyer's keep theirs, and that what builds
    on others comes last.
    """
    made = Requests(seed, now_ms)
    special = list(made.special())
    forged = list(made.forged(round(FORGED_SHARE * requests)))
    distinct = sum(asked.story is not stories.REPEATED for asked in (*special, *forged))
    honest = list(made.honest(requests - distinct))
    early = [asked for asked in (*special, *forged, *honest) if not asked.late]
    late = [asked for asked in special if asked.late]
    return Day(
        catalogue=[_registered(product, now_ms) for product in PRODUCTS],
        listing=[ListingPhoto(product) for product in PRODUCTS],
        asked=_shuffled(early, drawn(seed, 6)) + late,
    )


def _shuffled(asked: Sequence[Asked], chance: np.random.Generator) -> list[Asked]:
    """Return requests in a drawn order in which each buyer's own keep theirs."""
    order = chance.permutation(len(asked))
    waiting: dict[str, Iterator[Asked]] = {}
    for buyer in {one.request.buyer_id for one in asked}:
        waiting[buyer] = iter([one for one in asked if one.request.buyer_id == buyer])
    return [next(waiting[asked[place].request.buyer_id]) for place in order]


def _registered(product: Product, now_ms: int) -> CataloguePhotoRegistered:
    return CataloguePhotoRegistered(
        photo_id=f"{product.product_id}-1",
        merchant_id=product.merchant_id,
        product_id=product.product_id,
        uri=product.listing_uri,
        registered_at_ms=listed_at_ms(product, now_ms),
    )
