"""A pair to look at: a claim photo, its references, and what is true of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from streams.bench.evaluation.collage_pairs import WITHOUT_A_SEAM, at_home, joined, together
from streams.bench.evaluation.damage import damaged
from streams.bench.evaluation.disguises import disguised
from streams.bench.evaluation.frames import framed
from streams.bench.evaluation.laundering import sent
from streams.bench.evaluation.photo_set import Photo, PhotoSet
from streams.bench.evaluation.pixels import Chance, Mask, Pixels, drawn, encoded
from streams.bench.evaluation.printed import printed
from streams.bench.evaluation.scenes import regenerated_around
from streams.bench.evaluation.screen_photos import on_a_screen
from streams.bench.evaluation.sharing import with_the_same
from streams.bench.evaluation.warps import taken_anew

Question = Literal[
    "altered",
    "unedited",
    "regenerated",
    "warped",
    "on a screen",
    "disguised",
    "unrelated",
    "same product",
    "other variant",
    "shared pixels",
    "printed goods",
    "forged collage",
    "honest collage",
]
_CLAIMS_KEPT = 4
_LISTING_QUALITY = 92
_SENT_QUALITY = (70, 95)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a pair is made: the same recipe, seed and photos give the same bytes.

    ``damage`` is a kind, empty for none; of shared pixels, what is shared, of warped ones, of screens and of printed
    goods, which kind (their damage is the ``way``). ``donor`` is another photo for it.
    ``source`` is the index of the reference that the claim was made from, None where it was made from none of them.
    """

    question: Question
    photo: Photo
    references: tuple[Photo, ...]
    way: str
    source: int | None = None
    damage: str = ""
    donor: Photo | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Files, and the truth in the claim's pixels; ``mask`` and ``drawn`` are None where nothing is known of them."""

    claim: bytes
    references: Sequence[bytes]
    source: int | None
    mask: Mask | None = None
    drawn: Mask | None = None


