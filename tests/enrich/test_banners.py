"""Which panels of a collage are a platform's banner, and not looked up among earlier photos."""

from collections.abc import Sequence

import pytest

from schemas.records import Region
from streams.enrich.banners import without_banners
from streams.ports import ExaminedPart
from tests.builders import a_fingerprint

Box = tuple[int, int, int, int]
PHOTO: Box = (0, 200, 1_000, 800)
BANNER: Box = (0, 0, 1_000, 200)


def looked_up(boxes: Sequence[Box]) -> list[Box]:
    parts = [
        ExaminedPart(
            part=f"p{at}",
            sha256=f"{at:064x}",
            fingerprint=a_fingerprint(),
            region=Region(x=x, y=y, width=width, height=height),
        )
        for at, (x, y, width, height) in enumerate(boxes, 1)
    ]
    regions = [one.region for one in without_banners(parts) if one.region is not None]
    return [(one.x, one.y, one.width, one.height) for one in regions]


@pytest.mark.parametrize("banner", [BANNER, (0, 1_005, 1_000, 180)])
def test_a_strip_along_an_edge_from_side_to_side_is_a_banner(banner: Box) -> None:
    assert looked_up([banner, PHOTO]) == [PHOTO]


@pytest.mark.parametrize("strip", [(0, 500, 1_000, 200), (0, 0, 700, 120), (0, 0, 1_000, 300)])
def test_a_strip_amid_photos_or_of_a_part_of_the_width_or_as_high_as_a_row_of_photos_is_none(strip: Box) -> None:
    boxes = [strip, (0, 0, 1_000, 500), (0, 700, 1_000, 500)] if strip[1] else [strip, (0, 300, 1_000, 800)]
    assert looked_up(boxes) == boxes


def test_of_photos_that_are_all_strips_none_is_a_banner() -> None:
    strips = [(0, top, 1_000, 200) for top in (0, 200, 400, 600)]
    assert looked_up(strips) == strips


def test_all_stills_of_a_video_are_looked_up() -> None:
    stills = [ExaminedPart(part="s1", sha256=f"{1:064x}", fingerprint=a_fingerprint(), at_ms=0)]
    assert without_banners(stills) == stills
