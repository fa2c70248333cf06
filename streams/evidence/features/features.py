"""Features of a photo, packed for keeping: ORB key points of the working picture, and its fingerprints beside them.

A hash sees a whole frame; features find a crop, a turn, a screenshot, or the part of a scene that was left alone. ORB
does not mind turns, but a mirrored photo has other descriptors: these are kept too, so that two packed photos can be
compared both ways without either picture. Coarse features (:mod:`streams.evidence.features.coarse_features`) are kept
beside, and of a reference dense ones (:mod:`streams.evidence.features.dense_features`).
"""

import struct
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from schemas.records import Fingerprint
from schemas.units import FINGERPRINT_BITS
from streams.errors import MediaUnreadable
from streams.evidence.features import (
    coarse_features,
    corners,
    dense_features,
    fingerprints,
    key_points,
    small_pictures,
)
from streams.evidence.features.corners import Corners, Points
from streams.evidence.features.key_points import DESCRIPTOR, Described, Descriptors, lie_in, none_described, outside
from streams.evidence.files.decoding import WORKING_PIXELS, Grey
from streams.wording import causes

VERSION = "orb500/4"
KEY_POINTS = 500
FEWEST_POINTS = 25
"""Fewer would agree by chance, so nothing was compared. Of 110 catalogue photos none has fewer than 59."""

_CANDIDATES, _CONTRAST = 2_000, 12
"""How many corners are found before some are chosen (of a smaller picture fewer, by its area), and the least contrast
of one (of 255; OpenCV's default is 20)."""
_CELL = 40
"""Pixels of the working picture within which corners compete: letters or a busy ground would take all the places."""
_EDGE = 31
"""Pixels at each edge where ORB sees nothing: a picture no wider than two edges has no features."""

_HEADER = struct.Struct(">4sHHH256s")
_COARSE = struct.Struct(">HH")
_COUNT = struct.Struct(">H")
_MAGIC, _WITHOUT_DENSE, _WITHOUT_SHADES, _WITHOUT_COARSE = b"RSF5", b"RSF4", b"RSF3", b"RSF2"
"""What the bytes begin with, now, and before there were dense features and those of negatives, small pictures, and
coarse features: read as having none."""
_STEPS = 8
"""Coordinates are kept in eighths of a pixel."""
_POINT = 4


@dataclass(frozen=True, slots=True)
class Features:
    """Key points of one photo: ``points`` (n, 2) in pixels of the working picture, ``descriptors`` (n, 32) bytes.

    ``mirrored`` describes the same points as the mirrored picture shows them, or is empty where nobody asked for it.
    ``poses`` are the photo's fingerprints in the order of :data:`streams.evidence.features.fingerprints.POSES`.
    ``coarse`` are those of a small picture, ``shades`` (h, w) is a smaller one
    (:mod:`streams.evidence.features.small_pictures`). ``dense`` are more of the working picture, of a reference alone,
    ``turned_over`` some of the small picture's negative, of a claim.
    """

    width: int
    height: int
    poses: tuple[Fingerprint, ...]
    points: Points
    descriptors: Descriptors
    mirrored: Descriptors
    coarse: Described = key_points.NOTHING
    shades: Grey = field(default_factory=small_pictures.nothing)
    dense: Described = key_points.NOTHING
    turned_over: Described = key_points.NOTHING

    def of(self, chosen: npt.NDArray[np.bool_]) -> "Features":
        """Return the same with the chosen points alone, and without the others, or shades."""
        mirrored = self.mirrored[chosen] if len(self.mirrored) else self.mirrored
        points, descriptors = self.points[chosen], self.descriptors[chosen]
        none = key_points.NOTHING
        left = replace(self, coarse=none, shades=small_pictures.nothing(), dense=none, turned_over=none)
        return replace(left, points=points, descriptors=descriptors, mirrored=mirrored)

    def outside(self, where: npt.NDArray[np.bool_]) -> "Features":
        """Return the same without what lies in a part of the frame, ``where`` a picture of any size says, or shades."""
        small = coarse_features.size(self.width, self.height)
        return replace(
            self.of(~lie_in(where, self.points, (self.width, self.height))),
            coarse=outside(self.coarse, where, small),
            dense=outside(self.dense, where, (self.width, self.height)),
            turned_over=outside(self.turned_over, where, small),
        )

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
    return _features(grey, (none,) * len(fingerprints.POSES), key_points.NOTHING, key_points.NOTHING)


def detect(grey: Grey, poses: tuple[Fingerprint, ...], *, mirrored: bool = True, coarse: bool = True) -> Features:
    """Return up to 500 features of a working picture, and 800 ``coarse`` ones; a plain picture has none.

    ``mirrored`` costs more, and is for claims: it is they that may show a reference mirrored. What is not for claims
    has 1,500 dense ones instead, of which a claim may show a part.
    """
    candidates = round(_CANDIDATES * min(1.0, grey.size / WORKING_PIXELS))
    how = Corners(most=KEY_POINTS, candidates=candidates, contrast=_CONTRAST, cell=_CELL, edge=_EDGE)
    strong = corners.strong(grey)
    fine = key_points.describe(grey, how, mirrored=mirrored, strong=strong)
    if not coarse:
        return _features(grey, poses, fine, key_points.NOTHING)
    reduced = coarse_features.reduced(grey)
    found = _features(grey, poses, fine, coarse_features.detect(reduced, mirrored=mirrored))
    found = replace(found, shades=small_pictures.small(reduced))
    if mirrored:
        return replace(found, turned_over=coarse_features.of_negative(reduced))
    return replace(found, dense=dense_features.detect(grey, strong))


