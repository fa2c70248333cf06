from pathlib import Path

from streams.delivery.dead_letter_limit import WINDOW, DeadLetterLimit


def a_window(folder: Path, ratio: float = 0.1, run: int = 50) -> DeadLetterLimit:
    return DeadLetterLimit(folder / "requests.window.json", ratio, run)


def test_bad_messages_below_the_share_do_not_pause(tmp_path: Path) -> None:
    window = a_window(tmp_path)
    for number in range(5_000):
        window.note(bad=number % 10 == 0)

    assert not window.paused


def test_more_than_the_share_of_the_last_thousand_pauses(tmp_path: Path) -> None:
    window = a_window(tmp_path)
    for number in range(WINDOW):
        window.note(bad=number % 9 == 0)

    assert window.paused


def test_a_run_of_bad_messages_pauses(tmp_path: Path) -> None:
    window = a_window(tmp_path, run=5)
    for bad in [True] * 4 + [False] + [True] * 4:
        window.note(bad=bad)
    assert not window.paused
    window.note(bad=True)
    assert window.paused


def test_a_restart_does_not_forget(tmp_path: Path) -> None:
    for _ in range(5):
        a_window(tmp_path, run=5).note(bad=True)

    assert a_window(tmp_path, run=5).paused


def test_pausing_is_told_once(tmp_path: Path) -> None:
    told: list[None] = []
    window = DeadLetterLimit(tmp_path / "w.json", 0.1, 3, lambda: told.append(None))
    for _ in range(10):
        window.note(bad=True)

    assert told == [None]


def test_taking_the_file_away_resumes(tmp_path: Path) -> None:
    window = a_window(tmp_path, run=1)
    window.note(bad=True)
    assert window.paused
    assert not window.resumed()
    (tmp_path / "requests.window.json").unlink()

    assert window.resumed()
    assert not a_window(tmp_path, run=1).paused


def test_good_messages_count_after_a_restart_too(tmp_path: Path) -> None:
    window = a_window(tmp_path, run=5)
    for bad in [True] * 4 + [False] * 1_000:
        window.note(bad=bad)

    again = a_window(tmp_path, run=5)
    again.note(bad=True)

    assert not again.paused
