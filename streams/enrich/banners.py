"""Banners: strips that an app lays along the edge of every buyer's picture, which are no photos of a claim.

Two buyers of one platform share its banner of the season, whatever else they show. So it is compared with the photos of
the goods as any panel is, and is not looked up among earlier photos.
"""

from collections.abc import Sequence

from schemas.records import Region
from streams.ports import ExaminedPart

_LONG, _ACROSS, _AT_THE_EDGE = 4.0, 0.95, 0.02
"""How many times as wide as high a banner is at least, the share of the picture's width that it takes, and within which
share of the picture's height it reaches the edge. Rows of two or three photos are no wider than this."""
_REST = 0.2
"""Share of the picture that other panels take at least: of photos that are all strips none is a banner."""


def without_banners(parts: Sequence[ExaminedPart]) -> list[ExaminedPart]:
    """Return the parts of a medium that are looked up: all of a video, and of a collage all but banners."""
    regions = [one.region for one in parts if one.region is not None]
    if len(regions) < len(parts) or not regions:
        return list(parts)
    right, below = max(one.x + one.width for one in regions), max(one.y + one.height for one in regions)
    left, top = min(one.x for one in regions), min(one.y for one in regions)
    whole = Region(x=left, y=top, width=right - left, height=below - top)
    banners = [one for one in regions if _is_banner(one, whole)]
    rest = sum(one.width * one.height for one in regions if not _is_strip(one))
    if rest < _REST * whole.width * whole.height:
        return list(parts)
    return [one for one in parts if one.region not in banners]


def _is_banner(one: Region, whole: Region) -> bool:
    """Return whether a panel is a strip along the upper or lower edge of a picture, from side to side."""
    if not _is_strip(one) or one.width < _ACROSS * whole.width:
        return False
    above, below = one.y - whole.y, whole.y + whole.height - one.y - one.height
    return min(above, below) <= _AT_THE_EDGE * whole.height


def _is_strip(one: Region) -> bool:
    return one.width >= _LONG * one.height
