from collections import Counter
from itertools import product

from streams.bench.evaluation.damage import KINDS
from streams.bench.evaluation.laundering import WAYS
from streams.bench.evaluation.photo_set import Photo
from streams.bench.evaluation.plan import REFERENCES, Counts, recipes

PHOTOS = [
    *(Photo(f"shirt-{colour}-{view}.jpg", "shirt", colour) for colour in ("red", "blue") for view in (1, 2)),
    *(Photo(f"{number}.jpg", f"{number}.jpg") for number in range(8)),
]
COUNTS = Counts(
    altered=len(KINDS) * len(WAYS), unedited=40, regenerated=20, unrelated=60, same_product=50, shared_pixels=30
)
MADE = recipes(PHOTOS, COUNTS, seed=3)


def test_every_damage_is_sent_every_way() -> None:
    cells = Counter((each.damage, each.way) for each in MADE if each.question == "altered")

    assert cells == Counter(product(KINDS, WAYS))


def test_a_derived_claim_knows_its_source_among_the_references() -> None:
    derived = [each for each in MADE if each.question in {"altered", "unedited", "regenerated"}]

    assert all(each.source is not None and each.references[each.source] == each.photo for each in derived)
    assert {each.source for each in derived} == {0, 1}


def test_an_unrelated_claim_meets_three_photos_of_other_products() -> None:
    unrelated = [each for each in MADE if each.question == "unrelated"]

    assert len(unrelated) == COUNTS.unrelated
    assert all(len(each.references) == REFERENCES for each in unrelated)
    assert all(reference.product != each.photo.product for each in unrelated for reference in each.references)


def test_the_same_product_means_its_other_photos_of_that_variant() -> None:
    found = {
        (each.photo.name, *(other.name for other in each.references))
        for each in MADE
        if each.question == "same product"
    }

    assert found == {
        ("shirt-red-1.jpg", "shirt-red-2.jpg"),
        ("shirt-red-2.jpg", "shirt-red-1.jpg"),
        ("shirt-blue-1.jpg", "shirt-blue-2.jpg"),
        ("shirt-blue-2.jpg", "shirt-blue-1.jpg"),
    }


def test_another_variant_means_the_same_product_in_another_colour() -> None:
    found = [each for each in MADE if each.question == "other variant"]

    assert {each.photo.product for each in found} == {"shirt"}
    assert all(other.variant != each.photo.variant for each in found for other in each.references)


def test_the_plan_repeats_for_its_seed_and_differs_for_another() -> None:
    assert recipes(PHOTOS, COUNTS, seed=3) == MADE
    assert recipes(PHOTOS, COUNTS, seed=4) != MADE


def test_a_limit_holds_for_each_kind_of_pair() -> None:
    kinds = Counter(each.question for each in recipes(PHOTOS, Counts().limited(5), seed=1))

    assert set(kinds.values()) == {5}
    assert Counts().limited(None) == Counts()


def test_a_forged_collage_knows_its_source_and_a_listing_beside_an_own_photo_has_none() -> None:
    made = recipes(PHOTOS, Counts().limited(10), seed=2)
    forged, honest = ([each for each in made if each.question == f"{kind} collage"] for kind in ("forged", "honest"))
    assert all(each.source is not None and each.references[each.source] == each.photo for each in forged)
    assert all(each.source is None and each.references[0] == each.photo for each in honest)
    assert all(each.donor is not None and each.donor.product != each.photo.product for each in honest)
