"""What the merchants of the demo sell: real photographs of goods, and goods that were drawn."""

from dataclasses import dataclass
from functools import cache

from streams.demo.photographs import WHOLE, Box, Listed, listing_photo, part_of
from streams.demo.pixels import Pixels, drawn
from streams.demo.pottery import FORMS, Pot, a_pot, thrown
from streams.demo.scenes import studio

_MIDDLE: Box = (0.12, 0.12, 0.88, 0.88)


@dataclass(frozen=True, slots=True)
class Product:
    """One product: whose it is, what it costs, and what its listing photo shows.

    ``listed`` is a real photograph; without it the listing photo is drawn from ``form`` (and ``printed``, a real
    photograph on it). Claims of real photographs that are no ceramics show the parcel: another photo of them is
    nowhere to be had.
    """

    number: int
    merchant: int
    category: str
    zh: str
    price_minor: int
    listed: Listed | None = None
    form: str = "cup"
    printed: str | None = None

    @property
    def product_id(self) -> str:
        """The product's id."""
        return f"p-{self.number:03}"

    @property
    def merchant_id(self) -> str:
        """The merchant's id."""
        return f"m-{self.merchant:02}"

    @property
    def listing_uri(self) -> str:
        """Where the listing photo is in the media store."""
        return f"catalogue/{self.product_id}.jpg"

    @property
    def is_ceramic(self) -> bool:
        """Whether a claim can show another view of it."""
        return self.category == "ceramics"


# photograph, part of it, where the goods are, merchant, category, name, price
_REAL: tuple[tuple[str, Box, Box, int, str, str, int], ...] = (
    ("coffee", WHOLE, (0.24, 0.08, 0.76, 0.9), 1, "ceramics", "意式浓缩杯碟", 12_900),
    ("flower", WHOLE, (0.26, 0.22, 0.7, 0.82), 2, "plants", "大丽花盆栽", 4_900),
    ("palace", WHOLE, (0.05, 0.1, 0.5, 0.9), 3, "prints", "颐和园装饰画", 9_900),
    ("cat", WHOLE, _MIDDLE, 3, "prints", "猫咪帆布画", 6_900),
    ("rocket", WHOLE, (0.3, 0.2, 0.7, 0.9), 3, "prints", "火箭海报", 5_900),
    ("astronaut", WHOLE, (0.15, 0.1, 0.85, 0.95), 3, "prints", "宇航员海报", 5_900),
    ("officer", WHOLE, (0.15, 0.1, 0.85, 0.95), 3, "prints", "人物肖像画", 7_900),
    ("cameraman", WHOLE, (0.1, 0.1, 0.8, 0.95), 3, "prints", "黑白摄影海报", 5_900),
    ("stars", WHOLE, _MIDDLE, 4, "prints", "星空挂布", 8_900),
    ("moon", WHOLE, _MIDDLE, 4, "prints", "月球表面挂画", 8_900),
    ("retina", (0.05, 0.2, 0.95, 0.85), _MIDDLE, 4, "prints", "医学挂图", 6_500),
    ("fabric", WHOLE, _MIDDLE, 5, "fabric", "印花布料", 3_900),
    ("brick", WHOLE, _MIDDLE, 6, "tiles", "仿古地砖", 15_900),
    ("gravel", WHOLE, _MIDDLE, 6, "garden", "庭院砾石", 4_500),
    ("grass", WHOLE, _MIDDLE, 6, "garden", "人造草坪", 11_900),
    ("page", WHOLE, _MIDDLE, 7, "books", "图像处理教材", 8_800),
    ("motorcycle_left", WHOLE, (0.14, 0.3, 0.86, 0.92), 8, "models", "摩托车模型", 16_900),
    ("coins", WHOLE, (0.05, 0.05, 0.95, 0.95), 9, "gold", "古钱币收藏册", 18_800),
    ("coffee", (0.05, 0.35, 0.75, 1.0), (0.15, 0.1, 0.85, 0.9), 1, "ceramics", "红釉托碟", 7_900),
    ("palace", (0.0, 0.25, 0.55, 0.85), _MIDDLE, 3, "prints", "飞檐装饰画", 6_900),
    ("motorcycle_left", (0.4, 0.2, 1.0, 0.8), (0.2, 0.2, 0.8, 0.9), 8, "models", "发动机模型", 13_900),
)
_PRINTS = ("cat", "flower", "palace", "rocket", "astronaut", "stars")
_NAMES = {"mug": "马克杯", "cup": "茶杯", "bowl": "汤碗", "plate": "餐盘", "vase": "花瓶", "jar": "储物罐"}
_DRAWN = 30
_MERCHANTS_BEFORE = 9
_POTTERIES = 5


def _products() -> tuple[Product, ...]:
    real = [
        Product(number, merchant, category, zh, price, Listed(name, part, goods))
        for number, (name, part, goods, merchant, category, zh, price) in enumerate(_REAL, 1)
    ]
    pottery = [
        Product(
            number=len(real) + 1 + place,
            merchant=_MERCHANTS_BEFORE + 1 + place % _POTTERIES,
            category="ceramics",
            zh=_NAMES[FORMS[place % len(FORMS)]],
            price_minor=3_900 + 700 * (place % 17),
            form=FORMS[place % len(FORMS)],
            printed=_PRINTS[place // len(FORMS)] if FORMS[place % len(FORMS)] == "mug" else None,
        )
        for place in range(_DRAWN)
    ]
    return (*real, *pottery)


PRODUCTS = _products()


@cache
def pot_of(product: Product, seed: int) -> Pot:
    """Return the product as it left the pottery; of a photographed one, the nearest that we can throw."""
    printed = None if product.printed is None else part_of(product.printed)
    return a_pot(drawn(seed, 1, product.number), product.form, printed)


@cache
def listing(product: Product, seed: int) -> tuple[Pixels, Box]:
    """Return the merchant's photo of a product, and where in it the goods are."""
    if product.listed is not None:
        return listing_photo(product.listed), product.listed.goods
    return studio(thrown(pot_of(product, seed)), drawn(seed, 2, product.number))
