"""A reference that shows the damage already says so."""

from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.prior_damage import vouched
from tests.looks import compare_files
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_patch, with_a_stain

SOUND = a_picture(4)
STAINED = with_a_stain(SOUND)[0]
PATCHED = with_a_patch(SOUND)[0]


def shares(found: list[PairResult]) -> list[object]:
    return [
        next((reading.value for reading in beside.readings if reading.name == "damage_in_reference"), None)
        for beside in found
    ]


def test_a_dispatch_photo_with_the_damage_shows_what_differs_from_the_listing() -> None:
    claim = jpeg(STAINED, quality=80)
    listing, dispatch = shares(compare_files(claim, jpeg(SOUND), jpeg(STAINED)))
    assert listing is None
    assert isinstance(dispatch, float)
    assert dispatch > 0.9


def test_a_dispatch_photo_with_other_damage_does_not_speak_for_this_one() -> None:
    claim = jpeg(STAINED, quality=80)
    listing, dispatch = shares(compare_files(claim, jpeg(SOUND), jpeg(PATCHED)))
    assert isinstance(dispatch, float)
    assert dispatch < 0.1
    assert isinstance(listing, float)


def test_without_a_second_reference_there_is_nothing_to_speak_for() -> None:
    assert shares(compare_files(jpeg(STAINED), jpeg(SOUND))) == [None]
    assert vouched([None, None]) == [None, None]


def test_where_nothing_differs_no_reference_speaks() -> None:
    assert shares(compare_files(jpeg(SOUND), jpeg(SOUND), jpeg(SOUND, quality=60))) == [None] * 2
