"""Perceptual fingerprints: 256 bits that stay nearly the same when a photo is recompressed, resized or retouched."""

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

from schemas.records import Fingerprint
from streams.evidence.decoding import Grey

VERSION = "phash256/1"
"""ImageHash's ``phash(hash_size=16)`` of the working picture (:mod:`streams.evidence.decoding`), row by row."""
BITS = 256
_SIDE = 16

Words = npt.NDArray[np.uint64]


def fingerprint(grey: Grey) -> Fingerprint:
    """Return the fingerprint of a working picture."""
    return Fingerprint(version=VERSION, bits=str(imagehash.phash(Image.fromarray(grey), hash_size=_SIDE)))


def words(bits: str) -> Words:
    """Return 64 hex digits as four 64-bit words, the first digits in the first word."""
    return np.frombuffer(bytes.fromhex(bits), dtype=">u8").astype(np.uint64)


def distance_bits(one: Fingerprint, other: Fingerprint) -> int:
    """Return in how many of 256 bits two fingerprints differ; raises ValueError when their versions differ."""
    if one.version != other.version:
        msg = f"fingerprints of versions {one.version} and {other.version} cannot be compared"
        raise ValueError(msg)
    return (int(one.bits, 16) ^ int(other.bits, 16)).bit_count()
