"""Every photo of the demo, described before it is made: another process makes it, the same for the same seed."""

from dataclasses import dataclass
from typing import Protocol

from streams.demo.catalogue import Product, listing, pot_of
from streams.demo.forgeries import Kind, Way, forge, sent
from streams.demo.parcels import a_box
from streams.demo.photographs import part_of
from streams.demo.pixels import drawn, jpeg, photographed
from streams.demo.pottery import cracked, thrown
from streams.demo.prints import print_at_home
from streams.demo.scenes import at_home


class Photo(Protocol):
    """A photo that can be made: where it is uploaded to, and its bytes."""

    @property
    def uri(self) -> str:
        """Its key in the media store."""

    @property
    def arrives(self) -> bool:
        """Whether the upload reaches the store."""

    def made(self, seed: int) -> bytes:
        """Return the file, the same for the same seed."""


class _Upload:
    """Uploads arrive, unless they say otherwise."""

    __slots__ = ()

    @property
    def arrives(self) -> bool:
        """Whether the upload reaches the store."""
        return True


@dataclass(frozen=True, slots=True)
class ListingPhoto(_Upload):
    """The merchant's photo of a product."""

    product: Product

    @property
    def uri(self) -> str:
        """Its key in the media store."""
        return self.product.listing_uri

    def made(self, seed: int) -> bytes:
        """Return the file."""
        return jpeg(listing(self.product, seed)[0], 92)


@dataclass(frozen=True, slots=True)
class HonestPhoto(_Upload):
    """A photo that the buyer really took: the broken thing at home, or the crushed parcel it came in."""

    product: Product
    number: int

    @property
    def uri(self) -> str:
        """Its key in the media store."""
        return f"claims/h{self.number:05}.jpg"

    def made(self, seed: int) -> bytes:
        """Return the file."""
        chance = drawn(seed, 3, self.number)
        listed = self.product.listed.photograph if self.product.listed is not None else self.product.printed
        if self.product.is_ceramic:
            broken = cracked(pot_of(self.product, seed), chance)
            scene = at_home(thrown(broken, chance), chance, shards=True, never=listed)
        else:
            scene = at_home(a_box(chance, crushed=True), chance, shards=False, never=listed)
        return photographed(scene, chance, quality=int(chance.integers(78, 92)))


@dataclass(frozen=True, slots=True)
class PrintedPhoto(_Upload):
    """A photo that the buyer really took of a print: it shows what the listing shows, and nothing of its file."""

    product: Product
    number: int

    @property
    def uri(self) -> str:
        """Its key in the media store."""
        return f"claims/p{self.number:05}.jpg"

    def made(self, seed: int) -> bytes:
        """Return the file."""
        chance = drawn(seed, 8, self.number)
        table = part_of(("brick", "fabric", "grass")[int(chance.integers(3))])
        scene = print_at_home(listing(self.product, seed)[0], table, chance)
        return photographed(scene, chance, quality=int(chance.integers(80, 92)))


@dataclass(frozen=True, slots=True)
class ForgedPhoto(_Upload):
    """The merchant's photo with damage painted in; one ``damage`` sent several ways is one forgery used again."""

    product: Product
    kind: Kind
    way: Way
    damage: int

    @property
    def uri(self) -> str:
        """Its key in the media store."""
        return f"claims/f{self.damage:05}-{self.way.replace(' ', '-')}.jpg"

    def made(self, seed: int) -> bytes:
        """Return the file."""
        photo, goods = listing(self.product, seed)
        return forge(photo, goods, self.kind, self.way, drawn(seed, 4, self.damage)).photo


@dataclass(frozen=True, slots=True)
class ResentPhoto(_Upload):
    """The merchant's own photo, sent back as it is or saved anew."""

    product: Product
    number: int
    way: Way | None

    @property
    def uri(self) -> str:
        """Its key in the media store."""
        return f"claims/r{self.number:05}.jpg"

    def made(self, seed: int) -> bytes:
        """Return the file."""
        if self.way is None:
            return ListingPhoto(self.product).made(seed)
        return sent(listing(self.product, seed)[0], self.way, drawn(seed, 5, self.number))


@dataclass(frozen=True, slots=True)
class TruncatedPhoto(_Upload):
    """An upload that broke off half-way."""

    whole: HonestPhoto

    @property
    def uri(self) -> str:
        """Its key in the media store."""
        return self.whole.uri.replace("claims/h", "claims/t")

    def made(self, seed: int) -> bytes:
        """Return the file."""
        photo = self.whole.made(seed)
        return photo[: len(photo) // 2]


@dataclass(frozen=True, slots=True)
class LostPhoto(_Upload):
    """A photo whose upload never arrived."""

    number: int

    @property
    def uri(self) -> str:
        """Its key in the media store, where there is nothing."""
        return f"claims/lost-{self.number}.jpg"

    @property
    def arrives(self) -> bool:
        """It does not."""
        return False

    def made(self, seed: int) -> bytes:
        """Return nothing: there is no such file."""
        del seed
        return b""
