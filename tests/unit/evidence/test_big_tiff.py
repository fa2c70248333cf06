"""A big-endian BigTIFF that is damaged or made to be slow stays cheap, and is refused in words or looked at."""

import struct

import pytest

from streams.errors import MediaUnreadable
from streams.evidence.files.big_tiff import as_classic
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from tests.drawn import each
from tests.unit.evidence.odd_files import PICTURE, big_tiff

LIMITS = Limits(size_bytes=10_000_000, pixels=1_000_000)


@each(60, at=(0, 400), to=(0, 255))
def test_one_wrong_byte_among_its_tags_is_seen_or_refused_in_words(at: int, to: int) -> None:
    sound = big_tiff(">", packed=False)
    place = len(sound) - 1 - at
    try:
        seen = decode(sound[:place] + bytes([to]) + sound[place + 1 :], LIMITS)
    except MediaUnreadable:
        return
    assert seen.width * seen.height <= LIMITS.pixels


@pytest.mark.parametrize("keeps", [8, 12, 16, 24, 200, 5_000])
def test_one_that_breaks_off_is_refused_in_words(keeps: int) -> None:
    with pytest.raises(MediaUnreadable):
        decode(big_tiff(">", packed=True)[:keeps], LIMITS)


def test_entries_that_repeat_a_long_list_of_places_make_no_long_file() -> None:
    entry = struct.pack(">HHQQ", 273, 16, 60_000, 16)
    file = b"MM\x00+\x00\x08\x00\x00" + struct.pack(">QQ", 16, 60_000) + 60_000 * entry + bytes(600_000)
    assert len(as_classic(file)) < 2 * len(file)


def test_other_files_are_given_as_they_are() -> None:
    little = big_tiff("<", packed=False)
    assert as_classic(little) is little
    assert PICTURE.size == (decode(little, LIMITS).width, decode(little, LIMITS).height)