def _features(grey: Grey, poses: tuple[Fingerprint, ...], fine: Described, coarse: Described) -> Features:
    height, width = grey.shape
    return Features(width, height, poses, fine.points, fine.descriptors, fine.mirrored, coarse)


def pack(features: Features) -> bytes:
    """Return features as bytes: a header (sizes, count, hashes), coordinates as 16 bits, descriptors.

    Then come coarse ones, dense ones, those of the negative, and shades. A reference takes 103 KB, a claim 91 KB.
    """
    count = len(features.points)
    hashes = b"".join(bytes.fromhex(pose.bits) for pose in features.poses)
    header = _HEADER.pack(_MAGIC, features.width, features.height, count, hashes)
    coarse = features.coarse
    counts = _COARSE.pack(len(coarse.points), len(coarse.mirrored))
    sides = bytes([1 + bool(len(features.mirrored))])
    fine = Described(features.points, features.descriptors, features.mirrored)
    height, width = features.shades.shape
    dense = _COUNT.pack(len(features.dense.points)) + _packed(features.dense)
    over = _COUNT.pack(len(features.turned_over.points)) + _packed(features.turned_over)
    shades = bytes([width, height]) + features.shades.tobytes()
    return header + sides + _packed(fine) + counts + _packed(coarse) + dense + over + shades


def _packed(some: Described) -> bytes:
    points = np.round(some.points * _STEPS).clip(0, 65_535).astype(">u2")
    return points.tobytes() + some.descriptors.tobytes() + some.mirrored.tobytes()


def unpack(packed: bytes) -> Features:
    """Return what :func:`pack` took, points to an eighth of a pixel; raises MediaUnreadable when it is not that."""
    try:
        magic, width, height, count, hashes = _HEADER.unpack_from(packed)
        if magic not in {_MAGIC, _WITHOUT_DENSE, _WITHOUT_SHADES, _WITHOUT_COARSE} or not width or not height:
            raise _damaged()
        fine, coarse, end = _fine_alone(packed, count) if magic == _WITHOUT_COARSE else _both(packed, count)
        dense, over, end = _later(packed, end) if magic == _MAGIC else (key_points.NOTHING, key_points.NOTHING, end)
        with_shades = magic in {_MAGIC, _WITHOUT_DENSE}
        shades = _shades(packed[end:]) if with_shades else small_pictures.nothing()
        if not with_shades and end != len(packed):
            raise _damaged()
    except (struct.error, IndexError) as exc:
        raise _damaged() from exc
    size = FINGERPRINT_BITS // 8
    poses = tuple(
        Fingerprint(version=fingerprints.VERSION, bits=hashes[at : at + size].hex())
        for at in range(0, len(hashes), size)
    )
    return Features(width, height, poses, fine.points, fine.descriptors, fine.mirrored, coarse, shades, dense, over)


def _fine_alone(packed: bytes, count: int) -> tuple[Described, Described, int]:
    """Return what was kept before there were coarse features: whether the mirrored are there says the length.

    The number is where it ends.
    """
    sides = 2 if len(packed) > _HEADER.size + _length(count, 0) else 1
    fine, end = _read(packed, _HEADER.size, count, count * (sides - 1))
    return fine, key_points.NOTHING, end


def _both(packed: bytes, count: int) -> tuple[Described, Described, int]:
    sides = packed[_HEADER.size]
    fine, end = _read(packed, _HEADER.size + 1, count, count * (sides - 1))
    coarse, end = _read(packed, end + _COARSE.size, *_COARSE.unpack_from(packed, end))
    if sides not in {1, 2} or len(coarse.mirrored) > len(coarse.points):
        raise _damaged()
    return fine, coarse, end


def _later(packed: bytes, at: int) -> tuple[Described, Described, int]:
    """Return dense features and those of the negative, which were kept later than the others, and where they end."""
    (count,) = _COUNT.unpack_from(packed, at)
    dense, end = _read(packed, at + _COUNT.size, count, 0)
    (count,) = _COUNT.unpack_from(packed, end)
    return dense, *_read(packed, end + _COUNT.size, count, count)


def _shades(packed: bytes) -> Grey:
    width, height = packed[:2]
    if len(packed) != 2 + width * height:
        raise _damaged()
    return np.frombuffer(packed, np.uint8, offset=2).reshape(height, width)


def _length(count: int, mirrored: int) -> int:
    return count * _POINT + (count + mirrored) * DESCRIPTOR


def _read(packed: bytes, at: int, count: int, mirrored: int) -> tuple[Described, int]:
    """Return key points that begin ``at`` a place, and where they end; raises MediaUnreadable where they are cut."""
    end = at + _length(count, mirrored)
    if mirrored < 0 or end > len(packed):
        raise _damaged()
    points = np.frombuffer(packed, ">u2", 2 * count, at).astype(np.float32).reshape(-1, 2) / _STEPS
    described = np.frombuffer(packed, np.uint8, (count + mirrored) * DESCRIPTOR, at + count * _POINT)
    rows = described.reshape(-1, DESCRIPTOR)
    over = rows[count:] if mirrored else none_described()
    return Described(points.astype(np.float32), rows[:count], over), end


def variants(packed: bytes) -> tuple[str, ...]:
    """Return the bits of the fingerprints that a photo would have mirrored and turned; errors as in :func:`unpack`."""
    return tuple(pose.bits for pose in unpack(packed).poses[1:])


def _damaged() -> MediaUnreadable:
    return MediaUnreadable(causes.KEPT_LOOK_DAMAGED)
