"""Difference: where an aligned claim is not its reference, as a mask.

Three looks at one pair, all in luma and colour after the tones were matched:
*points* lie outside what the reference shows within a pixel around, by more than this picture's own noise at such
detail, and near their local peak, so that a crack stays thin; *bodies* are
where most pixels of a neighbourhood differ a little, which finds textures and repainted ground whole. Bodies are only
believed around points. Bytes throughout, and bodies at half the size: the time goes into passes over pixels.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.files.colours import Colour
from streams.evidence.pixels.clusters import seeded_groups, worth_showing
from streams.evidence.pixels.goods import COARSE
from streams.evidence.pixels.photometric_model import tone_table
from streams.evidence.pixels.spots import spots

Mask = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.float32]
Table = npt.NDArray[np.float64]

_WEIGHTS = np.array([[0.8, 0.8, 0.8]], np.float32)
"""What a step of luma and of each colour axis (YCrCb) counts."""
_COLOUR_REACH = 7
"""Pixels over which colour may have bled: formats keep it at half the resolution."""
_DETAIL = np.array([0, 2, 4, 7, 12, 20, 32, 50, 80, 256])
"""Steps of local contrast between which noise is measured apart: recompression errs at edges, not on plain ground."""
_STEP_OF = (np.searchsorted(_DETAIL, np.arange(256), side="right") - 1).astype(np.uint8)
_TYPICAL = 0.6
"""Quantile of the differences at one detail that is taken for noise: more than half the frame is unaltered."""
_LOUDEST, _LEAST_NOISE = 8.0, 1.0
"""More than the first is no noise where nothing is to see, even when it is typical. At more contrast noise grows no
faster than the contrast (from the second at least): what goes beyond was altered, such as all letters of a photo."""
_FEWEST = 50
_POINT_AT, _POINT_PER_NOISE, _EDGE_SHARE = 4.0, 2.2, 0.1
"""A point's threshold in steps: a constant, a multiple of the noise, and a share of the local contrast."""
_STRONG, _WEAK = 1.9, 0.75
_FINE = 4
"""Thresholds are compared in quarters of a step."""
_NEAR_PEAK = 0.4
_RIM, _RIM_AT, _RIM_NOISE, _RIM_PEAK = 5, 4.0, 2.2, 0.35
_TOGETHER = 0.006
"""Share of the longer side that lies at most between the groups of one cluster, each way."""
_BODY_NOISE, _BODY_FLOOR = 3.2, 1.6
_HALO = 0.22
"""Share of a strong difference nearby that it spreads by ringing and colour bleeding."""
_NEIGHBOURHOOD, _MOST = 5, 0.5
"""Side in pixels of half the size, and the share of it that must differ."""
_THICK, _SMALLEST_BODY = 0.018, 5e-4
_JOIN, _JOIN_SIZE, _JOIN_MOST = 0.01, 0.5, 0.045
_UNLIKE, _UNLIKE_NOISE = 100.0, 6.0
"""Mean squared difference over 7 x 7 pixels (ten steps) that no laundering makes over a large part of a picture, and
how many times a pair's own noise it must be: of a fine weave, recompression leaves little."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``mask`` is what differs in the claim's print; ``compared``, and ``unlike`` of it, are at ``COARSE``."""

    mask: Mask
    compared: Mask
    unlike: Mask

    @property
    def share(self) -> float:
        """The share of what was compared that is unlike."""
        return float(np.count_nonzero(self.unlike)) / max(1, int(np.count_nonzero(self.compared)))


