"""Photos for tests, drawn when they are needed: sound ones, edited ones, and files that are wrong in one way each."""

import io
import struct
import zlib
from functools import cache, lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import Image, PngImagePlugin

Pixels = npt.NDArray[np.uint8]
QUICKLY = {"preset": "ultrafast"}
"""How HEIC is encoded: as it would be else takes several times as long."""
LITTLE = 1
"""How hard PNG is packed: the pixels are the same, and harder takes three times as long."""


def a_picture(seed: int = 1, width: int = 800, height: int = 600) -> Image.Image:
    """A scene of coloured shapes on a soft ground: nothing in it repeats, and no two seeds share anything."""
    return Image.fromarray(_drawn(seed, width, height))  # with pixels of its own: whoever draws on it changes no other


@lru_cache(maxsize=64)
def _drawn(seed: int, width: int, height: int) -> Pixels:
    draw = np.random.default_rng(seed)
    ground = draw.integers(60, 200, (6, 8, 3), dtype=np.uint8)
    pixels = cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    for _ in range(60):
        corners = draw.integers(0, (width, height), (draw.integers(3, 6), 2)).astype(np.int32)
        centre = corners.mean(axis=0)
        small = (centre + (corners - centre) * draw.uniform(0.1, 0.35)).astype(np.int32)
        cv2.fillPoly(pixels, [small], [int(value) for value in draw.integers(0, 256, 3)])
    return np.asarray(pixels, np.uint8)


def jpeg(picture: Image.Image | None = None, quality: int = 90, **options: Any) -> bytes:
    return saved(picture or a_picture(), "JPEG", quality=quality, **options)


def png(picture: Image.Image | None = None, **options: Any) -> bytes:
    return saved(picture or a_picture(), "PNG", **options)


def saved(picture: Image.Image, picture_format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    if picture_format == "HEIF":
        pillow_heif.from_pillow(picture).save(file, enc_params=QUICKLY, **options)
        return file.getvalue()
    if picture_format == "PNG":
        options.setdefault("compress_level", LITTLE)
    # Pillow leaves a JPEG's settings in what it saved, and trips over them when it saves that as something else.
    if "append_images" in options:
        options["append_images"] = [one.copy() for one in options["append_images"]]
    picture.copy().save(file, picture_format, **options)
    return file.getvalue()


def stained(picture: Image.Image, share: float = 0.05) -> Image.Image:
    pixels = np.asarray(picture).copy()
    height, width = pixels.shape[:2]
    cv2.circle(pixels, (width // 2, height // 2), int((share * width * height / np.pi) ** 0.5), (70, 45, 20), -1)
    return Image.fromarray(pixels)


def cropped(picture: Image.Image, share: float) -> Image.Image:
    """The picture without ``share`` of each of its sides' lengths, half of it at each end."""
    width, height = picture.size
    off = share / 2
    return picture.crop((int(width * off), int(height * off), int(width * (1 - off)), int(height * (1 - off))))


def a_jpeg_that_claims(width: int, height: int) -> bytes:
    """A small JPEG whose frame header is patched to other dimensions."""
    photo = bytearray(jpeg(a_picture(width=64, height=64)))
    frame = photo.index(b"\xff\xc0")
    photo[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(photo)


def a_png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a header and hardly any pixels."""
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + _pixels(b"")


def a_png_of_zeros(width: int, height: int) -> bytes:
    """A valid black PNG of any size, small as a file and slow to decode."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _pixels(bytes((3 * width + 1) * height))


def a_gif_of(frames: int) -> bytes:
    """An animation of so many frames of one pixel: counting them takes long."""
    frame = b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00"
    return b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\x00\x00\x00\xff\xff\xff" + frame * frames + b";"


@cache
def a_png_with_a_text_bomb() -> bytes:
    """A PNG whose compressed text unpacks to 200 megabytes."""
    text = PngImagePlugin.PngInfo()
    text.add(b"zTXt", b"bomb\x00\x00" + packed_zeros(200))
    return png(a_picture(width=64, height=64), pnginfo=text)


def packed_zeros(megabytes: int) -> bytes:
    """What zlib makes of so many million zeros: a million is packed, and stands there again and again."""
    packer = zlib.compressobj(9)
    first, again = (packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    checksum = megabytes * 1_000_000 % 65_521 << 16 | 1  # Adler-32 of zeros: their number and one
    return first + again * (megabytes - 1) + packer.flush()[:-4] + struct.pack(">I", checksum)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _pixels(raw: bytes) -> bytes:
    return _chunk(b"IDAT", zlib.compress(raw, 1)) + _chunk(b"IEND", b"")
