"""Difference: where an aligned claim is not its reference, as a mask.

Three looks at one pair, all in luma and colour after the tones were matched:
*points* lie outside what the reference shows within a pixel around, by more than this picture's own noise at such
detail; *lines* are points cut down to where the difference is near its peak, so that a crack stays thin; *bodies* are
where most pixels of a neighbourhood differ a little, which finds textures and repainted ground whole. Bodies are only
believed around points. Bytes throughout, and bodies at half the size: the time goes into passes over pixels.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.colours import Colour
from streams.evidence.tones import tone_table

Mask = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.float32]
Table = npt.NDArray[np.float64]

_WEIGHTS = np.array([[0.75, 1.0, 1.0]], np.float32)
"""What a step of luma and of each colour axis (YCrCb) counts."""
_DETAIL = np.array([0, 2, 4, 7, 12, 20, 32, 50, 80, 256])
"""Steps of local contrast between which noise is measured apart: recompression errs at edges, not on plain ground."""
_TYPICAL = 0.6
"""Quantile of the differences at one detail that is taken for noise: more than half the frame is unaltered."""
_FEWEST = 50
_POINT_AT, _POINT_PER_NOISE, _EDGE_SHARE = 4.0, 2.2, 0.1
"""A point's threshold in steps: a constant, a multiple of the noise, and a share of the local contrast."""
_STRONG, _WEAK = 1.9, 0.75
_FINE = 4
"""Thresholds are compared in quarters of a step."""
_NEAR_PEAK = 0.4
_SEEDS = 4
_SMALLEST, _SMALLEST_LINE, _LONG = 3e-4, 6e-5, 0.025
"""Shares of the area that a cluster, and a line, must have; share of the longer side from which a cluster is long."""
_TOGETHER = 0.006
"""Share of the longer side that lies at most between the groups of one cluster, each way."""
_BODY_NOISE, _BODY_FLOOR = 4.0, 1.44
_NEIGHBOURHOOD, _MOST = 5, 0.5
"""Side in pixels of half the size, and the share of it that must differ."""
_THICK, _SMALLEST_BODY = 0.018, 5e-4
_JOIN, _JOIN_SIZE, _JOIN_MOST = 0.01, 0.35, 0.03
_UNLIKE = 100.0
"""Mean squared difference over 7 x 7 pixels (ten steps) that no laundering makes over a large part of a picture."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``mask`` in the claim's print, ``compared`` where the reference has pixels, ``unlike`` share of compared area."""

    mask: Mask
    compared: Mask
    unlike: float


def difference(claim: Colour, reference: Colour, shared: Bytes) -> Difference:
    """Return where a claim differs from the reference as the claim would show it; ``shared`` is 0 where it cannot."""
    compared = _bytes(cv2.erode(shared, _square(7), borderType=cv2.BORDER_CONSTANT, borderValue=255))
    if not compared.any():
        return Difference(np.zeros(compared.shape, bool), compared > 0, 0.0)
    toned = cv2.LUT(reference, tone_table(reference, claim, shared).reshape(1, 256, 3))
    ours, theirs = _bytes(cv2.cvtColor(claim, cv2.COLOR_RGB2YCrCb)), _bytes(cv2.cvtColor(toned, cv2.COLOR_RGB2YCrCb))
    above, below = _bytes(cv2.dilate(theirs, _square(3))), _bytes(cv2.erode(theirs, _square(3)))
    detail = _bytes(cv2.dilate(cv2.extractChannel(cv2.subtract(above, below), 0), _square(3)))
    outside = _weighed(_bytes(cv2.add(cv2.subtract(ours, above), cv2.subtract(below, ours)))) & compared
    plain = _weighed(_bytes(cv2.absdiff(ours, theirs))) & compared
    around = np.ascontiguousarray(_mean_square(plain, 7)[1::3, 1::3])
    noise = _noise(around, detail[1::3, 1::3], compared[1::3, 1::3] > 0)
    unlike = float(np.count_nonzero(around > _UNLIKE)) / max(1, int(np.count_nonzero(compared[1::3, 1::3])))
    points, strong = _points(outside, detail, noise, float(np.count_nonzero(compared)))
    peak = _bytes(cv2.convertScaleAbs(cv2.dilate(outside, _square(9)), alpha=_NEAR_PEAK))
    lines = points & _bytes(cv2.compare(outside, peak, cv2.CMP_GT))
    bodies = _bodies(plain, detail, noise, points & strong)
    return Difference(((lines | bodies) & compared) > 0, compared > 0, unlike)


def _bytes(array: Any) -> Bytes:
    return np.asarray(array, np.uint8)


def _weighed(colours: Bytes) -> Bytes:
    return _bytes(cv2.transform(colours, _WEIGHTS))


def _mean_square(steps: Bytes, side: int) -> Reals:
    return np.asarray(cv2.sqrBoxFilter(steps, cv2.CV_32F, (side, side)), np.float32)


def _square(side: int) -> Bytes:
    return np.ones((side, side), np.uint8)


def _disc(side: int) -> Bytes:
    return _bytes(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side | 1, side | 1)))


def _noise(around: Reals, detail: Bytes, compared: Mask) -> Table:
    """Return the mean square that this pair's laundering makes at each local contrast (256 values): what is typical."""
    here, seen = around[compared], detail[compared]
    step = np.searchsorted(_DETAIL, seen, side="right") - 1
    middles = np.sqrt((_DETAIL[:-1] + 0.5) * _DETAIL[1:])
    known = [at for at in range(len(middles)) if int((step == at).sum()) > _FEWEST]
    if not known:
        return np.ones(256)
    typical = np.maximum.accumulate([float(np.quantile(here[step == at], _TYPICAL)) for at in known])
    return np.interp(np.arange(256), middles[known], typical)