def difference(claim: Colour, reference: Colour, shared: Bytes) -> Difference:
    """Return where a claim differs from the reference as the claim would show it; ``shared`` is 0 where it cannot."""
    compared = _bytes(cv2.erode(shared, _square(7), borderType=cv2.BORDER_CONSTANT, borderValue=255))
    seen = compared[COARSE] > 0
    if not seen.any():
        return Difference(np.zeros(compared.shape, bool), seen, seen)
    toned = cv2.LUT(reference, tone_table(reference, claim, shared).reshape(1, 256, 3))
    (our_tone, our_colours), (their_tone, their_colours) = _apart(claim), _apart(toned)
    colours = _beyond(our_colours, their_colours, _COLOUR_REACH)[0]
    tone, detail = _beyond(our_tone, their_tone, 3)
    gone = _beyond(their_tone, our_tone, 3)[0]
    tone, vanished = _bytes(cv2.max(tone, gone)), _bytes(cv2.compare(gone, tone, cv2.CMP_GT))
    outside = _weighed(tone, colours) & compared
    plain = _weighed(_bytes(cv2.absdiff(our_tone, their_tone)), colours) & compared
    around = np.ascontiguousarray(_mean_square(plain, 7)[COARSE])
    noise = _noise(around, detail[COARSE], seen)
    peak = _bytes(cv2.dilate(outside, _square(9)))
    sharp = _bytes(cv2.compare(outside, cv2.convertScaleAbs(peak, alpha=_NEAR_PEAK), cv2.CMP_GT))
    points, strong = _points(outside, sharp, detail, noise)
    bodies = _bodies(plain, peak, detail, noise, points & strong)
    points = _grown(points, plain, detail, noise) | _bytes(cv2.dilate(points & vanished, _square(_RIM)))
    unlike = around > np.maximum(_UNLIKE, _UNLIKE_NOISE * noise.astype(np.float32)[detail[COARSE]])
    return Difference(((points | bodies) & compared) > 0, seen, unlike)


def _bytes(array: Any) -> Bytes:
    return np.asarray(array, np.uint8)


def _apart(picture: Any) -> tuple[Bytes, Bytes]:
    """Return luma, and both axes of colour, each in one piece: OpenCV copies slices anew on every pass."""
    luma, red, blue = cv2.split(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb))
    return _bytes(luma), _bytes(cv2.merge([red, blue]))


def _beyond(ours: Bytes, theirs: Bytes, side: int) -> tuple[Bytes, Bytes]:
    """Return by how much values lie outside what the reference has within a square around, and its local contrast."""
    above, below = _bytes(cv2.dilate(theirs, _square(side))), _bytes(cv2.erode(theirs, _square(side)))
    outside = _bytes(cv2.add(cv2.subtract(ours, above), cv2.subtract(below, ours)))
    return outside, _bytes(cv2.dilate(cv2.subtract(above, below), _square(3)))


def _weighed(tone: Bytes, colours: Bytes) -> Bytes:
    return _bytes(cv2.transform(cv2.merge([tone, colours]), _WEIGHTS))


def _mean_square(steps: Bytes, side: int) -> Reals:
    return np.asarray(cv2.sqrBoxFilter(steps, cv2.CV_32F, (side, side)), np.float32)


def _square(side: int) -> Bytes:
    return np.ones((side, side), np.uint8)


def _disc(side: int) -> Bytes:
    return _bytes(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side | 1, side | 1)))


def _noise(around: Reals, detail: Bytes, compared: Mask) -> Table:
    """Return the mean square that this pair's laundering makes at each local contrast (256 values): what is typical."""
    here, step = around[compared], _STEP_OF[detail[compared]]
    middles = np.sqrt((_DETAIL[:-1] + 0.5) * _DETAIL[1:])
    known = np.flatnonzero(np.bincount(step, minlength=len(middles)) > _FEWEST).tolist()
    if not known:
        return np.ones(256)
    typical = [float(np.quantile(here[step == at], _TYPICAL)) for at in known]
    typical[0] = min(typical[0], _LOUDEST)
    for at in range(1, len(known)):
        most = max(typical[at - 1], _LEAST_NOISE) * (middles[known[at]] / middles[known[at - 1]]) ** 2
        typical[at] = float(np.clip(typical[at], typical[at - 1], most))
    return np.asarray(np.interp(np.arange(256), middles[known], typical), np.float64)


