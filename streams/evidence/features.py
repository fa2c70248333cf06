"""Features of a photo, packed for keeping: ORB key points of the working picture, and its fingerprints beside them.

A hash sees a whole frame; features find a crop, a turn, a screenshot, or the part of a scene that was left alone. ORB
does not mind turns, but a mirrored photo has other descriptors: these are kept too, so that two packed photos can be
compared both ways without either picture.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from schemas.records import Fingerprint
from schemas.units import FINGERPRINT_BITS
from streams.errors import MediaUnreadable
from streams.evidence import fingerprints
from streams.evidence.decoding import WORKING_PIXELS, Grey
from streams.wording import causes

VERSION = "orb500/4"
KEY_POINTS = 500

_CANDIDATES, _CONTRAST = 2_000, 12
"""How many corners are found before some are chosen (of a smaller picture fewer, by its area), and the least contrast
of one (of 255; OpenCV's default is 20)."""
_CELL = 40
"""Pixels of the working picture within which corners compete: letters or a busy ground would take all the places."""

_HEADER = struct.Struct(">4sHHH256s")
_MAGIC = b"RSF2"
_STEPS = 8
"""Coordinates are kept in eighths of a pixel of the working picture."""
_DESCRIPTOR = 32
_EDGE = 31
"""Pixels at each edge where ORB sees nothing: a picture no wider than two edges has no features."""

Points = npt.NDArray[np.float32]
Descriptors = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Features:
    """Key points of one photo: ``points`` (n, 2) in pixels of the working picture, ``descriptors`` (n, 32) bytes.

    ``mirrored`` describes the same points as the mirrored picture shows them, or is empty where nobody asked for it.
    ``poses`` are the photo's fingerprints in the order of :data:`streams.evidence.fingerprints.POSES`.
    """

    width: int
    height: int
    poses: tuple[Fingerprint, ...]
    points: Points
    descriptors: Descriptors
    mirrored: Descriptors

    def of(self, chosen: npt.NDArray[np.bool_]) -> "Features":
        """Return the same with the chosen points alone."""
        mirrored = self.mirrored[chosen] if len(self.mirrored) else self.mirrored
        return replace(self, points=self.points[chosen], descriptors=self.descriptors[chosen], mirrored=mirrored)

    @property
    def blank(self) -> bool:
        """Whether the photo shows nothing: then it has no fingerprint, and the bits of all poses are 0."""
        return int(self.poses[0].bits, 16) == 0

    @property
    def fingerprint(self) -> Fingerprint:
        """The photo's own fingerprint."""
        return self.poses[0]


def of_nothing(grey: Grey) -> Features:
    """Return what is kept of a picture that shows nothing: no points, and no bit of a fingerprint."""
    none = Fingerprint(version=fingerprints.VERSION, bits="0" * (FINGERPRINT_BITS // 4))
    height, width = grey.shape
    return Features(width, height, (none,) * len(fingerprints.POSES), np.zeros((0, 2), np.float32), _none(), _none())


def detect(grey: Grey, poses: tuple[Fingerprint, ...], *, mirrored: bool = True) -> Features:
    """Return up to 500 features of a working picture; a plain picture has none, and is known by its hash alone.

    ``mirrored`` costs half as much again, and is for claims: it is they that may show a reference mirrored.
    """
    height, width = grey.shape
    if min(height, width) <= 2 * _EDGE:
        return Features(width, height, poses, np.zeros((0, 2), np.float32), _none(), _none())
    candidates = round(_CANDIDATES * min(1.0, grey.size / WORKING_PIXELS))
    orb = cv2.ORB.create(nfeatures=candidates, edgeThreshold=_EDGE, fastThreshold=_CONTRAST)
    seen: Any = orb.compute(grey, _spread(orb.detect(grey, None)))
    found, described = seen  # the second is None where there is nothing, which OpenCV's types leave out
    if described is None:
        return Features(width, height, poses, np.zeros((0, 2), np.float32), _none(), _none())
    points = np.asarray(cv2.KeyPoint.convert(found), np.float32).reshape(-1, 2)
    if not mirrored:
        return Features(width, height, poses, points, described, _none())
    kept, over = _mirrored(orb, grey, found)
    return Features(width, height, poses, points[kept], described[kept], over)


def _spread(found: Sequence[cv2.KeyPoint]) -> list[cv2.KeyPoint]:
    """Return at most :data:`KEY_POINTS`: the strongest of each cell first, then each cell's second, and so on."""
    strengths = np.array([-one.response for one in found])
    strongest = np.argsort(strengths, kind="stable")
    columns, rows = np.floor_divide(cv2.KeyPoint.convert(found), _CELL).astype(np.int64).reshape(-1, 2).T
    cell = (rows * (columns.max(initial=0) + 1) + columns)[strongest]
    together = np.argsort(cell, kind="stable")
    first = np.cumsum(np.bincount(cell)) - np.bincount(cell)
    rank = np.empty(len(cell), np.int64)
    rank[together] = np.arange(len(cell)) - first[cell[together]]
    return [found[at] for at in strongest[np.argsort(rank, kind="stable")[:KEY_POINTS]]]


def _mirrored(orb: Any, grey: Grey, found: Sequence[cv2.KeyPoint]) -> tuple[list[int], Descriptors]:
    """Return which points the mirrored picture shows too (all but a few at the edge), and how it shows them."""
    width = grey.shape[1]
    over = [
        cv2.KeyPoint(width - 1 - one.pt[0], one.pt[1], one.size, (180 - one.angle) % 360, one.response, one.octave, at)
        for at, one in enumerate(found)
    ]
    seen, described = orb.compute(cv2.flip(grey, 1), over)
    return [one.class_id for one in seen], _none() if described is None else described


def _none() -> Descriptors:
    return np.zeros((0, _DESCRIPTOR), np.uint8)


def pack(features: Features) -> bytes:
    """Return features as bytes: a header (sizes, count, hashes), coordinates as 16 bits, descriptors; 18 or 34 KB."""
    count = len(features.points)
    hashes = b"".join(bytes.fromhex(pose.bits) for pose in features.poses)
    header = _HEADER.pack(_MAGIC, features.width, features.height, count, hashes)
    points = np.round(features.points * _STEPS).clip(0, 65_535).astype(">u2")
    return header + points.tobytes() + features.descriptors.tobytes() + features.mirrored.tobytes()


def unpack(packed: bytes) -> Features:
    """Return what :func:`pack` took, points to an eighth of a pixel; raises MediaUnreadable when it is not that."""
    try:
        magic, width, height, count, hashes = _HEADER.unpack_from(packed)
    except struct.error as exc:
        raise _damaged() from exc
    described = _HEADER.size + 4 * count
    sides = 2 if len(packed) > described + count * _DESCRIPTOR else 1
    if magic != _MAGIC or len(packed) != described + sides * count * _DESCRIPTOR or not width or not height:
        raise _damaged()
    points = np.frombuffer(packed, ">u2", 2 * count, _HEADER.size).astype(np.float32).reshape(-1, 2) / _STEPS
    both = [*np.frombuffer(packed, np.uint8, offset=described).reshape(sides, count, _DESCRIPTOR), _none()]
    size = FINGERPRINT_BITS // 8
    poses = tuple(
        Fingerprint(version=fingerprints.VERSION, bits=hashes[at : at + size].hex())
        for at in range(0, len(hashes), size)
    )
    return Features(width, height, poses, points.astype(np.float32), both[0], both[1])


def variants(packed: bytes) -> tuple[str, ...]:
    """Return the bits of the fingerprints that a photo would have mirrored and turned; errors as in :func:`unpack`."""
    return tuple(pose.bits for pose in unpack(packed).poses[1:])


def _damaged() -> MediaUnreadable:
    return MediaUnreadable(causes.KEPT_LOOK_DAMAGED)
