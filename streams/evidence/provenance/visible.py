"""Words that say that AI made a picture, written into it: GB 45438 asks for them at an edge or in a corner.

Reading costs 30 ms, so a photo is first asked whether anything along its edges looks like a line of text: 1 ms. Nine
photos in ten hold nothing of the kind. The models are PP-OCRv4's, for detection and for recognition.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels of the working picture."""

METHOD = "visible-label-2"

_LABEL = re.compile(
    r"(?:(?<![a-z])a[i1l|f]?|智能)(?:辅助)?(?:生成|合成|制作|创作)|由a[i1l|]生|(?<![a-z])a[i1l|f]?generat|"
    r"(?<![a-z])a[i1l|]created|(?:generated|created|made)(?:by|with|using)a[i1l|](?![a-z])|(?<![a-z])a[i1l|]gc(?![a-z])"
)
"""As it is recognised: an I is easily an l, a thin first or last letter is easily lost."""
_BETWEEN = re.compile(r"[\s\-_·.:：,，()（）\[\]【】]")

_EDGE = 40
"""Grey levels between a letter and what is behind it."""
_BAND = 0.2
"""Share of width and height, from each side, in which a label may stand."""
_LOWEST, _HIGHEST = 0.03, 0.13
"""Height of a line of text as share of the shorter side: the standard asks for 0.05."""
_LONGER = 1.6
_COVERED = 0.25
_STROKES, _LEAST_STROKES = 2.0, 0.021
"""Edges crossed along a line: for each height of the line, and in all, for each pixel of the picture's shorter side.
The shortest label has four letters; corners of things cross fewer."""
_READ_SIDE, _MOST_ENLARGED = 480, 2.0
"""Shorter side of a picture at which lines are read best, and by how much a smaller one is enlarged at most."""
_MOST_LINES = 6
_MOST_BOXES = 8


class Reader(Protocol):
    """Reads lines of text."""

    def lines(self, picture: Grey) -> Iterable[str]:
        """Yield every line of text in a picture."""


