"""Panels: the photos of a collage, told apart by the straight seams between them.

A buyer puts the listing beside an own photo, or one view beside the next. Each panel is then looked at as a photo of
its own. A seam goes straight through the whole of what it divides, and brightness jumps at it nearly everywhere: edges
in a photo are bent, slant by a pixel or end somewhere. Borders, captions and what an app has around a picture are flat,
and so no panels.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.files.decoding import Grey
from streams.evidence.looking import few_shades, pages, pasted_photos
from streams.evidence.looking.blankness import is_blank

VERSION = "panels/3"

MOST_PANELS = 9
"""Panels of a collage that are looked at, the largest."""
_STEP, _STEEPER = 5, 1.5
"""At a jump brightness changes by more than ``_STEP`` levels plus ``_STEEPER`` times the change on its calmer side."""
_SEAM, _MAYBE = 0.8, 0.6
"""Share of a seam's length along which brightness jumps. Seams are looked for where a line of the whole picture reaches
``_MAYBE``, since an app's bars may be above and below a seam. Of 679 photos of goods 23 have such a line with something
on both sides, 16 of them drawn devices."""
BAND = 7
"""Columns that it takes to see a jump: its own and three on either side."""
_FLAT = 5.0
"""Standard deviation in grey levels up to which a line of pixels is border."""
_LEAST_SHARE, LEAST_SIDE, LEAST_PIXELS = 0.025, 0.1, 40
"""Of a panel: share of the picture's area, of its shorter side, and pixels."""
_EDGE = 0.1
"""Share of the picture's side, at either end, in which no seam is looked for."""
_TONES, _STRIP = {False: 0.02, True: 0.1}, 3.0
"""Least share of a panel that has tones, as photographs do; more of a strip (three times as long as high), because
captions are strips of letters on flat ground."""
_DEEPEST = 6
_PATTERN = 32
"""Columns and rows, of each more than this, that are like seams: a pattern, such as a checked cloth. Nine panels with
borders around them have at most 16 of each."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a panel is in its picture, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def overlap(self, other: "Box") -> "Box | None":
        """Return what lies in both; None where nothing does."""
        left, top = max(self.x, other.x), max(self.y, other.y)
        right, below = (
            min(self.x + self.width, other.x + other.width),
            min(self.y + self.height, other.y + other.height),
        )
        return Box(left, top, right - left, below - top) if right > left and below > top else None

    def likeness(self, other: "Box") -> float:
        """Return what lies in both as a share of what lies in either (IoU)."""
        shared = self.overlap(other)
        return 0.0 if shared is None else shared.area / (self.area + other.area - shared.area)

    @property
    def area(self) -> int:
        """Its area in pixels."""
        return self.width * self.height

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its rows and columns."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)

    def of(self, picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Return what a picture shows there."""
        return picture[self.slices]

    def without_rim(self, share: float) -> "Box":
        """Return it without ``share`` of its sides at each end."""
        across, down = round(share * self.width), round(share * self.height)
        return Box(self.x + across, self.y + down, self.width - 2 * across, self.height - 2 * down)

    def scaled(self, across: float, down: float) -> "Box":
        """Return the same place in a picture of another size."""
        left, top = round(self.x * across), round(self.y * down)
        right, below = round((self.x + self.width) * across), round((self.y + self.height) * down)
        return Box(left, top, max(1, right - left), max(1, below - top))


def is_pattern(grey: Grey) -> bool:
    """Return whether a working picture is full of seams both ways: no place would be more of a seam than the others."""
    return all(np.count_nonzero(_quickly(picture) >= _SEAM) > _PATTERN for picture in (grey, grey.T))


def panels(grey: Grey) -> list[Box]:
    """Return where the panels of a working picture are, from the top left on; none in a photo that is no collage."""
    whole = Box(0, 0, grey.shape[1], grey.shape[0])
    seams = max(_quickly(picture).max(initial=0.0) for picture in (grey, grey.T)) >= _MAYBE
    divided = list(_divided(grey, whole, _DEEPEST)) if seams else [whole]
    parts = [box for part in divided for box in _pasted(grey, part)]
    found = [box for box in parts if is_panel(box, grey)] if len(parts) > 1 else []
    if len(found) < 2:  # noqa: PLR2004 - one alone is a photo with a border
        return []
    largest = sorted(found, key=lambda box: -box.area)[:MOST_PANELS]
    return sorted(largest, key=lambda box: (box.y, box.x))


def _pasted(grey: Grey, box: Box) -> list[Box]:
    """Return what was pasted onto the ground of a part of a picture; the part itself where nothing was."""
    found = pasted_photos.pasted(box.of(grey))
    return [Box(box.x + one.x, box.y + one.y, one.width, one.height) for one in found] or [box]


