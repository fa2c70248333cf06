"""Which pairs are made from a set of photos: every damage on every way, and every kind of pair that is none."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, product

from streams.bench.evaluation import (
    collage_pairs,
    damage,
    disguises,
    laundering,
    printed,
    scenes,
    screen_photos,
    sharing,
    warps,
)
from streams.bench.evaluation.pairs import Question, Recipe
from streams.bench.evaluation.photo_set import Photo
from streams.bench.evaluation.pixels import drawn

REFERENCES = 3
"""References of an unrelated claim: an order has a few photos, and one of them is enough for an alarm."""
_HONEST_WAYS = ("saved anew", "crop, resize, JPEG", "screenshot", "text", "tilt, brightness, JPEG")
"""How photos that were made from no reference come in."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pairs of each kind, at most."""

    altered: int = 1_800
    unedited: int = 1_000
    regenerated: int = 500
    unrelated: int = 4_000
    same_product: int = 1_000
    other_variant: int = 500
    shared_pixels: int = 500
    warped: int = 500
    on_a_screen: int = 200
    disguised: int = 550
    printed_goods: int = 1_000
    forged_collages: int = 500
    honest_collages: int = 500

    def limited(self, limit: int | None) -> "Counts":
        """Return the counts with none above ``limit``."""
        if limit is None:
            return self
        return Counts(*(min(limit, getattr(self, name)) for name in self.__slots__))


def recipes(photos: Sequence[Photo], counts: Counts, seed: int) -> list[Recipe]:
    """Return the recipes of all pairs, the same for the same photos, counts and seed."""
    photos = [photos[at] for at in drawn(seed, "photos").permutation(len(photos))]
    made: tuple[tuple[Iterable[Recipe], int], ...] = (
        (_altered(photos, seed), counts.altered),
        (_unedited(photos, seed), counts.unedited),
        (_regenerated(photos, seed), counts.regenerated),
        (_unrelated(photos, counts.unrelated, seed), counts.unrelated),
        (_siblings(photos, "same product"), counts.same_product),
        (_siblings(photos, "other variant"), counts.other_variant),
        (_sharing(photos, seed), counts.shared_pixels),
        (_forged_anew("warped", warps.KINDS, photos, seed), counts.warped),
        (_forged_anew("on a screen", screen_photos.SCREENS, photos, seed), counts.on_a_screen),
        (_forged_anew("disguised", disguises.KINDS, photos, seed), counts.disguised),
        (_printed(photos, seed), counts.printed_goods),
        (_forged_anew("forged collage", tuple(collage_pairs.LAYOUTS), photos, seed), counts.forged_collages),
        (_beside_its_listing(photos, seed), counts.honest_collages),
    )
    return [recipe for each, count in made for recipe in islice(each, count)]


def _altered(photos: Sequence[Photo], seed: int) -> Iterator[Recipe]:
    """Yield forever each photo in turn, with each damage sent each way in turn; one reference of two is the source."""
    cells = list(product(damage.KINDS, laundering.WAYS))
    order = drawn(seed, "altered").permutation(len(cells))
    for number, photo in enumerate(cycle(photos)):
        kind, way = cells[order[number % len(cells)]]
        donor, beside = _others(photo, photos, (seed, "altered", number), 2)
        references, source = _shuffled(photo, beside, number)
        yield Recipe("altered", photo, references, way, source, kind, donor, number)


def _unedited(photos: Sequence[Photo], seed: int) -> Iterator[Recipe]:
    ways = tuple(laundering.WAYS)
    for number, photo in enumerate(cycle(photos)):
        (beside,) = _others(photo, photos, (seed, "unedited", number), 1)
        references, source = _shuffled(photo, beside, number)
        yield Recipe("unedited", photo, references, ways[number % len(ways)], source, number=number)


