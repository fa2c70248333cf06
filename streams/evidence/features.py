"""Features of a photo, packed for keeping: ORB key points of the working picture, and its fingerprint beside them.

A hash sees a whole frame; features find a crop, a turn, a screenshot, or the part of a scene that was left alone.
"""

import struct
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from schemas.records import Fingerprint
from streams.errors import MediaUnreadable
from streams.evidence import fingerprints
from streams.evidence.decoding import Grey

VERSION = "orb500/1"
KEY_POINTS = 500

_HEADER = struct.Struct(">4sHHH32s")
_MAGIC = b"RSF1"
_STEPS = 8
"""Coordinates are kept in eighths of a pixel of the working picture."""
_DESCRIPTOR = 32
_EDGE = 31
"""Pixels at each edge where ORB sees nothing: a picture no wider than two edges has no features."""

Points = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """Key points of one photo: ``points`` (n, 2) in pixels of the working picture, ``descriptors`` (n, 32) bytes."""

    width: int
    height: int
    fingerprint: Fingerprint
    points: Points
    descriptors: npt.NDArray[np.uint8]


def detect(grey: Grey, fingerprint: Fingerprint) -> Features:
    """Return up to 500 features of a working picture; a plain picture has none, and is known by its hash alone."""
    height, width = grey.shape
    if min(height, width) <= 2 * _EDGE:
        return Features(width, height, fingerprint, np.zeros((0, 2), np.float32), np.zeros((0, _DESCRIPTOR), np.uint8))
    seen: Any = cv2.ORB.create(nfeatures=KEY_POINTS, edgeThreshold=_EDGE).detectAndCompute(grey, None)
    found, described = seen  # the second is None where there is nothing, which OpenCV's types leave out
    points = np.array([point.pt for point in found], dtype=np.float32).reshape(-1, 2)
    descriptors = np.zeros((0, _DESCRIPTOR), np.uint8) if described is None else described
    return Features(width, height, fingerprint, points, descriptors)


def pack(features: Features) -> bytes:
    """Return features as bytes: a header (sizes, count, hash), coordinates as 16 bits, descriptors; about 18 KB."""
    count = len(features.points)
    header = _HEADER.pack(_MAGIC, features.width, features.height, count, bytes.fromhex(features.fingerprint.bits))
    points = np.round(features.points * _STEPS).clip(0, 65_535).astype(">u2")
    return header + points.tobytes() + features.descriptors.tobytes()


def unpack(packed: bytes) -> Features:
    """Return what :func:`pack` took, points to an eighth of a pixel; raises MediaUnreadable when it is not that."""
    try:
        magic, width, height, count, bits = _HEADER.unpack_from(packed)
    except struct.error as exc:
        msg = "what was kept of an earlier look at the photo is damaged"
        raise MediaUnreadable(msg) from exc
    whole = _HEADER.size + count * (4 + _DESCRIPTOR)
    if magic != _MAGIC or len(packed) != whole or not width or not height:
        msg = "what was kept of an earlier look at the photo is damaged"
        raise MediaUnreadable(msg)
    points = np.frombuffer(packed, ">u2", 2 * count, _HEADER.size).astype(np.float32).reshape(-1, 2) / _STEPS
    descriptors = np.frombuffer(packed, np.uint8, offset=_HEADER.size + 4 * count).reshape(-1, _DESCRIPTOR)
    mark = Fingerprint(version=fingerprints.VERSION, bits=bits.hex())
    return Features(width, height, mark, points.astype(np.float32), descriptors)