def label(picture: Grey, reader: Reader) -> str:
    """Return the line that says that AI made the picture, "" where no line along the edges does."""
    scale = min(_MOST_ENLARGED, max(1.0, _READ_SIDE / min(picture.shape)))
    for left, top, right, bottom in _strips(picture, text_like(picture)):
        strip = cv2.resize(picture[top:bottom, left:right], None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        for line in reader.lines(np.asarray(strip, np.uint8)):
            if is_label(line):
                return line
    return ""


def is_label(line: str) -> bool:
    """Return whether a recognised line says that AI made the picture."""
    return _LABEL.search(_BETWEEN.sub("", line.lower())) is not None


def text_like(picture: Grey) -> list[Box]:
    """Return what looks like a line of text along the edges of a working picture, largest first."""
    side = min(picture.shape)
    edges = (cv2.morphologyEx(picture, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > _EDGE).astype(np.uint8)
    gap = max(3, round(side * 0.028))
    lines = cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    lines = cv2.morphologyEx(lines, cv2.MORPH_CLOSE, np.ones((max(1, gap // 3), 1), np.uint8))
    smallest = np.ones((max(2, round(side * 0.018)), max(2, round(side * 0.03))), np.uint8)
    lines = cv2.morphologyEx(lines, cv2.MORPH_OPEN, smallest)
    found = []
    for outline in cv2.findContours(lines, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]:
        left, top, width, height = cv2.boundingRect(outline)
        box = left, top, left + width, top + height
        if _LOWEST * side <= height <= _HIGHEST * side and _beside(box, picture) and _strokes(edges, box):
            found.append(box)
    return sorted(found, key=lambda box: (box[0] - box[2]) * (box[3] - box[1]))[:_MOST_LINES]


def _beside(box: Box, picture: Grey) -> bool:
    height, width = picture.shape
    left, top, right, bottom = box
    inside = right > _BAND * width and left < (1 - _BAND) * width
    return not (inside and bottom > _BAND * height and top < (1 - _BAND) * height)


def _strokes(edges: Grey, box: Box) -> bool:
    """Return whether a box is filled as letters fill a line: wide, dense, and crossed by many edges."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    inside = edges[top:bottom, left:right]
    if width < _LONGER * height or inside.mean() < _COVERED:
        return False
    crossed = np.count_nonzero(inside[:, 1:] != inside[:, :-1]) / height
    return bool(crossed >= max(_STROKES * width / height, _LEAST_STROKES * min(edges.shape)))


def _strips(picture: Grey, boxes: Sequence[Box]) -> list[Box]:
    """Return the boxes with room around them, for lines are found in pieces; those that then touch are one."""
    height, width = picture.shape
    strips: list[Box] = []
    for left, top, right, bottom in boxes:
        tall = bottom - top
        wide = (
            max(0, left - 5 * tall),
            max(0, top - 2 * tall),
            min(width, right + 5 * tall),
            min(height, bottom + 2 * tall),
        )
        while touching := next((strip for strip in strips if _touch(strip, wide)), None):
            strips.remove(touching)
            wide = (*map(min, touching[:2], wide[:2]), *map(max, touching[2:], wide[2:]))
        strips.append(wide)
    return strips


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


class OnnxReader:
    """Fulfils :class:`Reader` by PP-OCRv4's two models, one thread, opened at the first line that is to be read."""

    _TEXT, _SURE, _DILATED = 0.3, 0.5, 1.6
    _HEIGHT, _WIDEST = 48, 960

    def __init__(self, detection: str, recognition: str) -> None:
        """Both are paths of ONNX files."""
        self._paths = detection, recognition
        self._models: tuple[Any, Any, list[str]] | None = None

    def lines(self, picture: Grey) -> Iterable[str]:
        """Yield every line of text in a picture."""
        detection, recognition, letters = self._opened()
        for left, top, right, bottom in self._boxes(detection, picture)[:_MOST_BOXES]:
            yield self._read(recognition, letters, picture[top:bottom, left:right])

    def _opened(self) -> tuple[Any, Any, list[str]]:
        if self._models is None:
            import onnxruntime  # noqa: PLC0415 - of the optional extra

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.enable_cpu_mem_arena = False
            detection, recognition = (
                onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"]) for path in self._paths
            )
            said = recognition.get_modelmeta().custom_metadata_map["character"]
            self._models = detection, recognition, ["", *said.splitlines(), " "]
        return self._models

    def _boxes(self, detection: Any, picture: Grey) -> list[Box]:
        """Return where lines are: outlines of what is probably text, widened as the model was trained to be."""
        height, width = picture.shape
        size = max(32, round(width / 32) * 32), max(32, round(height / 32) * 32)
        likely = detection.run(None, {"x": _input(cv2.resize(picture, size))})[0][0, 0]
        mask = cv2.dilate((likely > self._TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
        found = []
        for outline in cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0][:200]:
            x, y, w, h = cv2.boundingRect(outline)
            filled = cv2.drawContours(np.zeros((h, w), np.uint8), [outline - [x, y]], -1, 1, -1)
            if min(w, h) < 3 or cv2.mean(likely[y : y + h, x : x + w], filled)[0] < self._SURE:  # noqa: PLR2004 - pixels
                continue
            wider = w * h * self._DILATED / (2 * (w + h))
            across, down = width / size[0], height / size[1]
            left, top = max(0, int((x - wider) * across)), max(0, int((y - wider) * down))
            found.append((left, top, int((x + w + wider) * across) + 1, int((y + h + wider) * down) + 1))
        return found

    def _read(self, recognition: Any, letters: Sequence[str], line: Grey) -> str:
        width = min(self._WIDEST, max(16, round(self._HEIGHT * line.shape[1] / line.shape[0])))
        likely = recognition.run(None, {"x": _input(cv2.resize(line, (width, self._HEIGHT)))})[0][0]
        best = likely.argmax(axis=1)
        changed = np.concatenate(([True], best[1:] != best[:-1]))
        return "".join(letters[index] for index in best[changed & (best > 0)])


def _input(picture: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    return np.repeat((picture.astype(np.float32) / 127.5 - 1)[None, None], 3, axis=1)
