"""Perceptual fingerprints: 256 bits that stay nearly the same when a photo is recompressed, resized or retouched."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from schemas.records import Fingerprint
from schemas.units import FINGERPRINT_BITS
from streams.evidence.features.cosine import Waves, cosine_transform
from streams.evidence.files.decoding import Grey

VERSION = "phash256/2"
"""ImageHash's ``phash(hash_size=16)`` of the working picture (:mod:`streams.evidence.files.decoding`), row by row."""
POSES = tuple((mirrored, turns) for mirrored in (False, True) for turns in range(4))
"""The eight ways a frame can lie: mirrored left to right or not, then turned by quarters, clockwise."""
_SIDE = 16
_REDUCED = 64

Words = npt.NDArray[np.uint64]


def poses(grey: Grey) -> tuple[Fingerprint, ...]:
    """Return the fingerprints that a working picture has mirrored and turned, in the order of :data:`POSES`.

    The first is its own. All follow from the signs and the transpose of one cosine transform, at no cost to speak of.
    """
    waves = _waves(grey)
    signs = np.where(np.arange(_SIDE) % 2, -1.0, 1.0)
    found = []
    for mirrored, turns in POSES:
        turned = waves * signs if mirrored else waves
        for _ in range(turns):
            turned = turned.T * signs  # a quarter turn clockwise is the transpose, mirrored
        found.append(_fingerprint(turned))
    return tuple(found)


def words(bits: str) -> Words:
    """Return 64 hex digits as four 64-bit words, the first digits in the first word."""
    return np.frombuffer(bytes.fromhex(bits), dtype=">u8").astype(np.uint64)


def distance_bits(one: Fingerprint, other: Fingerprint) -> int:
    """Return in how many of 256 bits two fingerprints differ; raises ValueError when their versions differ."""
    if one.version != other.version:
        msg = f"fingerprints of versions {one.version} and {other.version} cannot be compared"
        raise ValueError(msg)
    return (int(one.bits, 16) ^ int(other.bits, 16)).bit_count()


def _waves(grey: Grey) -> Waves:
    """Return the lowest 16 x 16 of the picture's cosine transform, as ImageHash takes it."""
    small: Any = np.asarray(Image.fromarray(grey).resize((_REDUCED, _REDUCED), Image.Resampling.LANCZOS))
    return cosine_transform(small)[:_SIDE, :_SIDE]


def _fingerprint(waves: Waves) -> Fingerprint:
    middle = FINGERPRINT_BITS // 2
    below, above = np.partition(waves, (middle - 1, middle), axis=None)[middle - 1 : middle + 1]
    return Fingerprint(version=VERSION, bits=np.packbits(waves > (below + above) / 2).tobytes().hex())
