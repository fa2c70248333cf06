"""`dlq resume` takes away the windows of paused topics, as `delivery.stop_window` keeps them."""

from pathlib import Path

from streams.delivery.dead_letter_limit import DeadLetterLimit, file_of
from tests.command_line import Ran, run

REQUESTS = "refund.requests.v1"
EVIDENCE = "refund.evidence.v1"


def a_paused(folder: Path, topic: str) -> DeadLetterLimit:
    window = DeadLetterLimit(folder / f"{topic}.window.json", ratio=0.1, run=2)
    for _ in range(2):
        window.note(bad=True)
    assert window.paused
    return window


def resume(folder: Path, *arguments: str) -> Ran:
    return run("dlq", "resume", *arguments, settings={"data_dir": str(folder)})


def test_a_paused_topic_is_resumed(tmp_path: Path) -> None:
    window = a_paused(tmp_path, REQUESTS)
    done = resume(tmp_path, "--json")
    assert (done.status, done.records) == (
        0,
        [{"topic": REQUESTS, "file": str(tmp_path / "refund.requests.v1.window.json")}],
    )
    assert window.resumed()


def test_all_workers_below_the_folder_are_resumed(tmp_path: Path) -> None:
    windows = [a_paused(tmp_path / name, REQUESTS) for name in ("enrich-0", "enrich-1")]
    windows.append(a_paused(tmp_path / "decide-0", EVIDENCE))
    assert resume(tmp_path).status == 0
    assert [window.resumed() for window in windows] == [True, True, True]


def test_only_the_topic_that_was_named_is_resumed(tmp_path: Path) -> None:
    requests, evidence = a_paused(tmp_path, REQUESTS), a_paused(tmp_path, EVIDENCE)
    assert resume(tmp_path, "--topic", EVIDENCE).status == 0
    assert (requests.resumed(), evidence.resumed()) == (False, True)


def test_a_topic_with_few_dead_letters_is_not_paused_and_its_count_stays(tmp_path: Path) -> None:
    a_paused(tmp_path, EVIDENCE)
    counting = DeadLetterLimit(file_of(tmp_path, REQUESTS), ratio=0.1, run=50)
    counting.note(bad=True)

    done = resume(tmp_path, "--topic", REQUESTS)
    assert (done.status, done.raw) == (1, b"")
    assert done.error.startswith(f"refund-sentinel: no topic {REQUESTS} is paused in {tmp_path}: ")
    assert [one["topic"] for one in resume(tmp_path, "--json").records] == [EVIDENCE]
    assert file_of(tmp_path, REQUESTS).exists()


def test_a_file_of_an_earlier_version_counts_once_its_worker_has_started(tmp_path: Path) -> None:
    file_of(tmp_path, REQUESTS).write_text('{"seen": "xx"}')
    assert DeadLetterLimit(file_of(tmp_path, REQUESTS), ratio=0.1, run=2).paused
    assert resume(tmp_path).status == 0


def test_where_nothing_is_paused_it_says_where_it_looked(tmp_path: Path) -> None:
    done = resume(tmp_path)
    assert done.status == 1
    why = "if a worker says that one is, give SENTINEL_DATA_DIR as that worker has it"
    assert done.error == f"refund-sentinel: nothing is paused in {tmp_path}: {why}\n"
