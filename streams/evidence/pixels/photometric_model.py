"""Tones: what happened to the whole picture (brightness, gamma, contrast, warmth) as one smooth curve a channel.

A table with a value for each tone would explain a stain away, because on plain goods the stain owns its tones. A curve
of four terms that most of the picture agrees on cannot. It is clipped as pixels are, so that blown highlights are no
difference.
"""

import math

import numpy as np
import numpy.typing as npt

from streams.evidence.files.colours import Colour

Curve = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float64]

_SAMPLES = 4_000
_REACH = (0.4, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.04)
"""How far a pixel may be off and still count, round by round. A narrow start would stay at the identity."""
_TERMS = 4
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
    channels = range(before.shape[1])
    if len(before) < _FEWEST:
        return np.repeat(np.arange(256, dtype=np.uint8)[:, None], len(channels), axis=1)
    powers = [_powers(before[:, channel]) for channel in channels]
    rarity = [_rarity(before[:, channel]) for channel in channels]
    common = _powers(np.quantile(before, _TONES))
    first = _neutral([_first_guess(powers[c], after[:, c], rarity[c]) for c in channels], common)
    curves = first
    for reach in _REACH:
        fitted = [powers[channel] @ curves[channel] for channel in channels]
        wanted = [_unclipped(after[:, channel], fitted[channel]) for channel in channels]
        off = np.max([np.abs(w - f) for w, f in zip(wanted, fitted, strict=True)], axis=0)
        trust = _trust(off, reach, np.min(rarity, axis=0))
        curves = _neutral([_solved(powers[c], wanted[c], trust * rarity[c]) for c in channels], common)
    if _agreeing(powers, after, curves) < _agreeing(powers, after, first):  # most of the scene is another: no curve
        curves = first
    tones = _powers(np.linspace(0, 1, 256))
    table = np.stack([np.maximum.accumulate(tones @ curve) for curve in curves], axis=1)
    return np.clip(np.round(table * 255), 0, 255).astype(np.uint8)


def _neutral(curves: list[Curve], common: Samples) -> list[Curve]:
    """Return the curves, moved towards their mean where they colour the picture more than light or a filter would.

    Otherwise goods dyed as a whole would pass for a change of tones. ``common`` are powers of the picture's tones.
    """
    grey = np.mean(curves, axis=0)
    tinge = max(float(np.abs(common @ (curve - grey)).max()) for curve in curves)
    kept = min(1.0, _WARMEST / max(tinge, _WARMEST))
    return [grey + (curve - grey) * kept for curve in curves]


def _agreeing(powers: list[Samples], after: Samples, curves: list[Curve]) -> int:
    """Return how many samples the curves explain in every channel."""
    off = [np.abs(np.clip(powers[c] @ curve, 0, 1) - after[:, c]) for c, curve in enumerate(curves)]
    return int((np.max(off, axis=0) < _REACH[-1]).sum())


def _samples(reference: Colour, claim: Colour, shared: npt.NDArray[np.uint8]) -> tuple[Samples, Samples]:
    """Return up to about 4,000 pairs of pixels on a grid, (n, channels) each, 0 to 1."""
    step = max(1, int(math.sqrt(shared.size / _SAMPLES)))
    grid = np.s_[step // 2 :: step, step // 2 :: step]
    there = shared[grid] > 0
    return reference[grid][there] / 255.0, claim[grid][there] / 255.0


def _powers(tones: Samples) -> Samples:
    """Return the terms of a curve, (n, 4): offset, gain, gamma to its second order (x^g = x + (g-1) x ln x + ...)."""
    logs = np.log(np.maximum(tones, _BLACK))
    return np.stack([np.ones_like(tones), tones, tones * logs, tones * logs**2], axis=1)


def _rarity(tones: Samples) -> Samples:
    """Return weights (n,) with which rare tones count beside a large white background."""
    bins = np.minimum((tones * 16).astype(np.intp), 15)
    counts = np.bincount(bins, minlength=16)
    weights: Samples = 1 / np.sqrt(np.maximum(counts, len(tones) / 100))[bins]
    return weights


def _first_guess(powers: Samples, after: Samples, rarity: Samples) -> Curve:
    """Return the identity, a gain or a gamma: whichever leaves the smallest error over all tones."""
    before = powers[:, 1]
    guesses = [_IDENTITY]
    mid = (after > 0.05) & (after < 0.95) & (before > 0.05) & (before < 0.95)  # noqa: PLR2004 - away from both ends
    if mid.sum() > 0.02 * len(before):
        gain = float(np.clip(np.median(after[mid] / before[mid]), 0.5, 2.0))
        more = float(np.clip(np.median(np.log(after[mid]) / np.log(before[mid])), 0.5, 2.0)) - 1
        guesses += [_IDENTITY * gain, np.array([0.0, 1.0, more, more * more / 2])]
    left = [(np.minimum(np.abs(np.clip(powers @ guess, 0, 1) - after), 0.1) * rarity).sum() for guess in guesses]
    return guesses[int(np.argmin(left))]


def _unclipped(after: Samples, fitted: Samples) -> Samples:
    """Return the tones to fit: a clipped pixel agrees with every fit beyond its end."""
    wanted = np.where(after > _BRIGHTEST, np.maximum(after, fitted), after)
    return np.where(after < _DARKEST, np.minimum(after, fitted), wanted)


def _trust(off: Samples, reach: float, rarity: Samples) -> Samples:
    """Return Tukey's weights (n,): a sample that is far off in one channel was painted over, and counts in none."""
    order = np.argsort(off)
    share = np.cumsum(rarity[order])
    middle = float(off[order][np.searchsorted(share, share[-1] / 2)])
    weights: Samples = (1 - np.clip(off / max(reach, 4 * 1.4826 * middle), 0, 1) ** 2) ** 2
    return weights


def _solved(powers: Samples, wanted: Samples, weights: Samples) -> Curve:
    pull = _STIFFNESS * float(weights.sum()) + np.eye(_TERMS) * 1e-9
    weighted = powers * weights[:, None]
    curve: Curve = np.linalg.solve(weighted.T @ powers + pull, weighted.T @ wanted + pull @ _IDENTITY)
    return curve
