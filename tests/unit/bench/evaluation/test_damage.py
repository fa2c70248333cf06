import numpy as np
import pytest

from streams.bench.evaluation.damage import KINDS, damaged
from streams.bench.evaluation.pixels import VISIBLE, difference, drawn
from tests.unit.bench.evaluation.photo_sets import photo

TONE = 6
"""Levels by which a generator's round trip moves the whole picture."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_damage_changes_the_photo_where_the_mask_says_and_nowhere_else(kind: str, seed: int) -> None:
    clean = photo(seed)
    forged = damaged(kind, clean, photo(99), drawn(seed, kind))
    changed = difference(clean, forged.pixels)

    assert changed[~forged.mask].max() <= (TONE if kind == "regeneration" else 0)
    assert (changed[forged.mask] > VISIBLE).mean() == pytest.approx(forged.seen)
    assert forged.seen > 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_damage_has_a_size_that_somebody_would_claim_for(kind: str) -> None:
    share = damaged(kind, photo(), photo(99), drawn(5, kind)).mask.mean()

    assert 0.0002 < share < 0.25


@pytest.mark.parametrize("kind", KINDS)
def test_damage_repeats_for_its_seed_and_differs_for_another(kind: str) -> None:
    first, again, other = (damaged(kind, photo(), photo(99), drawn(seed, kind)) for seed in (1, 1, 2))

    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.mask, again.mask)
    assert not np.array_equal(first.mask, other.mask)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_leaves_the_clean_photo_alone(kind: str) -> None:
    clean = photo()
    before = clean.copy()
    clean.setflags(write=False)

    damaged(kind, clean, photo(99), drawn(1, kind))

    assert np.array_equal(clean, before)


def test_a_hair_crack_is_thinner_than_a_wide_one() -> None:
    wide, thin, hair = (
        np.mean([damaged(kind, photo(seed), photo(99), drawn(seed)).mask.mean() for seed in range(6)])
        for kind in ("crack, wide", "crack, thin", "crack, hair")
    )

    assert hair <= thin < wide


def test_on_a_black_photo_a_crack_can_still_be_seen() -> None:
    black = np.full((300, 300, 3), 4, np.uint8)

    assert damaged("crack, thin", black, photo(99), drawn(1)).mask.any()