class PairMaker:
    """What makes pairs from recipes."""

    def __init__(self, photo_set: PhotoSet, seed: int) -> None:
        self._photos = photo_set
        self._seed = seed
        self._claim = lru_cache(_CLAIMS_KEPT)(self._sent)

    def make(self, recipe: Recipe) -> Pair:
        """Return the pair of a recipe."""
        if recipe.question == "shared pixels":
            return self._sharing(recipe)
        made = {
            "regenerated": self._regenerated,
            "warped": self._warped,
            "on a screen": self._on_a_screen,
            "disguised": self._disguised,
            "printed goods": self._printed,
            "altered": self._altered,
            "forged collage": self._forged_collage,
            "honest collage": self._honest_collage,
        }.get(recipe.question)
        if made is not None:
            return made(recipe)
        pair = self._claim(recipe.photo, recipe.way, recipe.number)
        references = tuple(self._photos.file(photo) for photo in recipe.references)
        if recipe.source is None:
            return Pair(pair.claim, references, None)
        return Pair(pair.claim, references, recipe.source, pair.mask, pair.drawn)

    def _altered(self, recipe: Recipe) -> Pair:
        chance = drawn(self._seed, recipe.number, recipe.photo.name, recipe.damage, recipe.way)
        donor = self._photos.pixels(recipe.donor or recipe.photo)
        forged = damaged(recipe.damage, self._photos.pixels(recipe.photo), donor, chance)
        claim = sent(recipe.way, forged.pixels, forged.mask, chance)
        references = tuple(self._photos.file(photo) for photo in recipe.references)
        return Pair(claim.file, references, recipe.source, claim.mask, claim.drawn)

    def _regenerated(self, recipe: Recipe) -> Pair:
        chance = drawn(self._seed, recipe.number, recipe.photo.name, recipe.damage, recipe.way)
        donor = self._photos.pixels(recipe.donor or recipe.photo)
        scene = regenerated_around(recipe.damage, self._photos.pixels(recipe.photo), donor, chance)
        claim = sent(recipe.way, scene, _nothing(scene), chance)
        references = tuple(self._photos.file(photo) for photo in recipe.references)
        return Pair(claim.file, references, recipe.source)

    def _warped(self, recipe: Recipe) -> Pair:
        """Return a forged photo that was warped, bent or lit anew on the computer. No mask: its places have moved."""
        chance = drawn(self._seed, recipe.number, recipe.photo.name, recipe.damage, recipe.way)
        donor = self._photos.pixels(recipe.donor or recipe.photo)
        forged = damaged(recipe.way, self._photos.pixels(recipe.photo), donor, chance)
        frame = taken_anew(recipe.damage, framed(forged.pixels, forged.mask), donor, chance)
        claim = encoded(frame.pixels, "JPEG", int(chance.integers(*_SENT_QUALITY)))
        return Pair(claim, tuple(self._photos.file(photo) for photo in recipe.references), recipe.source)

    def _on_a_screen(self, recipe: Recipe) -> Pair:
        """Return the photo of a screen that shows a forged photo."""
        chance = drawn(self._seed, recipe.number, recipe.photo.name, recipe.damage, recipe.way)
        donor = self._photos.pixels(recipe.donor or recipe.photo)
        forged = damaged(recipe.way, self._photos.pixels(recipe.photo), donor, chance)
        claim = encoded(on_a_screen(recipe.damage, forged.pixels, chance), "JPEG", int(chance.integers(*_SENT_QUALITY)))
        return Pair(claim, tuple(self._photos.file(photo) for photo in recipe.references), recipe.source)

    def _disguised(self, recipe: Recipe) -> Pair:
        """Return a forged photo that was made to look like no listing. No mask: its places have moved."""
        chance = drawn(self._seed, recipe.number, recipe.photo.name, recipe.damage, recipe.way)
        donor = self._photos.pixels(recipe.donor or recipe.photo)
        forged = damaged(recipe.way, self._photos.pixels(recipe.photo), donor, chance)
        claim = disguised(recipe.damage, framed(forged.pixels, forged.mask), donor, chance)
        return Pair(claim, tuple(self._photos.file(photo) for photo in recipe.references), recipe.source)

    def _printed(self, recipe: Recipe) -> Pair:
        """Return an honest photo of printed goods beside their packshot, and beside another product's photo."""
        chance = drawn(self._seed, recipe.number, recipe.photo.name, recipe.damage, recipe.way)
        goods = printed(
            recipe.damage, self._photos.pixels(recipe.photo), self._photos.pixels(recipe.donor or recipe.photo), chance
        )
        claim = encoded(goods.claim, "JPEG", int(chance.integers(*_SENT_QUALITY)))
        return Pair(claim, (goods.listing, *(self._photos.file(photo) for photo in recipe.references)), None)

    def _forged_collage(self, recipe: Recipe) -> Pair:
        """Return a collage with a forged photo among honest ones of other goods. No mask: its places have moved."""
        chance = drawn(self._seed, recipe.number, recipe.photo.name, recipe.damage, recipe.way)
        donor = self._photos.pixels(recipe.donor or recipe.photo)
        forged = damaged(recipe.way, self._photos.pixels(recipe.photo), donor, chance)
        own = at_home(donor, chance)
        return self._collage(recipe, together(recipe.damage, forged.pixels, [own], chance, forged.mask), chance)

    def _honest_collage(self, recipe: Recipe) -> Pair:
        """Return a collage of the listing beside an own photo, which has nothing to do with it."""
        chance = drawn(self._seed, recipe.number, recipe.photo.name, recipe.damage, recipe.way)
        listing, other = self._photos.pixels(recipe.photo), self._photos.pixels(recipe.donor or recipe.photo)
        if recipe.damage in WITHOUT_A_SEAM:
            return self._collage(recipe, joined(recipe.damage, listing, other, chance), chance)
        return self._collage(recipe, together(recipe.damage, listing, [at_home(other, chance)], chance), chance)

    def _collage(self, recipe: Recipe, collage: Pixels, chance: Chance) -> Pair:
        claim = encoded(collage, "JPEG", int(chance.integers(*_SENT_QUALITY)))
        return Pair(claim, tuple(self._photos.file(photo) for photo in recipe.references), recipe.source)

    def _sharing(self, recipe: Recipe) -> Pair:
        """Return a claim and a reference of different products that show the same part of a third photo."""
        chance = drawn(self._seed, recipe.number, recipe.photo.name, recipe.damage, recipe.way)
        listed = recipe.references[0]
        ours, theirs = with_the_same(
            recipe.damage,
            (self._photos.pixels(recipe.photo), self._photos.pixels(listed)),
            self._photos.pixels(recipe.donor or listed),
            chance,
        )
        claim = sent(recipe.way, ours, _nothing(ours), chance)
        return Pair(claim.file, (encoded(theirs, "JPEG", _LISTING_QUALITY),), None)

    def _sent(self, photo: Photo, way: str, number: int) -> Pair:
        chance = drawn(self._seed, number, photo.name, way)
        pixels = self._photos.pixels(photo)
        claim = sent(way, pixels, _nothing(pixels), chance)
        return Pair(claim.file, (), None, claim.mask, claim.drawn)


def _nothing(pixels: Pixels) -> Mask:
    return pixels[..., 0] < 0
