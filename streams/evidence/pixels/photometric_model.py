"""Tones: what happened to the whole picture (brightness, gamma, contrast, warmth) as one smooth curve a channel.

A table with a value for each tone would explain a stain away, because on plain goods the stain owns its tones. A curve
of four terms that most of the picture agrees on cannot. It is clipped as pixels are, so that blown highlights are no
difference.
"""

import math
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt

from streams.evidence.files.colours import Colour

Tones = npt.NDArray[np.uint8]
Curves = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float64]

_SAMPLES = 4_000
_REACH = (0.4, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.04)
"""How far a pixel may be off and still count, round by round. A narrow start would stay at the identity."""
_TERMS = 4
_PAIRS = tuple(combinations_with_replacement(range(_TERMS), 2))
_PLACES = np.array([[_PAIRS.index((min(i, j), max(i, j))) for i in range(_TERMS)] for j in range(_TERMS)])
"""Which two terms are multiplied, and where the product of any two stands."""
_STEPS = 2_048
"""In how many steps of what samples are off by, their median is looked for."""
_BLACK = 1 / 512
_IDENTITY = np.array([0.0, 1.0, 0.0, 0.0])
_STIFFNESS = np.diag([1e-3, 1e-4, 1e-4, 1e-3])
"""How strongly a curve is drawn to the identity where few tones say otherwise."""
_BRIGHTEST, _DARKEST = 0.975, 0.02
"""Beyond these a claim's pixel may be clipped: it then says "at least this bright" and no more."""
_FEWEST = 50
_WARMEST = 0.1
"""By how much one channel's curve may differ from the mean of the three, for white balance or a filter."""
_TONES = np.linspace(0.02, 0.98, 25)
"""Quantiles of the picture's tones at which the three curves are compared."""


