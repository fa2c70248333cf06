"""Deep pictures and clear colours are looked at as people see them, however a file stores them."""

import struct
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from streams.evidence.files.colours import develop
from streams.evidence.files.decoding import decode
from streams.evidence.files.deep_pictures import chunk
from streams.evidence.files.limits import Limits
from tests.photos import a_picture

LIMITS = Limits(size_bytes=10_000_000, pixels=1_000_000)
PICTURE = a_picture(21, 320, 240)
COLOURS = np.asarray(PICTURE)
GREY = np.asarray(PICTURE.convert("L"))
WIDTH, HEIGHT = PICTURE.size
CLEAR = np.s_[:, : WIDTH // 2]
"""The half of the picture that has the clear colour."""


def a_png(bits: int, kind: int, rows: npt.NDArray[np.generic], clear: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, kind, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\x00" + row.tobytes() for row in rows))
    parts = ((b"IHDR", head), (b"tRNS", clear), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def a_tiff(order: str, planes: Sequence[bytes], meaning: int, *, big: bool = False) -> bytes:
    """A TIFF of 16 bits, each plane in a strip of its own."""
    samples = len(planes)
    number, entry, place = ("Q", "HHQ", "Q") if big else ("H", "HHI", "I")
    first = 16 if big else 8
    starts = [first + sum(map(len, planes[:at])) for at in range(samples)]
    behind, at, entries = b"", first + sum(map(len, planes)), b""
    for tag, values in (
        (256, [WIDTH]),
        (257, [HEIGHT]),
        (258, [16] * samples),
        (259, [1]),
        (262, [meaning]),
        (273, starts),
        (277, [samples]),
        (278, [HEIGHT]),
        (279, [len(plane) for plane in planes]),
        (284, [2 if samples > 1 else 1]),
    ):
        long = tag in {273, 279}
        value, room = struct.pack(f"{order}{len(values)}{'I' if long else 'H'}", *values), struct.calcsize(place)
        if len(value) > room:
            value, behind = struct.pack(order + place, at + len(behind)), behind + value
        entries += struct.pack(order + entry, tag, 4 if long else 3, len(values)) + value.ljust(room, b"\x00")
    mark = b"II" if order == "<" else b"MM"
    head = mark + (
        struct.pack(f"{order}HHHQ", 43, 8, 0, at + len(behind))
        if big
        else struct.pack(f"{order}HI", 42, at + len(behind))
    )
    return head + b"".join(planes) + behind + struct.pack(order + number, 10) + entries + bytes(8)


def flattened(tones: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """What people see of a picture whose left half is clear, on white."""
    seen = tones.copy()
    seen[CLEAR] = 255
    return seen


def seen_as(photo: bytes, expected: npt.NDArray[np.uint8]) -> None:
    picture = Image.fromarray(expected)
    grey, colours = (np.asarray(picture.convert(mode)).astype(int) for mode in ("L", "RGB"))
    assert np.abs(decode(photo, LIMITS).grey.astype(int) - grey).mean() <= 1
    assert np.abs(develop(photo, LIMITS).pixels.astype(int) - colours).mean() <= 1


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_the_clear_colour_of_a_png_of_few_greys_is_clear(bits: int) -> None:
    most, count = (1 << bits) - 1, 8 // bits
    tones = GREY >> (8 - bits)
    tones[tones == most // 2] = most
    tones[CLEAR] = most // 2
    rows = sum(tones[:, at::count].astype(int) << (bits * (count - 1 - at)) for at in range(count))
    photo = a_png(bits, 0, np.asarray(rows, np.uint8), bytes([0, most // 2]))
    seen_as(photo, flattened((tones.astype(int) * 255 // most).astype(np.uint8)))


def test_the_clear_colour_of_a_grey_png_of_16_bits_is_clear() -> None:
    deep = GREY.astype(">u2") * 257
    deep[CLEAR] = 0x1234
    photo = a_png(16, 0, deep.astype(">u2"), b"\x12\x34")
    seen_as(photo, flattened(GREY))
    solid = develop(photo, LIMITS).solid
    assert solid is not None
    assert solid[CLEAR].max() == 0
    assert solid[:, WIDTH // 2 :].min() == 255


def test_the_clear_colour_of_a_colour_png_of_16_bits_is_clear() -> None:
    deep = COLOURS.astype(">u2") * 257
    deep[CLEAR] = (0x1234, 0x5678, 0x9ABC)
    seen_as(a_png(16, 2, deep.astype(">u2"), bytes.fromhex("123456789abc")), flattened(COLOURS))


def test_the_clear_colour_of_another_depth_stays_as_it_is() -> None:
    tones = COLOURS.copy()
    tones[CLEAR] = (1, 2, 3)
    seen_as(a_png(8, 2, tones, bytes([0, 1, 0, 2, 0, 3])), flattened(COLOURS))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_a_deep_grey_tiff_whose_highest_number_is_black_is_no_negative(order: str, *, big: bool) -> None:
    deep = 65_535 - GREY.astype(np.uint16) * 257
    seen_as(a_tiff(order, [deep.astype(f"{order}u2").tobytes()], 0, big=big), GREY)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_deep_tiff_whose_colours_lie_in_planes_is_the_picture(order: str) -> None:
    planes = [(COLOURS[..., at].astype(np.uint16) * 257).astype(f"{order}u2").tobytes() for at in range(3)]
    seen_as(a_tiff(order, planes, 2), COLOURS)