def _thresholds(detail: Bytes, table: Table) -> Bytes:
    """Return a value for each pixel from its local contrast, and a little from its neighbours'."""
    return _bytes(cv2.blur(cv2.LUT(detail, np.clip(np.round(table), 0, 255).astype(np.uint8)), (5, 5)))


def _points(outside: Bytes, detail: Bytes, noise: Table, area: float) -> tuple[Bytes, Bytes]:
    """Return which pixels (255) differ beyond noise in clusters worth showing, and which pixels do so clearly."""
    step = _POINT_AT + _POINT_PER_NOISE * np.sqrt(noise)
    edge = _EDGE_SHARE * np.arange(256)
    smooth = cv2.blur(cv2.convertScaleAbs(outside, alpha=_FINE), (3, 3))
    strong = _bytes(cv2.compare(smooth, _thresholds(detail, _FINE * (_STRONG * step + edge)), cv2.CMP_GT))
    weak = _bytes(cv2.compare(smooth, _thresholds(detail, _FINE * (_WEAK * step + edge)), cv2.CMP_GT))
    side = max(outside.shape)
    count, groups = cv2.connectedComponents(weak, connectivity=8)
    rows, columns = np.nonzero(weak)
    group, sure = groups[rows, columns], strong[rows, columns] > 0
    seeded = np.bincount(group[sure], minlength=count) >= _SEEDS
    kept = seeded[group]
    rows, columns, sure = rows[kept], columns[kept], sure[kept]
    seen = np.zeros_like(weak)
    seen[rows, columns] = 255
    _, clusters = cv2.connectedComponents(cv2.dilate(seen, _square(2 * int(_TOGETHER * side) + 1)), connectivity=8)
    cluster = clusters[rows, columns]
    shown = _worth_showing(cluster, sure, (rows, columns), area, side)[cluster]
    seen[rows[~shown], columns[~shown]] = 0
    return seen, strong


def _worth_showing(
    cluster: npt.NDArray[Any], sure: Mask, at: tuple[npt.NDArray[np.intp], ...], area: float, side: int
) -> Mask:
    """Return which clusters of pixels are large, or long and sure enough."""
    count = int(cluster.max(initial=0)) + 1
    sizes, seeds = np.bincount(cluster, minlength=count), np.bincount(cluster[sure], minlength=count)
    spans = []
    for places in at:
        low, high = np.full(count, side), np.zeros(count, np.intp)
        np.minimum.at(low, cluster, places)
        np.maximum.at(high, cluster, places)
        spans.append(high - low)
    long = np.hypot(*spans) > _LONG * side
    line = long & (seeds >= _SEEDS + 2) & (sizes >= _SMALLEST_LINE * area)
    return np.asarray(line | (sizes >= _SMALLEST * area), bool)


def _bodies(plain: Bytes, detail: Bytes, noise: Table, sure: Bytes) -> Bytes:
    """Return regions too wide for a crack of which most pixels differ, without holes, joined where they lie close."""
    half = np.s_[::2, ::2]
    around = np.ascontiguousarray(_mean_square(plain, 3)[half])
    expected = cv2.blur(cv2.LUT(np.ascontiguousarray(detail[half]), noise.astype(np.float32)), (3, 3))
    differs = _bytes(around > _BODY_NOISE * (np.asarray(expected, np.float32) + _BODY_FLOOR)) * 255
    most = _bytes(cv2.boxFilter(differs, -1, (_NEIGHBOURHOOD, _NEIGHBOURHOOD)) > 255 * _MOST)
    side = max(most.shape)
    wide = cv2.morphologyEx(most, cv2.MORPH_OPEN, _disc(int(_THICK * side)))
    _, groups, stats, _ = cv2.connectedComponentsWithStats(wide, connectivity=8)
    certain = np.bincount(groups[sure[half] > 0], minlength=len(stats))
    kept = (stats[:, 4] >= _SMALLEST_BODY * most.size) & (certain >= np.maximum(2, 0.002 * stats[:, 4]))
    kept[0] = False
    if not kept.any():
        return np.zeros_like(plain)
    bodies = _filled(_joined(_bytes(kept[groups]), side))
    size = 2 * bodies.shape[1], 2 * bodies.shape[0]
    whole = cv2.resize(bodies * 255, size, interpolation=cv2.INTER_LINEAR)[: plain.shape[0], : plain.shape[1]]
    return _bytes(whole > 127) * 255  # noqa: PLR2004 - the half


def _joined(bodies: Bytes, side: int) -> Bytes:
    """Return bodies closed over gaps: a little everywhere, and by up to a third of their size, seen coarsely."""
    closed = _bytes(cv2.morphologyEx(bodies, cv2.MORPH_CLOSE, _disc(2 * int(_JOIN / 2 * side) + 1)))
    coarse = np.ascontiguousarray(closed[::2, ::2])
    pad = int(min(_JOIN_MOST * side / 2, _JOIN_SIZE * math.sqrt(float(coarse.sum()) / math.pi)))
    if pad < 1:
        return closed
    framed = cv2.copyMakeBorder(coarse, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
    joined = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, _disc(2 * pad + 1))[pad:-pad, pad:-pad]
    size = 2 * coarse.shape[1], 2 * coarse.shape[0]
    large = cv2.resize(joined, size, interpolation=cv2.INTER_NEAREST)[: bodies.shape[0], : bodies.shape[1]]
    return _bytes(cv2.bitwise_or(closed, large))


def _filled(bodies: Bytes) -> Bytes:
    outlines, _ = cv2.findContours(bodies, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(bodies, outlines, -1, 1, -1)
    return bodies
