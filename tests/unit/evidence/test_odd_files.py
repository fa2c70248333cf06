"""Every odd file has its right end: the picture that a person would see, or a sentence for people."""

import re

import numpy as np
import pytest

from streams.errors import MediaUnreadable
from streams.evidence.files.colours import develop
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from streams.wording.cause import unmeasured, why
from tests.unit.evidence.odd_files import OddFile, odd_files

LIMITS = Limits(size_bytes=10_000_000, pixels=1_000_000)
FILES = tuple(odd_files())
GOOD = [one for one in FILES if one.seen is not None]
BAD = [one for one in FILES if one.seen is None]


def named(one: OddFile) -> str:
    return one.name


def test_the_table_is_long_and_names_no_file_twice() -> None:
    assert len(FILES) >= 100
    assert len({one.name for one in FILES}) == len(FILES)


@pytest.mark.parametrize("one", GOOD, ids=named)
def test_an_odd_file_that_people_can_see_is_looked_at(one: OddFile) -> None:
    assert one.seen is not None
    seen = decode(one.photo, LIMITS)
    assert ((seen.width, seen.height), seen.frames) == (one.seen.size, one.frames)
    assert np.abs(seen.grey.astype(int) - np.asarray(one.seen.convert("L")).astype(int)).mean() <= one.off


@pytest.mark.parametrize("one", GOOD, ids=named)
def test_an_odd_file_that_people_can_see_is_compared_in_its_colours(one: OddFile) -> None:
    assert one.seen is not None
    seen = develop(one.photo, LIMITS)
    expected = np.asarray(one.seen.convert("RGB")).astype(int)
    assert np.abs(seen.pixels.astype(int) - expected).mean() <= one.off + 3


@pytest.mark.parametrize("one", BAD, ids=named)
def test_a_file_that_cannot_be_looked_at_says_why_in_words(one: OddFile) -> None:
    with pytest.raises(MediaUnreadable, match=one.why) as refused:
        decode(one.photo, LIMITS)
    said = why(unmeasured("photo", refused.value.cause))
    assert (said.en, bool(re.search(r"[\u4e00-\u9fff]", said.zh))) == (str(refused.value), True)
    with pytest.raises(MediaUnreadable, match=re.escape(str(refused.value))):
        develop(one.photo, LIMITS)