def tone_table(reference: Colour, claim: Colour, shared: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a table (256, channels) from the tones of an aligned reference to the claim's.

    It is fitted where ``shared`` is not 0; the identity where that is next to nothing. Pictures are (height, width,
    channels), with three channels or one.
    """
    before, after = _samples(reference, claim, shared)
    if before.shape[1] < _FEWEST:
        return np.repeat(np.arange(256, dtype=np.uint8)[:, None], len(before), axis=1)
    powers, rarity, wanted = _OF_BYTES[before], _rarity(before), after / 255.0
    common = _powers(_quantiles(before))
    first = _neutral(_first_guess(before, after, rarity), common)
    fitted = _fitted(powers, wanted, rarity, (first, common))
    # Where most of the scene is another, no curve explains it.
    curves = first if _agreeing(powers, wanted, fitted) < _agreeing(powers, wanted, first) else fitted
    table = np.maximum.accumulate(_powers(np.linspace(0, 1, 256)) @ curves.T, axis=0)
    return np.clip(np.round(table * 255), 0, 255).astype(np.uint8)


def _fitted(powers: Samples, after: Samples, rarity: Samples, start: tuple[Curves, Samples]) -> Curves:
    """Return the curves (channels, 4) that most samples agree on, from the first ones and the powers of all tones."""
    curves, common = start
    # What a curve is solved from are sums of products of its terms: each product is taken once for all rounds.
    products = np.stack([powers[..., one] * powers[..., other] for one, other in _PAIRS], axis=-1)
    bright, dark, least = after > _BRIGHTEST, after < _DARKEST, rarity.min(axis=0)
    for reach in _REACH:
        fitted = _along(powers, curves)
        wanted = after.copy()  # a clipped pixel agrees with every fit beyond its end
        np.maximum(after, fitted, out=wanted, where=bright)
        np.minimum(after, fitted, out=wanted, where=dark)
        off = np.abs(wanted - fitted).max(axis=0)
        weights = _trust(off, reach, least) * rarity
        curves = _neutral(_solved(powers, products, wanted, weights), common)
    return curves


def _along(powers: Samples, curves: Curves) -> Samples:
    """Return what each channel's curve makes of its samples."""
    return np.asarray(np.matmul(powers, curves[..., None])[..., 0], np.float64)


def _neutral(curves: Curves, common: Samples) -> Curves:
    """Return the curves, moved towards their mean where they colour the picture more than light or a filter would.

    Otherwise goods dyed as a whole would pass for a change of tones. ``common`` are powers of the picture's tones.
    """
    grey = curves.mean(axis=0)
    tinge = float(np.abs(common @ (curves - grey).T).max())
    kept = min(1.0, _WARMEST / max(tinge, _WARMEST))
    return np.asarray(grey + (curves - grey) * kept, np.float64)


def _agreeing(powers: Samples, after: Samples, curves: Curves) -> int:
    """Return how many samples the curves explain in every channel."""
    off = np.abs(_along(powers, curves).clip(0, 1) - after)
    return int((off.max(axis=0) < _REACH[-1]).sum())


def _samples(reference: Colour, claim: Colour, shared: npt.NDArray[np.uint8]) -> tuple[Tones, Tones]:
    """Return up to about 4,000 pairs of pixels on a grid, (channels, n) each."""
    step = max(1, int(math.sqrt(shared.size / _SAMPLES)))
    grid = np.s_[step // 2 :: step, step // 2 :: step]
    there = shared[grid] > 0
    before, after = (np.ascontiguousarray(each[grid][there].T) for each in (reference, claim))
    return before, after


def _powers(tones: Samples) -> Samples:
    """Return the terms of a curve, (..., 4): offset, gain, gamma to its second order (x^g = x + (g-1) x ln x + ...)."""
    logs = np.log(np.maximum(tones, _BLACK))
    return np.stack([np.ones_like(tones), tones, tones * logs, tones * logs**2], axis=-1)


def _quantiles(tones: Tones) -> Samples:
    """Return :data:`_TONES` of a picture, 0 to 1: counted, since sorting takes twenty times as long."""
    ends = np.bincount(tones.ravel(), minlength=256).cumsum()
    places = _TONES * (tones.size - 1)
    low, high = (np.searchsorted(ends, each, side="right") / 255.0 for each in (np.floor(places), np.ceil(places)))
    return np.asarray(low + (high - low) * (places % 1), np.float64)


def _rarity(tones: Tones) -> Samples:
    """Return weights (channels, n) with which rare tones count beside a large white background."""
    found = np.empty(tones.shape)
    for channel, shades in enumerate(tones):
        counts = np.bincount(_BINS, np.bincount(shades, minlength=256), 16)
        found[channel] = (1 / np.sqrt(np.maximum(counts, len(shades) / 100)))[_BINS][shades]
    return found


def _first_guess(before: Tones, after: Tones, rarity: Samples) -> Curves:
    """Return of each channel the identity, a gain or a gamma: whichever leaves the smallest error over all tones."""
    return np.array([_guess(*each) for each in zip(before, after, rarity, strict=True)])


def _guess(before: Tones, after: Tones, rarity: Samples) -> Samples:
    powers, wanted, guesses = _OF_BYTES[before], after / 255.0, [_IDENTITY]
    mid = _BETWEEN[before] & _BETWEEN[after]
    if mid.sum() > 0.02 * len(before):
        gain = float(np.clip(np.median(wanted[mid] / powers[mid, 1]), 0.5, 2.0))
        more = float(np.clip(np.median(_LOGS[after[mid]] / _LOGS[before[mid]]), 0.5, 2.0)) - 1
        guesses += [_IDENTITY * gain, np.array([0.0, 1.0, more, more * more / 2])]
    left = [(np.minimum(np.abs(np.clip(powers @ guess, 0, 1) - wanted), 0.1) * rarity).sum() for guess in guesses]
    return guesses[int(np.argmin(left))]


_OF_BYTES, _LOGS = _powers(np.arange(256) / 255), np.log(np.maximum(np.arange(256), 1) / 255)
_BINS = np.minimum((np.arange(256) / 255 * 16).astype(np.intp), 15)
_BETWEEN = (np.arange(256) / 255 > 0.05) & (np.arange(256) / 255 < 0.95)  # noqa: PLR2004 - away from both ends
"""What is known of each tone of 256: its terms, its logarithm, its sixteenth, and whether it lies in the midst."""


def _trust(off: Samples, reach: float, rarity: Samples) -> Samples:
    """Return Tukey's weights (n,): a sample that is far off in one channel was painted over, and counts in none."""
    weights: Samples = (1 - np.minimum(off / max(reach, 4 * 1.4826 * _middle(off, rarity)), 1) ** 2) ** 2
    return weights


def _middle(off: Samples, rarity: Samples) -> float:
    """Return the median of what is off, with weights: only what lies near it is sorted."""
    steps = np.minimum(off * _STEPS, _STEPS - 1).astype(np.intp)
    share = np.bincount(steps, rarity, _STEPS).cumsum()
    half = share[-1] / 2
    at = int(np.searchsorted(share, half))
    near = np.flatnonzero(steps == at)
    near = near[np.argsort(off[near])]
    before = share[at - 1] if at else 0.0
    place = int(np.searchsorted(before + np.cumsum(rarity[near]), half))
    return float(off[near[min(place, len(near) - 1)]])


def _solved(powers: Samples, products: Samples, wanted: Samples, weights: Samples) -> Curves:
    """Return the curves (channels, 4) that leave the least of what is wanted, by weight."""
    sums = np.matmul(weights[:, None, :], products)[:, 0]
    squares = sums[:, _PLACES]
    right = np.matmul((weights * wanted)[:, None, :], powers)[:, 0]
    pull = _STIFFNESS * weights.sum(axis=1)[:, None, None] + np.eye(_TERMS) * 1e-9
    return np.asarray(np.linalg.solve(squares + pull, (right + pull @ _IDENTITY)[..., None])[..., 0], np.float64)
