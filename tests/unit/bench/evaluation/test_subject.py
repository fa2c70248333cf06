import numpy as np
import pytest

from streams.bench.evaluation.damage import damaged
from streams.bench.evaluation.pixels import drawn, encoded
from streams.bench.evaluation.subject import LOOKING, Product
from streams.errors import MediaUnreadable
from tests.unit.bench.evaluation.photo_sets import photo


def test_the_product_tells_a_photo_saved_anew_from_another() -> None:
    claim, listed, other = (encoded(photo(seed), "JPEG", quality) for seed, quality in ((1, 60), (1, 95), (2, 95)))

    assert Product().inspect(claim, (other, listed)).best_reference == 1
    assert not Product().inspect(claim, (other,)).derived


def test_a_photo_is_looked_at_once_however_many_pairs_it_is_in() -> None:
    subject = Product()
    claim, listed = encoded(photo(1), "JPEG", 60), encoded(photo(1), "JPEG")
    first, again = subject.inspect(claim, (listed,)), subject.inspect(claim, (listed,))

    pixels = {"develop", "alignment", "difference", "copied", "regions"}
    assert set(first.seconds) == LOOKING - {"look"} | pixels
    assert set(again.seconds) == {"compare"} | pixels
    assert again.derived == first.derived


def test_a_soft_photo_without_features_is_known_by_its_frame_alone() -> None:
    rows, columns = np.mgrid[:200, :300]
    waves = 60 * np.cos(columns * np.pi / 75) * np.cos(rows * np.pi / 100) + 30 * np.sin(columns / 70 + rows / 50)
    soft = (130 + waves).clip(0, 255).astype(np.uint8)[:, :, None].repeat(3, axis=2)
    plain, noisy = encoded(soft, "PNG"), encoded(photo(2), "JPEG")

    assert Product().inspect(plain, (encoded(soft, "JPEG", 80),)).derived
    assert not Product().inspect(plain, (noisy,)).derived


def test_the_mask_of_an_alteration_has_the_claims_size() -> None:
    forged = damaged("patch", photo(1), photo(2), drawn(1))
    found = Product().inspect(encoded(forged.pixels, "JPEG", 85), (encoded(photo(1), "JPEG", 95),))

    assert found.altered
    assert found.mask is not None
    assert found.mask.shape == photo(1).shape[:2]
    assert (found.mask & forged.mask).any()


def test_what_cannot_be_read_is_not_answered() -> None:
    with pytest.raises(MediaUnreadable):
        Product().inspect(b"no photo", (b"nor this",))


def test_a_collage_is_looked_at_panel_by_panel() -> None:
    listing, own = photo(1), photo(2)
    both = encoded(np.hstack([listing, own]), "JPEG", 90)
    assert Product().inspect(both, (encoded(listing, "JPEG", 95),)).reasons == []
    forged = damaged("patch", listing, photo(3), drawn(1)).pixels
    mixed = encoded(np.hstack([forged, own]), "JPEG", 90)
    found = Product().inspect(mixed, (encoded(listing, "JPEG", 95),))
    assert (found.derived, found.altered, found.reasons) == (True, True, ["LIKE_REFERENCE"])
