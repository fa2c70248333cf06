"""The demo's requests: who asks what with which photos, story by story."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from schemas.records import ClaimMedium, ReferenceMedium, RefundRequested, StatedReason
from schemas.units import DAY_MS, MINUTE_MS
from streams.demo import stories
from streams.demo.catalogue import PRODUCTS, Product
from streams.demo.forgeries import Kind, Way
from streams.demo.photos import ForgedPhoto, HonestPhoto, LostPhoto, Photo, PrintedPhoto, ResentPhoto, TruncatedPhoto
from streams.demo.pixels import drawn
from streams.demo.stories import Story

_STORY_OF: dict[Kind, Story] = {
    "crack": stories.CRACK,
    "stain": stories.STAIN,
    "hole": stories.HOLE,
    "mould": stories.MOULD,
}
_WAYS: tuple[Way, ...] = ("recompressed", "resized", "as it is", "cropped")
# Portraits are not painted on, and coins are a story of their own. The others are smooth, or repeat themselves: as yet
# the comparison misses some forgeries of such photos, as it misses mirrored ones, which have a story.
_NOT_FORGED = frozenset({"astronaut", "officer", "cameraman", "coins", "retina", "brick", "fabric"})
_SCREENSHOTS = frozenset({"coffee", "flower", "palace", "cat", "stars", "motorcycle_left"})
_WORDS = {
    "ceramics": (
        "收到就裂了，没法用",
        "杯口碎了一块",
        "打开快递发现破了，割到手",
        "釉面有裂纹，漏水",
        "摔坏了，包装太薄",
    ),
    "prints": ("画框压坏了", "画面有折痕", "快递箱被压扁，画变形了"),
    "plants": ("花盆碎了，土撒了一箱", "叶子都断了"),
    "fabric": ("布料有破洞", "染色脏了"),
    "tiles": ("到货碎了两块", "边角全磕掉了"),
    "garden": ("袋子破了，少了一半", "颜色不对，还破损"),
    "books": ("书角压坏，内页撕裂", "封面脏了"),
    "models": ("零件断了", "外壳裂开"),
    "gold": ("册子压坏，少了一枚", "有划痕"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, its story, and the photos that it needs. What is ``late`` is asked once the others are decided."""

    story: Story
    request: RefundRequested
    photos: tuple[Photo, ...]
    late: bool = False


def listed_at_ms(product: Product, now_ms: int) -> int:
    """Return when a product's photo was registered: a month or more ago."""
    return now_ms - (30 + 3 * product.number) * DAY_MS


