"""A reference that shows the damage already says so."""

from functools import partial

from streams.evidence.colours import develop
from streams.evidence.comparison import PairResult, Photo, compare
from streams.evidence.examination import examine
from streams.evidence.limits import Limits
from streams.evidence.prior_damage import vouched
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_patch, with_a_stain

LIMITS = Limits(30_000_000, 100_000_000)
SOUND = a_picture(4)
STAINED = with_a_stain(SOUND)[0]
PATCHED = with_a_patch(SOUND)[0]


def a_photo(file: bytes) -> Photo:
    return Photo(examine(file, LIMITS).features, partial(develop, file, LIMITS))


def shares(found: list[PairResult]) -> list[object]:
    return [
        next((reading.value for reading in beside.readings if reading.name == "damage_in_reference"), None)
        for beside in found
    ]


def test_a_dispatch_photo_with_the_damage_shows_what_differs_from_the_listing() -> None:
    claim = jpeg(STAINED, quality=80)
    listing, dispatch = shares(compare(a_photo(claim), [a_photo(jpeg(SOUND)), a_photo(jpeg(STAINED))]))
    assert listing is None
    assert isinstance(dispatch, float)
    assert dispatch > 0.9


def test_a_dispatch_photo_with_other_damage_does_not_speak_for_this_one() -> None:
    claim = jpeg(STAINED, quality=80)
    listing, dispatch = shares(compare(a_photo(claim), [a_photo(jpeg(SOUND)), a_photo(jpeg(PATCHED))]))
    assert isinstance(dispatch, float)
    assert dispatch < 0.1
    assert isinstance(listing, float)


def test_without_a_second_reference_there_is_nothing_to_speak_for() -> None:
    assert shares(compare(a_photo(jpeg(STAINED)), [a_photo(jpeg(SOUND))])) == [None]
    assert vouched([None, None]) == [None, None]


def test_where_nothing_differs_no_reference_speaks() -> None:
    assert shares(compare(a_photo(jpeg(SOUND)), [a_photo(jpeg(SOUND)), a_photo(jpeg(SOUND, quality=60))])) == [None] * 2
