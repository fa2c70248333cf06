from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from streams.bench.evaluation.pixels import Mask, encoded
from streams.bench.evaluation.subject import ENOUGH_COVERAGE, ENOUGH_INLIERS, NEAR_BITS, Box, Packaged, Pairwise
from streams.errors import MediaUnreadable
from streams.policy.packaged import load_default
from tests.unit.bench.evaluation.shelves import photo

MASK = np.ones((2, 3), np.bool_)


@dataclass(frozen=True)
class Found:
    derived: bool
    score: float
    altered: bool | None = None
    mask: Mask | None = None
    regions: Sequence[Box] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


ANSWERS = {
    b"unlike": Found(derived=False, score=0.4, seconds={"look": 1.0}),
    b"alike": Found(derived=True, score=0.7, seconds={"look": 1.0, "difference": 2.0}),
    b"source": Found(derived=True, score=0.9, altered=True, mask=MASK, seconds={"look": 1.0, "difference": 4.0}),
}


def test_of_several_references_the_likeliest_source_answers_and_all_of_them_cost() -> None:
    found = Pairwise(lambda _claim, reference: ANSWERS[reference]).inspect(b"claim", (b"unlike", b"source", b"alike"))

    assert (found.derived, found.best_reference, found.score, found.altered) == (True, 1, 0.9, True)
    assert found.mask is MASK
    assert found.seconds == {"look": 3.0, "difference": 6.0}


def test_where_no_reference_is_a_source_none_is_the_best() -> None:
    found = Pairwise(lambda _claim, reference: ANSWERS[reference]).inspect(b"claim", (b"unlike",))

    assert (found.derived, found.best_reference) == (False, None)


def test_the_packaged_subject_applies_the_packaged_policys_operating_point() -> None:
    text = " ".join(load_default()[1].split())

    assert f"comparison.hash_distance_bits <= {NEAR_BITS} ||" in text
    assert f"comparison.feature_inliers >= {ENOUGH_INLIERS} &&" in text
    assert f"comparison.inlier_coverage >= {ENOUGH_COVERAGE})" in text


def test_the_packaged_subject_tells_a_photo_saved_anew_from_another() -> None:
    claim, listed, other = (encoded(photo(seed), "JPEG", quality) for seed, quality in ((1, 60), (1, 95), (2, 95)))

    assert Packaged().inspect(claim, (other, listed)).best_reference == 1
    assert not Packaged().inspect(claim, (other,)).derived


def test_a_photo_is_looked_at_once_however_many_pairs_it_is_in() -> None:
    subject = Packaged()
    claim, listed = encoded(photo(1), "JPEG", 60), encoded(photo(1), "JPEG")
    first, again = subject.inspect(claim, (listed,)), subject.inspect(claim, (listed,))

    assert set(first.seconds) == {"decode", "hash", "features", "compare"}
    assert set(again.seconds) == {"compare"}
    assert again.derived == first.derived


def test_a_plain_photo_without_features_is_known_by_its_hash_alone() -> None:
    gradient = np.repeat(np.linspace(40, 220, 300).astype(np.uint8)[None, :, None], 200, axis=0).repeat(3, axis=2)
    plain, noisy = encoded(gradient, "PNG"), encoded(photo(2), "JPEG")

    assert Packaged().inspect(plain, (encoded(gradient, "JPEG", 80),)).derived
    assert not Packaged().inspect(plain, (noisy,)).derived


def test_what_cannot_be_read_is_not_answered() -> None:
    with pytest.raises(MediaUnreadable):
        Packaged().inspect(b"no photo", (b"nor this",))