def _regenerated(photos: Sequence[Photo], seed: int) -> Iterator[Recipe]:
    for number, photo in enumerate(cycle(photos)):
        donor, beside = _others(photo, photos, (seed, "regenerated", number), 2)
        references, source = _shuffled(photo, beside, number)
        kind = scenes.KINDS[number // 2 % len(scenes.KINDS)]
        way = _HONEST_WAYS[number // 4 % len(_HONEST_WAYS)]
        yield Recipe("regenerated", photo, references, way, source, kind, donor, number)


def _unrelated(photos: Sequence[Photo], count: int, seed: int) -> Iterator[Recipe]:
    """Yield claims against photos of other products; one photo's claims come together, each way drawn once."""
    each = -(-count // len(photos))
    for photo, number in product(photos, range(each)):
        way = _HONEST_WAYS[number * len(_HONEST_WAYS) // each]
        references = _others(photo, photos, (seed, "unrelated", photo.name, number), REFERENCES)
        yield Recipe("unrelated", photo, references, way)


def _siblings(photos: Sequence[Photo], question: Question) -> Iterator[Recipe]:
    """Yield each labelled photo as a claim against others of its product: of its own variant, or of the others."""
    families: dict[str, list[Photo]] = {}
    for photo in photos:
        families.setdefault(photo.product, []).append(photo)
    for way, photo in product(_HONEST_WAYS, photos):
        same = question == "same product"
        others = [each for each in families[photo.product] if each != photo and (each.variant == photo.variant) == same]
        if others:
            yield Recipe(question, photo, tuple(others[:REFERENCES]), way)


def _sharing(photos: Sequence[Photo], seed: int) -> Iterator[Recipe]:
    for number, photo in enumerate(cycle(photos)):
        listed, donor = _others(photo, photos, (seed, "shared", number), 2)
        kind = sharing.KINDS[number % len(sharing.KINDS)]
        way = _HONEST_WAYS[number // len(sharing.KINDS) % len(_HONEST_WAYS)]
        yield Recipe("shared pixels", photo, (listed,), way, None, kind, donor, number)


def _forged_anew(question: Question, kinds: Sequence[str], photos: Sequence[Photo], seed: int) -> Iterator[Recipe]:
    """Yield forever forged photos of each kind, with each damage in turn; one reference of two is the source."""
    painted = tuple(damage.KINDS)
    for number, photo in enumerate(cycle(photos)):
        donor, beside = _others(photo, photos, (seed, question, number), 2)
        references, source = _shuffled(photo, beside, number)
        kind, way = kinds[number % len(kinds)], painted[number // len(kinds) % len(painted)]
        yield Recipe(question, photo, references, way, source, kind, donor, number)


def _beside_its_listing(photos: Sequence[Photo], seed: int) -> Iterator[Recipe]:
    """Yield forever collages of a listing and a photo of other goods: nothing in them was made from the listing."""
    kinds = (*collage_pairs.LAYOUTS, *collage_pairs.WITHOUT_A_SEAM)
    for number, photo in enumerate(cycle(photos)):
        (own,) = _others(photo, photos, (seed, "beside its listing", number), 1)
        yield Recipe("honest collage", photo, (photo,), "together", None, kinds[number % len(kinds)], own, number)


def _printed(photos: Sequence[Photo], seed: int) -> Iterator[Recipe]:
    for number, photo in enumerate(cycle(photos)):
        donor, beside = _others(photo, photos, (seed, "printed", number), 2)
        kind = printed.KINDS[number % len(printed.KINDS)]
        yield Recipe("printed goods", photo, (beside,), "taken", None, kind, donor, number)


def _others(photo: Photo, photos: Sequence[Photo], what: tuple[object, ...], count: int) -> tuple[Photo, ...]:
    """Return photos of other products by lot; of few, the same may come again."""
    chance, found = drawn(*what), list[Photo]()
    while len(found) < count:
        other = photos[int(chance.integers(len(photos)))]
        if other.product != photo.product:
            found.append(other)
    return tuple(found)


def _shuffled(photo: Photo, beside: Photo, number: int) -> tuple[tuple[Photo, ...], int]:
    return ((photo, beside), 0) if number % 2 else ((beside, photo), 1)