class Requests:
    """Makes requests: numbers go up, buyers are new unless they are named, and everything else is drawn."""

    def __init__(self, seed: int, now_ms: int) -> None:
        """``now_ms`` is about when they are asked."""
        self._chance = drawn(seed, 7)
        self._now_ms = now_ms
        self._numbers = count(1)
        self._photos = count(1)

    def honest(self, how_many: int) -> Iterator[Asked]:
        """Yield honest requests: most are small."""
        usable = [product for product in PRODUCTS if product.category != "gold"]
        for place in range(how_many):
            product = usable[place % len(usable)]
            photos = [self._own(product)]
            if place % 8 == 0:
                photos.append(self._own(product))
            yield self._asked(stories.HONEST, product, photos)

    def forged(self, how_many: int) -> Iterator[Asked]:
        """Yield forged ones: each listing photo in turn, with each kind of damage in turn, sent each way in turn."""
        kinds = tuple(_STORY_OF)
        usable = [one for one in PRODUCTS if _paintable(one)]
        for place in range(how_many):
            product = usable[(place * 5) % len(usable)]
            drawn_goods = product.listed is None
            kind = kinds[place % (len(kinds) - drawn_goods)]
            way = _WAYS[place // 2 % len(_WAYS)]
            if place % 6 == 0 and product.listed is not None and product.listed.photograph in _SCREENSHOTS:
                way = "screenshot"
            yield self._asked(_STORY_OF[kind], product, [ForgedPhoto(product, kind, way, next(self._photos))])

    def special(self) -> Iterator[Asked]:
        """Yield the stories that a visitor should see, each at least once."""
        yield from self._resent()
        yield from self._scenes_and_prints()
        yield from self._shared()
        yield from self._frequent()
        yield from self._limited()
        yield from self._not_looked()
        yield from self._again()

    def _resent(self) -> Iterator[Asked]:
        ways: tuple[Way | None, ...] = (None, "recompressed", "resized", None, "recompressed", "resized")
        for place, way in enumerate(ways):
            product = PRODUCTS[place * 4 + 2]
            yield self._asked(stories.RESENT, product, [ResentPhoto(product, next(self._photos), way)])

    def _scenes_and_prints(self) -> Iterator[Asked]:
        """Yield goods in a scene that is not theirs, and prints that their buyers photographed themselves."""
        for product in (PRODUCTS[0], PRODUCTS[1], PRODUCTS[16]):
            yield self._asked(stories.SCENE, product, [ForgedPhoto(product, "scene", "resized", next(self._photos))])
        for product in (PRODUCTS[2], PRODUCTS[3], PRODUCTS[4]):
            yield self._asked(stories.PRINTED, product, [PrintedPhoto(product, next(self._photos))])

    def _shared(self) -> Iterator[Asked]:
        """Yield one forgery sent by three buyers: two in the shop whose photo it was made from, one in another shop."""
        product, elsewhere = PRODUCTS[0], PRODUCTS[30]
        damage = next(self._photos)
        yield self._asked(stories.SHARED_FIRST, product, [ForgedPhoto(product, "hole", "as it is", damage)])
        for shop, way in ((product, "recompressed"), (elsewhere, "resized")):
            photo = ForgedPhoto(product, "hole", way, damage)  # type: ignore[arg-type] # mypy reads the tuple's texts as str
            yield self._asked(stories.SHARED_AGAIN, shop, [photo], late=True)

    def _frequent(self) -> Iterator[Asked]:
        for place in range(8):
            product = PRODUCTS[24 + place]
            story = stories.FREQUENT_EARLY if place < 5 else stories.FREQUENT_LATE  # noqa: PLR2004 - as the policy counts
            yield self._asked(
                story, product, [self._own(product)], buyer_id="b-frequent", amount_minor=4_800, orders_30d=60
            )

    def _limited(self) -> Iterator[Asked]:
        for place in range(7):
            product = PRODUCTS[(place * 9 + 12) % len(PRODUCTS)]
            amount = 26_000 + 9_500 * place
            yield self._asked(stories.LARGE, product, [self._own(product)], amount_minor=amount)
        for product in (PRODUCTS[2], PRODUCTS[3]):
            photo = ForgedPhoto(product, "stain", "mirrored", next(self._photos))
            yield self._asked(stories.MIRRORED, product, [photo])
        gold = next(product for product in PRODUCTS if product.category == "gold")
        for _ in range(4):
            yield self._asked(stories.EXCLUDED, gold, [self._own(gold)])

    def _not_looked(self) -> Iterator[Asked]:
        product = PRODUCTS[25]
        yield self._asked(stories.LOST, product, [LostPhoto(next(self._photos))])
        yield self._asked(stories.TRUNCATED, product, [TruncatedPhoto(self._own(product))])
        yield self._asked(stories.WRONG_HASH, product, [self._own(product)], sha256="0" * 64)
        yield self._asked(stories.NO_PHOTO, product, [])

    def _again(self) -> Iterator[Asked]:
        repeated = self._asked(stories.HONEST, PRODUCTS[26], [self._own(PRODUCTS[26])])
        changed = self._asked(stories.HONEST, PRODUCTS[27], [self._own(PRODUCTS[27])])
        yield from (repeated, changed)
        yield Asked(stories.REPEATED, repeated.request, (), late=True)
        more = _with_amount(changed.request, changed.request.amount_minor + 6_600)
        yield Asked(stories.CHANGED, more, (), late=True)

    def _own(self, product: Product) -> HonestPhoto:
        return HonestPhoto(product, next(self._photos))

    def _asked(
        self,
        story: Story,
        product: Product,
        photos: Sequence[Photo],
        *,
        late: bool = False,
        sha256: str | None = None,
        **given: str | int,
    ) -> Asked:
        number = next(self._numbers)
        words = _WORDS[product.category]
        fields = {
            "request_id": f"rr-{number:05}",
            "order_id": f"o-{number:05}",
            "buyer_id": f"b-{number:05}",
            "merchant_id": product.merchant_id,
            "product_id": product.product_id,
            "category": product.category,
            "kind": "refund_only",
            "amount_minor": product.price_minor,
            "freight_minor": 100 * int(self._chance.integers(0, 13)),
            "currency": "CNY",
            "requested_at_ms": self._now_ms - int(self._chance.integers(0, 30)) * MINUTE_MS,
            "orders_30d": int(self._chance.integers(6, 40)),
            "reason": StatedReason(code="DAMAGED", text=f"{product.zh}：{words[number % len(words)]}"),
            "claim_media": [
                ClaimMedium(media_id=f"c{place}", uri=photo.uri, sha256=sha256, capture_source="album")
                for place, photo in enumerate(photos, 1)
            ],
            "reference_media": [
                ReferenceMedium(
                    media_id="r1", uri=product.listing_uri, registered_at_ms=listed_at_ms(product, self._now_ms)
                )
            ],
        }
        return Asked(story, RefundRequested(**fields | given), tuple(photos), late)  # type: ignore[arg-type] # values of many types by name


def _paintable(product: Product) -> bool:
    return product.listed is None or product.listed.photograph not in _NOT_FORGED


def _with_amount(request: RefundRequested, amount_minor: int) -> RefundRequested:
    fields = {name: getattr(request, name) for name in request.__struct_fields__}
    return RefundRequested(**fields | {"amount_minor": amount_minor})
