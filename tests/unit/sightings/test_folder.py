"""The folder of segments: what a crash leaves, who may write, and how processes share it."""

from pathlib import Path

import pytest

from streams.errors import ReplicaDamaged
from streams.sightings import building
from streams.sightings.folder import Checkpoint, Folder, Named
from streams.sightings.index import SightingIndex
from tests.unit.sightings.sightings import ASKED, a_claim_sighting


def filled(path: Path, count: int = 6, first: int = 0) -> SightingIndex:
    index = SightingIndex(path)
    for position in range(max(first, index.position), count):
        index.add(position, a_claim_sighting(position))
        index.advance(position + 1)
    return index


def positions(index: SightingIndex) -> list[int]:
    return [one.position for one in index.search(ASKED, 1_000).sightings]


def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.read() == Checkpoint()
    checkpoint = Checkpoint(number=3, position=70, segments=[Named("a.segment", 0)], erased=[5], withdrawn=[6, 7])
    folder.commit(checkpoint)
    assert folder.read() == checkpoint


def test_a_changed_list_of_segments_is_noticed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.commit(Checkpoint(number=3, position=70))
    path = tmp_path / "segments.json"
    path.write_bytes(path.read_bytes().replace(b"70", b"71"))
    with pytest.raises(ReplicaDamaged, match=r"segments\.json"):
        folder.read()


def test_one_process_writes_and_the_next_may_once_it_has_ended(tmp_path: Path) -> None:
    first, second = Folder(tmp_path), Folder(tmp_path)
    assert (first.lock(), second.lock(), first.lock()) == (True, False, True)
    first.close()
    assert second.lock()
    second.close()


def test_what_was_not_sealed_is_asked_of_the_log_again(tmp_path: Path) -> None:
    index = filled(tmp_path, 4)
    index.seal()
    filled_more = [a_claim_sighting(number) for number in (4, 5)]
    for position, sighting in enumerate(filled_more, start=4):
        index.add(position, sighting)
        index.advance(position + 1)
    index.close()
    index = SightingIndex(tmp_path)
    assert (index.position, positions(index)) == (4, [0, 1, 2, 3])
    index.close()


def test_a_crash_between_a_segment_and_its_checkpoint_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = filled(tmp_path, 4)
    index.seal()
    index.add(4, a_claim_sighting(4))
    index.advance(5)

    def crash(_folder: Folder, _checkpoint: Checkpoint) -> None:
        msg = "the machine is gone"
        raise OSError(msg)

    monkeypatch.setattr(Folder, "commit", crash)
    index.seal()
    assert positions(index) == [0, 1, 2, 3, 4], "what cannot be sealed stays in memory"
    index.close()
    monkeypatch.undo()
    index = filled(tmp_path, 6)
    assert positions(index) == [0, 1, 2, 3, 4, 5]
    index.close()
    assert len(list(tmp_path.glob("*.segment"))) == 1


def test_a_full_disk_leaves_no_half_file_and_sealing_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        msg = "no space left on the device"
        raise OSError(msg)

    index = filled(tmp_path, 3)
    monkeypatch.setattr(building, "write_segment", full)
    index.seal()
    monkeypatch.undo()
    index.add(3, a_claim_sighting(3))
    index.advance(4)
    index.seal()
    assert positions(index) == [0, 1, 2, 3]
    index.seal()
    assert (index.stats().in_memory, positions(index)) == (0, [0, 1, 2, 3])
    index.close()


def test_a_damaged_list_is_set_aside_and_everything_made_anew(tmp_path: Path) -> None:
    index = filled(tmp_path)
    index.seal()
    index.close()
    (tmp_path / "segments.json").write_bytes(b"00000000\n{}")
    index = filled(tmp_path)
    assert positions(index) == [0, 1, 2, 3, 4, 5]
    index.close()
    assert (tmp_path / "segments.json.damaged").exists()


def test_of_several_segments_only_what_follows_the_damaged_one_is_made_anew(tmp_path: Path) -> None:
    index = SightingIndex(tmp_path)
    for first, end in ((0, 40), (40, 44)):
        for position in range(first, end):
            index.add(position, a_claim_sighting(position))
            index.advance(position + 1)
        index.seal()
    index.close()
    assert index.stats().segments == (40, 4)
    newest = max(tmp_path.glob("*.segment"))
    newest.unlink()
    index = SightingIndex(tmp_path)
    assert (index.position, len(index)) == (40, 40)
    index.close()


def test_a_process_that_shares_the_folder_takes_over_what_the_other_has_sealed(tmp_path: Path) -> None:
    writer, reader = SightingIndex(tmp_path, seal_rows=4), SightingIndex(tmp_path, seal_rows=4)
    assert (writer.writes, reader.writes) == (True, False)
    for position in range(4):
        writer.add(position, a_claim_sighting(position))
    writer.advance(4)
    writer.finish_sealing()
    for position in range(5):
        reader.add(position, a_claim_sighting(position))
    reader.advance(5)
    assert (reader.stats().segments, reader.stats().in_memory) == ((4,), 1)
    assert positions(reader) == [0, 1, 2, 3, 4]
    writer.close()
    reader.close()


def test_a_process_that_is_behind_the_writer_goes_on_where_that_one_sealed(tmp_path: Path) -> None:
    writer, reader = SightingIndex(tmp_path, seal_rows=3), SightingIndex(tmp_path, seal_rows=3)
    for position in range(9):
        writer.add(position, a_claim_sighting(position))
    writer.erase(a_claim_sighting(2).sighting_id)
    writer.advance(9)
    writer.finish_sealing()
    for position in range(3):
        reader.add(position, a_claim_sighting(position))
    reader.advance(3)
    assert (reader.position, positions(reader)) == (9, [0, 1, 3, 4, 5, 6, 7, 8])
    reader.add(5, a_claim_sighting(5))
    assert len(reader) == 8
    writer.close()
    reader.close()


def test_when_the_writer_has_ended_another_process_becomes_it(tmp_path: Path) -> None:
    writer, reader = SightingIndex(tmp_path, seal_rows=3), SightingIndex(tmp_path, seal_rows=3)
    writer.close()
    for position in range(3):
        reader.add(position, a_claim_sighting(position))
    reader.advance(3)
    reader.advance(3)
    reader.finish_sealing()
    assert (reader.writes, reader.stats().segments) == (True, (3,))
    reader.close()


def test_who_only_looks_leaves_the_writing_to_others(tmp_path: Path) -> None:
    looking = SightingIndex(tmp_path, only_look=True)
    writer = filled(tmp_path)
    assert (looking.writes, writer.writes) == (False, True)
    with pytest.raises(ReplicaDamaged, match="another process writes"):
        looking.begin_sealing()
    looking.close()
    writer.close()


def test_an_index_of_another_log_starts_over(tmp_path: Path) -> None:
    index = filled(tmp_path)
    index.seal()
    assert index.last() == (5, a_claim_sighting(5).sighting_id)
    index.start_over()
    assert (index.position, len(index), index.last()) == (0, 0, None)
    index.close()
    assert list(tmp_path.glob("*.segment")) == []


def test_while_there_is_more_to_catch_up_with_larger_pieces_are_sealed(tmp_path: Path) -> None:
    index = SightingIndex(tmp_path, seal_rows=3)
    for position in range(6):
        index.add(position, a_claim_sighting(position))
        index.advance(position + 1, more=True)
    assert (index.sealing, index.stats().in_memory) == (False, 6)
    index.advance(6)
    index.finish_sealing()
    assert (index.stats().segments, index.stats().in_memory) == ((6,), 0)
    index.close()
