"""Videos for tests, drawn and encoded when they are needed."""

import io
import tempfile
from collections.abc import Sequence
from functools import cache
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


def a_cross_fade(first: Image.Image, second: Image.Image, rate: int = 4) -> bytes:
    """A video of twelve frames that fades to another picture and back, of which one frame alone is stored whole."""
    ours, theirs = (np.asarray(picture.convert("RGB"))[..., ::-1].astype(np.float32) for picture in (first, second))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), rate, first.size)
        for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.0, 0.8, 0.6, 0.4, 0.2, 0.0):
            writer.write((ours * (1 - share) + theirs * share).astype(np.uint8))
        writer.release()
        return path.read_bytes()


@cache
def an_av1_video() -> bytes:
    """An MP4 of three seconds whose pictures are coded as AV1: an animated AVIF under another name."""
    pictures = [_drawn(seed) for seed in (1, 2, 3)]
    file = io.BytesIO()
    pictures[0].save(file, "AVIF", save_all=True, append_images=pictures[1:], duration=1000, quality=80)
    avif = file.getvalue()
    size = int.from_bytes(avif[:4], "big")
    brands = (b"mp42" + bytes(4) + b"mp42isom" * 8)[: size - 8]
    return avif[:8] + brands + avif[size:].replace(b"meta", b"free", 1).replace(b"pict", b"vide")


def animated(pictures: Sequence[Image.Image], format: str, seconds_each: float = 1.0) -> bytes:  # noqa: A002 - as Pillow
    """An animated picture that shows one picture after the other."""
    file = io.BytesIO()
    first, *others = (picture.convert("RGB") for picture in pictures)
    first.save(file, format, save_all=True, append_images=others, duration=round(1000 * seconds_each), loop=0)
    return file.getvalue()


def _drawn(seed: int) -> Image.Image:
    from tests.photos import a_picture  # noqa: PLC0415 - that module knows nothing of videos

    return a_picture(seed, 320, 240)
