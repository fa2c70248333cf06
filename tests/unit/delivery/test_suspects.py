from pathlib import Path

from streams.delivery.suspects import Care, Suspects
from tests.unit.delivery.events import Log

STRETCH = 3


def a_life(folder: Path) -> Suspects:
    return Suspects(folder / "suspects.json")


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


def test_an_event_that_the_worker_died_on_twice_while_alone_is_the_culprit(tmp_path: Path) -> None:
    log = Log()
    for _ in range(2):
        life = a_life(tmp_path)
        life.begin(log.message(9))
    next_life = a_life(tmp_path)

    assert next_life.care(log.message(8), STRETCH) is Care.ALONE
    assert next_life.care(log.message(9), STRETCH) is Care.CULPRIT
    assert next_life.care(log.message(10), STRETCH) is Care.ALONE


def test_an_event_that_came_through_is_no_suspect(tmp_path: Path) -> None:
    log = Log()
    for _ in range(2):
        life = a_life(tmp_path)
        life.begin(log.message(9))
        life.clear()

    assert a_life(tmp_path).care(log.message(9), STRETCH) is Care.USUAL


def test_an_end_for_a_known_reason_accuses_no_event(tmp_path: Path) -> None:
    log = Log()
    for _ in range(5):
        life = a_life(tmp_path)
        assert life.care(log.message(7), STRETCH) is Care.USUAL
        life.begin(log.message(7))
        life.known_end()


def test_a_damaged_file_is_a_fresh_start(tmp_path: Path) -> None:
    (tmp_path / "suspects.json").write_text("{")

    assert a_life(tmp_path).care(Log().message(0), STRETCH) is Care.USUAL
