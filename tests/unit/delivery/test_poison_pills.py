import errno
import os
from pathlib import Path

import pytest

from streams.delivery.poison_pills import DEATHS, Care, PoisonPills
from streams.errors import StoreUnavailable
from tests.unit.delivery.events import Log

STRETCH = 3


def a_life(folder: Path) -> PoisonPills:
    return PoisonPills(folder / "poison-pills.json")


def test_a_head_that_moves_on_is_never_suspected(tmp_path: Path) -> None:
    cares = [a_life(tmp_path).care(Log().message(offset), STRETCH) for offset in range(5)]

    assert cares == [Care.USUAL] * 5


def test_the_third_start_on_the_same_head_takes_a_stretch_of_events_one_by_one(tmp_path: Path) -> None:
    log = Log()
    first, second = (a_life(tmp_path).care(log.message(7), STRETCH) for _ in range(2))
    third = a_life(tmp_path)
    cares = [third.care(log.message(7 + ahead), STRETCH) for ahead in range(STRETCH + 1)]

    assert [first, second] == [Care.USUAL] * 2
    assert cares == [Care.ALONE] * STRETCH + [Care.USUAL]


def die_alone(folder: Path, offset: int, times: int) -> None:
    """Let a worker die so often while it works on nothing but one event."""
    for _ in range(times):
        a_life(folder).begin(Log().message(offset))


def test_an_event_that_the_worker_died_on_three_times_while_alone_is_the_culprit(tmp_path: Path) -> None:
    log = Log()
    die_alone(tmp_path, 9, DEATHS)
    next_life = a_life(tmp_path)

    assert next_life.care(log.message(8), STRETCH) is Care.ALONE
    assert next_life.care(log.message(9), STRETCH) is Care.CULPRIT
    assert next_life.care(log.message(10), STRETCH) is Care.ALONE


def test_an_event_that_the_worker_died_on_less_often_is_tried_alone_once_more(tmp_path: Path) -> None:
    die_alone(tmp_path, 9, DEATHS - 1)

    assert a_life(tmp_path).care(Log().message(9), STRETCH) is Care.ALONE


def test_a_culprit_stays_one_until_its_partition_is_past_it(tmp_path: Path) -> None:
    die_alone(tmp_path, 9, DEATHS)
    cares = [a_life(tmp_path).care(Log().message(offset), STRETCH) for offset in (9, 9, 10, 9)]

    assert cares == [Care.CULPRIT, Care.CULPRIT, Care.USUAL, Care.USUAL]


def test_an_event_that_came_through_is_no_suspect_whatever_happened_before(tmp_path: Path) -> None:
    log = Log()
    die_alone(tmp_path, 9, DEATHS - 1)
    life = a_life(tmp_path)
    life.begin(log.message(9))
    life.through()

    assert a_life(tmp_path).care(log.message(9), STRETCH) is Care.USUAL


def test_a_life_that_is_told_to_stop_accuses_no_event_even_when_it_is_killed_over_it(tmp_path: Path) -> None:
    log = Log()
    for _ in range(DEATHS + 1):
        life = a_life(tmp_path)
        life.begin(log.message(9))
        life.known_end()
        life.begin(log.message(10))

    assert [a_life(tmp_path).care(log.message(offset), STRETCH) for offset in (9, 10)] == [Care.USUAL] * 2


def test_an_end_for_a_known_reason_accuses_no_event(tmp_path: Path) -> None:
    log = Log()
    for _ in range(5):
        life = a_life(tmp_path)
        assert life.care(log.message(7), STRETCH) is Care.USUAL
        life.begin(log.message(7))
        life.known_end()


def test_a_folder_without_room_is_named_as_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailable, match=r"own folder .* \(No space left on device\): make room there"):
        a_life(tmp_path).care(Log().message(1), STRETCH)


def test_a_damaged_file_is_a_fresh_start(tmp_path: Path) -> None:
    (tmp_path / "poison-pills.json").write_text("{")

    assert a_life(tmp_path).care(Log().message(0), STRETCH) is Care.USUAL
