"""Reads lines of text in small pictures, by PP-OCRv4's two models: where lines are, and what they say."""

import os
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.provenance.visible import Box, Grey


class OnnxReader:
    """Fulfils :class:`streams.evidence.provenance.visible.Reader`: one thread, models opened when first needed."""

    _READ_SIDE, _MOST_ENLARGED = 480, 2.0
    """Shorter side of a picture at which lines are found, and by how much a smaller one is enlarged at most."""
    _TEXT, _SURE, _DILATED = 0.3, 0.4, 1.6
    _MULTIPLE = 32
    _HEIGHT, _WIDEST = 48, 960
    _MOST_OUTLINES = 200

    def __init__(self, detection: str, recognition: str) -> None:
        """Both are paths of ONNX files."""
        self._paths = detection, recognition
        self._models: tuple[Any, Any, list[str]] | None = None

    def find(self, picture: Grey, side: int) -> Sequence[Box]:
        """Return where lines are: outlines of what is probably text, widened as the model was trained to be."""
        height, width = picture.shape
        scale = min(self._MOST_ENLARGED, self._READ_SIDE / side)
        across, down = (self._multiple(length * scale) for length in (width, height))
        likely = self._opened()[0].run(None, {"x": _input(_sized(picture, (across, down)))})[0][0, 0]
        mask = cv2.dilate((likely > self._TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
        outlines = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0][: self._MOST_OUTLINES]
        boxes = (self._box(likely, outline) for outline in outlines)
        return [_scaled(box, width / across, height / down, picture) for box in boxes if box is not None]

    def read(self, line: Grey) -> str:
        """Return what the one line that is pictured says."""
        _, recognition, letters = self._opened()
        width = min(self._WIDEST, max(16, round(self._HEIGHT * line.shape[1] / line.shape[0])))
        likely = recognition.run(None, {"x": _input(_sized(line, (width, self._HEIGHT)))})[0][0]
        best = likely.argmax(axis=1)
        changed = np.concatenate(([True], best[1:] != best[:-1]))
        return "".join(letters[index] for index in best[changed & (best > 0)])

    def _opened(self) -> tuple[Any, Any, list[str]]:
        if self._models is None:
            onnxruntime = _runtime()
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.enable_cpu_mem_arena = False
            detection, recognition = (
                onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"]) for path in self._paths
            )
            said = recognition.get_modelmeta().custom_metadata_map["character"]
            self._models = detection, recognition, ["", *said.splitlines(), " "]
        return self._models

    def _multiple(self, length: float) -> int:
        return max(self._MULTIPLE, round(length / self._MULTIPLE) * self._MULTIPLE)

    def _box(self, likely: npt.NDArray[np.float32], outline: Any) -> tuple[float, float, float, float] | None:
        """Return an outline's box, widened; None where the model is not sure of it."""
        x, y, w, h = cv2.boundingRect(outline)
        filled = cv2.drawContours(np.zeros((h, w), np.uint8), [outline - [x, y]], -1, 1, -1)
        if min(w, h) < 3 or cv2.mean(likely[y : y + h, x : x + w], filled)[0] < self._SURE:  # noqa: PLR2004 - pixels
            return None
        wider = w * h * self._DILATED / (2 * (w + h))
        return x - wider, y - wider, x + w + wider, y + h + wider


def _runtime() -> Any:
    """Return the library that runs models, told to send nothing: since 1.31 it reports its use to its maker.

    It looks once, when it is loaded, and would write what it means to send into the home folder.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    return import_module("onnxruntime")  # of the optional extra


def _scaled(box: tuple[float, float, float, float], across: float, down: float, picture: Grey) -> Box:
    left, top, right, bottom = box
    height, width = picture.shape
    return (
        max(0, int(left * across)),
        max(0, int(top * down)),
        min(width, int(right * across) + 1),
        min(height, int(bottom * down) + 1),
    )


def _sized(picture: Grey, size: tuple[int, int]) -> npt.NDArray[Any]:
    shrinks = size[0] * size[1] < picture.size
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def _input(picture: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    return np.repeat((picture.astype(np.float32) / 127.5 - 1)[None, None], 3, axis=1)