def _quickly(grey: Grey) -> npt.NDArray[np.float32]:
    """Return how much each column jumps along its length, from every fourth row."""
    return _jumps(np.ascontiguousarray(grey[::4]))


def _divided(grey: Grey, box: Box, deepest: int) -> Iterator[Box]:
    """Yield the parts of a picture that no seam divides, without the flat borders around them."""
    inner = _without_border(grey, box)
    if inner is None:
        return
    seam = _seam(inner.of(grey)) if deepest else None
    if seam is None:
        yield inner
        return
    upright, place = seam
    if upright:
        halves = (
            Box(inner.x, inner.y, place, inner.height),
            Box(inner.x + place + 1, inner.y, inner.width - place - 1, inner.height),
        )
    else:
        halves = (
            Box(inner.x, inner.y, inner.width, place),
            Box(inner.x, inner.y + place + 1, inner.width, inner.height - place - 1),
        )
    for half in halves:
        yield from _divided(grey, half, deepest - 1)


def _seam(grey: Grey) -> tuple[bool, int] | None:
    """Return the clearest seam, whether it is upright, and the column or row at which it is; None without any."""
    found = []
    for upright, picture in ((True, grey), (False, np.ascontiguousarray(grey.T))):
        length, across = picture.shape
        ends = max(8, round(_EDGE * across))
        if across > 2 * ends and length >= LEAST_PIXELS:
            jumps = _jumps(picture)
            place = ends + int(jumps[ends:-ends].argmax())
            found.append((float(jumps[place]), upright, place))
    jump, upright, place = max(found, default=(0.0, True, 0))
    return (upright, place) if jump >= _SEAM else None


def _jumps(grey: Grey) -> npt.NDArray[np.float32]:
    """Return of each column the share of its length along which brightness jumps there."""
    if grey.shape[1] < BAND:
        return np.zeros(grey.shape[1], np.float32)
    shares = cv2.reduce(jumps(grey), 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel() / 255
    return np.asarray(np.pad(shares, 3), np.float32)


def jumps(grey: Grey) -> Grey:
    """Return where brightness jumps from left to right, 255 there; without the three columns at either edge.

    Of no more columns than that, or of no rows, nothing is left.
    """
    if not grey.shape[0] or grey.shape[1] < BAND:
        return np.zeros((grey.shape[0], max(0, grey.shape[1] - BAND + 1)), np.uint8)
    steps = cv2.absdiff(grey[:, 2:], grey[:, :-2])
    calmer = cv2.min(steps[:, :-4], steps[:, 4:])
    return np.asarray(
        cv2.compare(steps[:, 2:-2], cv2.addWeighted(calmer, _STEEPER, calmer, 0, _STEP), cv2.CMP_GT), np.uint8
    )


def _without_border(grey: Grey, box: Box) -> Box | None:
    """Return a box without the flat lines at its sides; None where nothing else is in it."""
    rows = np.flatnonzero(_deviations(box.of(grey), 1) > _FLAT)
    if len(rows) < LEAST_PIXELS:
        return None
    within = Box(box.x, box.y + int(rows[0]), box.width, int(rows[-1] - rows[0]) + 1)
    columns = np.flatnonzero(_deviations(within.of(grey), 0) > _FLAT)
    if len(columns) < LEAST_PIXELS:
        return None
    return Box(within.x + int(columns[0]), within.y, int(columns[-1] - columns[0]) + 1, within.height)


def _deviations(grey: Grey, axis: int) -> npt.NDArray[np.float32]:
    """Return the standard deviation of each row (axis 1) or column (0)."""
    if not grey.size:
        return np.zeros(0, np.float32)
    mean = cv2.reduce(grey, axis, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel()
    squares = cv2.reduce(grey, axis, cv2.REDUCE_SUM2, dtype=cv2.CV_32F).ravel() / grey.shape[axis]
    return np.asarray(np.sqrt(np.maximum(squares - mean * mean, 0)), np.float32)


def is_panel(box: Box, grey: Grey) -> bool:
    """Return whether a part of a picture is large enough, and shows enough, to be a photo of its own."""
    return is_large(box, grey) and shows_a_photo(box, grey)


def is_large(box: Box, grey: Grey) -> bool:
    """Return whether a part of a picture is large enough to be a photo of its own."""
    least = max(LEAST_PIXELS, LEAST_SIDE * min(grey.shape))
    return box.area >= _LEAST_SHARE * grey.size and min(box.width, box.height) >= least


def shows_a_photo(box: Box, grey: Grey) -> bool:
    """Return whether a part of a picture shows what a photo does: tones, and not one shade, or letters on it."""
    shown = np.ascontiguousarray(box.of(grey))
    strip = max(box.width, box.height) >= _STRIP * min(box.width, box.height)
    if strip and few_shades.is_button(shown):
        return False
    return pages.share_of_tones(shown) >= _TONES[strip] and not is_blank(shown)
