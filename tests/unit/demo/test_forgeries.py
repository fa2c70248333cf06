import numpy as np
import pytest

from streams.demo.catalogue import PRODUCTS, Product, listing
from streams.demo.forgeries import KINDS, Kind, Way, forge, sent
from streams.demo.pixels import drawn, jpeg, sized
from tests.unit.demo.decoded import beside, seen

SEED = 1
CUP = PRODUCTS[0]
VISIBLE = 24


@pytest.mark.parametrize("product", [CUP, PRODUCTS[25]], ids=["photographed", "drawn"])
@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_painted_where_the_goods_are_and_nowhere_near_everywhere(kind: Kind, product: Product) -> None:
    photo, goods = listing(product, SEED)
    forged = forge(photo, goods, kind, "as it is", drawn(SEED, 1))
    changed = np.abs(seen(forged.photo).astype(int) - photo).max(-1) > VISIBLE
    rows, columns = np.nonzero(changed)
    height, width = changed.shape
    left, top, right, bottom = goods
    assert 0.001 < forged.share < 0.25
    assert left * width <= np.median(columns) <= right * width
    assert top * height <= np.median(rows) <= bottom * height


@pytest.mark.parametrize("way", ["as it is", "recompressed", "cropped", "resized", "screenshot", "mirrored"])
def test_a_forgery_is_still_found_in_the_merchants_photo_whichever_way_it_was_sent(way: Way) -> None:
    photo, goods = listing(CUP, SEED)
    found = beside(forge(photo, goods, "hole", way, drawn(SEED, 2)).photo, jpeg(photo, 92))
    assert found["derived_score"] >= 0.5
    assert found["altered_regions"] >= 1


def test_each_way_of_sending_does_what_it_says() -> None:
    photo, _ = listing(CUP, SEED)
    height, width = photo.shape[:2]
    made = {way: seen(sent(photo, way, drawn(SEED, 3))) for way in ("cropped", "resized", "mirrored", "screenshot")}
    assert made["cropped"].shape[0] < height
    assert made["resized"].shape[1] < 0.85 * width
    assert made["screenshot"].shape[0] > made["screenshot"].shape[1]
    assert np.abs(made["mirrored"][:, ::-1].astype(int) - photo).mean() < 5
    assert len(sent(photo, "recompressed", drawn(SEED, 3))) < len(jpeg(photo, 78))


def test_sizing_covers_and_keeps_the_middle() -> None:
    picture = np.zeros((100, 300, 3), np.uint8)
    picture[:, 140:160] = 255
    assert sized(picture, (50, 50)).shape == (50, 50, 3)
    assert sized(picture, (50, 50))[25, 25].tolist() == [255, 255, 255]