def _thresholds(detail: Bytes, table: Table) -> Bytes:
    """Return a value for each pixel from its local contrast, and a little from its neighbours'."""
    return _bytes(cv2.blur(cv2.LUT(detail, np.clip(np.round(table), 0, 255).astype(np.uint8)), (5, 5)))


def _points(outside: Bytes, sharp: Bytes, detail: Bytes, noise: Table) -> tuple[Bytes, Bytes]:
    """Return which ``sharp`` pixels (255) differ beyond noise in clusters worth showing, and which clearly do."""
    step = _POINT_AT + _POINT_PER_NOISE * np.sqrt(noise)
    edge = _EDGE_SHARE * np.arange(256)
    smooth = cv2.blur(cv2.convertScaleAbs(outside, alpha=_FINE), (3, 3))
    strong = _bytes(cv2.compare(smooth, _thresholds(detail, _FINE * (_STRONG * step + edge)), cv2.CMP_GT))
    weak = sharp & _bytes(cv2.compare(smooth, _thresholds(detail, _FINE * (_WEAK * step + edge)), cv2.CMP_GT))
    seen = np.zeros_like(weak)
    place, seeded = seeded_groups(weak, weak & strong)
    if place is None:
        return seen, strong
    reach = int(_TOGETHER * max(weak.shape))
    near = cv2.dilate(np.pad(seeded, reach), _square(2 * reach + 1))
    clusters = cv2.connectedComponents(near, connectivity=8)[1][reach:, reach:]
    rows, columns = np.nonzero(seeded)
    cluster, sure = clusters[rows, columns], strong[place][rows, columns] > 0
    shown = worth_showing(cluster, sure, (rows, columns), weak.shape)[cluster]
    seen[place][rows[shown], columns[shown]] = 255
    return seen, strong


def _grown(points: Bytes, plain: Bytes, detail: Bytes, noise: Table) -> Bytes:
    """Return the points with what differs right beside them: there a pixel's shift explains nothing any more."""
    near = _bytes(cv2.dilate(points, _square(_RIM)))
    peak = _bytes(cv2.dilate(plain & near, _square(_RIM + 2)))
    least = _thresholds(detail, _RIM_NOISE * np.sqrt(noise) + _RIM_AT)
    rim = _bytes(cv2.compare(plain, _bytes(cv2.max(cv2.convertScaleAbs(peak, alpha=_RIM_PEAK), least)), cv2.CMP_GT))
    return points | (near & rim)


def _bodies(plain: Bytes, peak: Bytes, detail: Bytes, noise: Table, sure: Bytes) -> Bytes:
    """Return regions too wide for a crack of which most pixels differ, without holes, joined where they lie close."""
    half = np.s_[::2, ::2]
    around = np.ascontiguousarray(_mean_square(plain, 3)[half])
    expected = cv2.blur(cv2.LUT(np.ascontiguousarray(detail[half]), noise.astype(np.float32)), (3, 3))
    least = _BODY_NOISE * (np.asarray(expected, np.float32) + _BODY_FLOOR)
    halo = (_HALO * peak[half].astype(np.float32)) ** 2
    differs = _bytes(around > np.maximum(least, halo)) * 255
    most = _bytes(cv2.boxFilter(differs, -1, (_NEIGHBOURHOOD, _NEIGHBOURHOOD)) > 255 * _MOST)
    side = max(most.shape)
    wide = cv2.morphologyEx(most, cv2.MORPH_OPEN, _disc(int(_THICK * side)))
    found = spots(_bytes(wide))
    sizes = found.boxes[:, cv2.CC_STAT_AREA]
    certain = np.bincount(found.labels[sure[half] > 0], minlength=len(sizes))
    kept = (sizes >= _SMALLEST_BODY * most.size) & (certain >= np.maximum(2, 0.002 * sizes))
    kept[0] = False
    if not kept.any():
        return np.zeros_like(plain)
    bodies = _filled(_joined(_bytes(found.of(kept)), side))
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
