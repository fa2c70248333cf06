"""Words that say that AI made a picture, written into it: GB 45438 asks for them at an edge or in a corner.

Three steps, each dearer and for fewer pictures: find where strokes stand close along the upper and the lower edge
(0.3 ms), find lines of text there (a model, some 10 ms), and read them (a model, 10 ms each).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.provenance.label_words import LabelWords

Grey = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels of the working picture."""

METHOD = "visible-label-4"

_EDGE = 60
"""Grey levels between two pixels on either side of a stroke's edge: letters of 60 % opacity still have them."""
_WINDOW = 0.18, 0.03
"""Size of the window that must hold many edges, as shares of the shorter side: three letters wide, half of one high."""
_CLOSE = 0.21
"""Edges crossed for each pixel of a row: 98 of 100 drawn labels have more, and one clean photo in four."""
_BAND = 0.2
"""Height of the bands along the upper and the lower edge in which labels stand, as a share of the shorter side."""
_LOWEST_BAND = 8
"""Pixels of a band below which a picture is too small for letters."""
_AROUND = 0.25, 0.08
"""What is looked at around such a window, across and down, as shares of the shorter side."""
_LOWEST, _HIGHEST = 0.03, 0.15
"""Height of a line of text as share of the shorter side: the standard asks for letters of 0.05."""
_SHORTEST, _LONGEST = 1.5, 20.0
"""Width of a line divided by its height, least and most."""
_APART = 1.2
"""Most heights between two pieces of one line."""
_ALIKE = 0.5
"""Two pieces of one line overlap by this share of the smaller one's height, which is this share of the larger one's."""
_MORE = 3.0
"""Heights by which a line is lengthened to both sides, where what was read may be a part of a label."""
_MOST_LINES, _MOST_READ = 5, 40.0
"""Most lines that are read, and their most length in all, in heights of a line: 10 heights take about 25 ms."""


class Reader(Protocol):
    """Finds and reads lines of text."""

    def find(self, picture: Grey, side: int) -> Sequence[Box]:
        """Return where lines of text are; ``side`` is the shorter side of the picture that this one is a part of."""

    def read(self, line: Grey) -> str:
        """Return what the one line that is pictured says."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What looking for labels takes: a reader of lines, and the words by which a line says that AI made the picture."""

    reader: Reader
    words: LabelWords

    @property
    def version(self) -> str:
        """What a look depends on."""
        return f"{METHOD}-{self.words.digest}"

    def read(self, picture: Grey) -> str:
        """Return the line that says that AI made a working picture, "" where no line along its edges does."""
        return label(picture, self.reader, self.words)


def label(picture: Grey, reader: Reader, words: LabelWords) -> str:
    """Return the line that says that AI made a working picture, "" where no line along its edges does."""
    side = min(picture.shape)
    pieces = [
        (left + x, top + y, right + x, bottom + y)
        for x, y, end, low in text_like(picture)
        for left, top, right, bottom in reader.find(picture[y:low, x:end], side)
    ]
    left_to_read = _MOST_READ
    for line in _worth_reading(pieces, picture):
        for strip in (line, _longer(line, picture)):
            left_to_read -= _heights(strip)
            if left_to_read < 0:
                return ""
            said = reader.read(picture[strip[1] : strip[3], strip[0] : strip[2]])
            if words.in_line(said):
                return said
            if not words.may_go_on(said):
                break
    return ""


def text_like(picture: Grey) -> list[Box]:
    """Return the parts along the upper and the lower edge of a working picture where strokes stand close."""
    side = min(picture.shape)
    band = min(round(_BAND * side), picture.shape[0] // 2)
    if band < _LOWEST_BAND:
        return []
    found = [_close_strokes(picture[top : top + band], top, side) for top in (0, picture.shape[0] - band)]
    return _joined((box for boxes in found for box in boxes), _touch)


def _close_strokes(band: Grey, top: int, side: int) -> Iterator[Box]:
    """Yield what lies around strokes that stand close, of a band of a picture that begins at ``top``."""
    step = cv2.filter2D(band, cv2.CV_16S, np.array([[-1, 0, 1]], np.float32))
    edges = (np.abs(step) > _EDGE).astype(np.uint8)
    crossed = np.zeros(band.shape, np.uint8)
    np.not_equal(edges[:, 1:], edges[:, :-1], out=crossed[:, 1:].view(bool))
    window = max(3, round(_WINDOW[0] * side)), max(3, round(_WINDOW[1] * side))
    counted = cv2.boxFilter(crossed, cv2.CV_16S, window, normalize=False)
    close = (counted > _CLOSE * window[0] * window[1]).astype(np.uint8)
    if not close.any():
        return
    across, down = round(_AROUND[0] * side), round(_AROUND[1] * side)
    for outline in cv2.findContours(close, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        x, y, width, height = cv2.boundingRect(outline)
        yield (
            max(0, x - across),
            max(0, top + y - down),
            min(band.shape[1], x + width + across),
            top + min(band.shape[0], y + height + down),
        )


def _worth_reading(pieces: Sequence[Box], picture: Grey) -> list[Box]:
    """Return the lines that may be a label, those nearest to a corner first; pieces of one line are joined."""
    side = min(picture.shape)
    letters = [piece for piece in pieces if _LOWEST * side <= piece[3] - piece[1] <= _HIGHEST * side]
    lines = [line for line in _joined(letters, _one_line) if _beside(line, picture) and _long(line)]
    parts = [piece for piece in letters if piece not in lines and _beside(piece, picture) and _long(piece)]
    by_corner = sorted(lines, key=lambda line: _from_corner(line, picture))
    return (by_corner + sorted(parts, key=lambda part: _from_corner(part, picture)))[:_MOST_LINES]


def _beside(box: Box, picture: Grey) -> bool:
    return bool(min(box[1], picture.shape[0] - box[3]) <= _BAND * min(picture.shape))


def _long(box: Box) -> bool:
    return _SHORTEST <= _heights(box) <= _LONGEST


def _heights(box: Box) -> float:
    return (box[2] - box[0]) / (box[3] - box[1])


def _longer(line: Box, picture: Grey) -> Box:
    """Return a line lengthened to both sides."""
    left, top, right, bottom = line
    more = round(_MORE * (bottom - top))
    return max(0, left - more), top, min(picture.shape[1], right + more), bottom


def _from_corner(box: Box, picture: Grey) -> int:
    height, width = picture.shape
    return int(min(box[0], width - box[2]) + min(box[1], height - box[3]))


def _joined(boxes: Iterable[Box], belong: Callable[[Box, Box], bool]) -> list[Box]:
    """Return the boxes, those that belong together as one."""
    joined: list[Box] = []
    for box in boxes:
        whole = box
        while other := next((each for each in joined if belong(each, whole)), None):
            joined.remove(other)
            whole = _around(other, whole)
        joined.append(whole)
    return joined


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _one_line(one: Box, other: Box) -> bool:
    """Return whether two pieces are of one line: as high as each other, beside each other, and near."""
    heights = one[3] - one[1], other[3] - other[1]
    overlap = min(one[3], other[3]) - max(one[1], other[1])
    apart = max(one[0], other[0]) - min(one[2], other[2])
    return bool(overlap >= _ALIKE * min(heights) >= _ALIKE**2 * max(heights) and apart <= _APART * min(heights))
