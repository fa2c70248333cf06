"""Videos for tests, drawn and encoded when they are needed."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

RATE = 12
"""Frames a second; the encoder stores one in twelve whole."""


def a_video(
    pictures: Sequence[Image.Image], seconds_each: int = 2, suffix: str = ".mp4", *, shaky: bool = False
) -> bytes:
    """A video that shows one picture after the other; ``shaky`` ones are blurred for all but each second second."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"video{suffix}"
        code = cv2.VideoWriter.fourcc(*("VP80" if suffix == ".webm" else "mp4v"))
        writer = cv2.VideoWriter(str(path), code, RATE, pictures[0].size)
        for picture in pictures:
            sharp = np.asarray(picture.convert("RGB"))[..., ::-1].copy()
            for at in range(seconds_each * RATE):
                blurred = shaky and (at // RATE) % 2 == 0
                writer.write(cv2.GaussianBlur(sharp, (0, 0), 4) if blurred else sharp)
        writer.release()
        return path.read_bytes()
