"""Erased photos: hidden at once, and gone from the files a day later at most, in every process that has them open."""

from hashlib import sha256
from pathlib import Path

import pytest

from streams.sightings.index import ERASED_KEPT_MS, SightingIndex
from tests.builders import AT_MS
from tests.unit.sightings.sightings import ASKED, a_claim_sighting

LATER_MS = AT_MS + ERASED_KEPT_MS


def bytes_of(number: int) -> str:
    """The SHA-256 of a photo: by chance in no file that does not hold it."""
    return sha256(b"%d" % number).hexdigest()


def filled(path: Path, first: int, end: int) -> SightingIndex:
    index = SightingIndex(path)
    add(index, first, end)
    return index


def add(index: SightingIndex, first: int, end: int) -> None:
    for position in range(first, end):
        index.add(position, a_claim_sighting(position, sha256=bytes_of(position)))
        index.advance(position + 1)


def erase(index: SightingIndex, number: int = 3, at_ms: int = AT_MS) -> None:
    index.erase(a_claim_sighting(number).sighting_id, at_ms)
    index.advance(index.position + 1)


def tidied(index: SightingIndex, now_ms: int) -> bool:
    """Return whether there was something to rewrite."""
    before = index.folder.read().number
    index.tidy(now_ms)
    index.finish_sealing()
    return index.folder.read().number > before


def positions(index: SightingIndex) -> list[int]:
    return [one.position for one in index.search(ASKED, 1_000).sightings]


def on_disk(path: Path, number: int = 3) -> bool:
    return any(bytes.fromhex(bytes_of(number)) in file.read_bytes() for file in path.glob("*.segment"))


@pytest.fixture
def index(tmp_path: Path) -> SightingIndex:
    """Six photos in one segment; the fourth is erased."""
    index = filled(tmp_path, 0, 6)
    index.seal()
    erase(index)
    return index


def test_an_erased_photo_is_hidden_at_once_and_in_its_file_until_a_day_has_passed(
    index: SightingIndex, tmp_path: Path
) -> None:
    assert positions(index) == [0, 1, 2, 4, 5]
    assert not tidied(index, LATER_MS - 1)
    assert on_disk(tmp_path)

    assert tidied(index, LATER_MS)

    assert not on_disk(tmp_path)
    assert (positions(index), index.stats().erased) == ([0, 1, 2, 4, 5], 0)
    assert not tidied(index, LATER_MS + ERASED_KEPT_MS)


def test_the_day_counts_over_restarts(index: SightingIndex, tmp_path: Path) -> None:
    add(index, 7, 9)
    index.seal()
    index.close()
    index = SightingIndex(tmp_path)
    assert on_disk(tmp_path) == (index.stats().erased == 1)
    tidied(index, LATER_MS)
    assert not on_disk(tmp_path)
    assert positions(index) == [0, 1, 2, 4, 5, 7, 8]
    index.close()


def test_older_segments_without_an_erased_photo_stay_as_they_are(tmp_path: Path) -> None:
    index = filled(tmp_path, 0, 200)
    index.seal()
    [old] = tmp_path.glob("*.segment")
    before = old.stat().st_ino
    add(index, 200, 210)
    index.seal()
    erase(index, 205)

    assert tidied(index, LATER_MS)

    assert old.stat().st_ino == before
    assert not on_disk(tmp_path, 205)
    assert len(index) == 209
    index.close()


def test_what_is_erased_while_segments_are_rewritten_goes_with_the_next_rewriting(
    index: SightingIndex, tmp_path: Path
) -> None:
    index.tidy(LATER_MS)
    index.erase(a_claim_sighting(4).sighting_id, LATER_MS)
    index.finish_sealing()
    assert (positions(index), index.stats().erased) == ([0, 1, 2, 5], 1)
    while tidied(index, LATER_MS + ERASED_KEPT_MS):
        pass
    assert not on_disk(tmp_path, 4)
    assert positions(index) == [0, 1, 2, 5]


def test_a_process_that_shares_the_folder_lets_go_of_the_old_file(index: SightingIndex, tmp_path: Path) -> None:
    other = SightingIndex(tmp_path)
    erase(other)
    assert (other.writes, other.stats().erased) == (False, 1)
    tidied(index, LATER_MS)

    other.tidy(LATER_MS)

    [part] = other._photos.parts
    assert part.segment.path.exists()
    assert (positions(other), other.stats().erased) == ([0, 1, 2, 4, 5], 0)
    other.close()


def test_a_process_that_shares_the_folder_goes_on_hiding_what_was_not_rewritten_yet(
    index: SightingIndex, tmp_path: Path
) -> None:
    other = SightingIndex(tmp_path)
    erase(other)
    other.tidy(LATER_MS)
    assert (positions(other), other.stats().erased) == ([0, 1, 2, 4, 5], 1)
    assert index.writes
    other.close()
