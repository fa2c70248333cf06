"""The supervisor, with real children: small scripts that exit, live, or will not end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.cli.supervisor import Patience, Supervisor, Work

SOON = Patience(first_pause_s=0.01, longest_pause_s=0.02, stop_s=20)
LIMIT_S = 240

NOTE = "import os, signal, sys, time; lives = open(sys.argv[1], 'a'); print(os.getpid(), file=lives, flush=True)\n"
STOP_SUPERVISOR = "os.kill(os.getppid(), signal.SIGTERM)\n"
UNTIL_STOPPED = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\nwhile True: time.sleep(1)\n"
WILL_NOT_END = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"


def child(tmp_path: Path, script: str, name: str = "child") -> Work:
    """A child that writes its process id to ``{name}.lives`` each time it starts, and then runs ``script``."""
    return Work(name=name, command=(sys.executable, "-c", NOTE + script, str(tmp_path / f"{name}.lives")))


def lives(tmp_path: Path, name: str = "child") -> list[int]:
    file = tmp_path / f"{name}.lives"
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < deadline, "it never held"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture(autouse=True)
def ignore_hangups() -> Iterator[Callable[[], object]]:
    """A closed terminal ends the supervisor, however the tests were started, unless a test calls this."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, before)


def test_a_child_that_ends_is_started_again(tmp_path: Path) -> None:
    third_life = f"if open(sys.argv[1]).read().count('\\n') == 3:\n  {STOP_SUPERVISOR}  time.sleep(60)\nsys.exit(70)\n"
    assert Supervisor([child(tmp_path, third_life)], SOON).run() == 0
    assert len(lives(tmp_path)) == 3


@pytest.mark.parametrize("status", [1, 2])
def test_what_only_a_person_can_mend_is_not_tried_again_and_ends_all_the_others(tmp_path: Path, status: int) -> None:
    after_good = f"while not os.path.exists({str(tmp_path / 'good.ready')!r}): time.sleep(0.01)\n"
    good = child(tmp_path, f"open({str(tmp_path / 'good.ready')!r}, 'w').close()\n{UNTIL_STOPPED}", "good")
    assert Supervisor([good, child(tmp_path, f"{after_good}sys.exit({status})", "wrong")], SOON).run() == status
    assert len(lives(tmp_path, "wrong")) == 1
    assert [alive(pid) for pid in lives(tmp_path, "good")] == [False]


def test_a_child_that_does_not_end_is_killed_and_the_status_says_so(tmp_path: Path) -> None:
    impatient = Patience(stop_s=0.2)
    assert Supervisor([child(tmp_path, WILL_NOT_END + STOP_SUPERVISOR + "time.sleep(600)")], impatient).run() == 1
    assert [alive(pid) for pid in lives(tmp_path)] == [False]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_is_passed_on_to_all(tmp_path: Path, number: signal.Signals) -> None:
    told = (
        f"signal.signal({number:d}, lambda *_: (print(-1, file=lives, flush=True), sys.exit(0)))\n"
        "open(sys.argv[1] + '.ready', 'w').close()\n"
    )
    both_ready = f"while not os.path.exists({str(tmp_path / 'b.lives.ready')!r}): time.sleep(0.01)\n"
    wait = "while True: time.sleep(1)\n"
    tell = both_ready + f"os.kill(os.getppid(), {number:d})\n"
    assert Supervisor([child(tmp_path, told + tell + wait, "a"), child(tmp_path, told + wait, "b")], SOON).run() == 0
    assert [lives(tmp_path, name)[1:] for name in ("a", "b")] == [[-1], [-1]]


def test_a_closed_terminal_ends_nothing_that_was_started_to_outlive_it(
    tmp_path: Path, ignore_hangups: Callable[[], object]
) -> None:
    ignore_hangups()
    second_life = (
        "if open(sys.argv[1]).read().count('\\n') == 1: os.kill(os.getppid(), signal.SIGHUP)\nelse: sys.exit(2)\n"
    )
    assert Supervisor([child(tmp_path, second_life)], SOON).run() == 2
    assert len(lives(tmp_path)) == 2


def test_signals_mean_again_what_they_meant_before(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    Supervisor([child(tmp_path, "sys.exit(2)")], SOON).run()
    assert signal.getsignal(signal.SIGTERM) is before


def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom streams.cli.supervisor import Supervisor, Work\n"
        "Supervisor([Work(name='child', command=sys.argv[1:])]).run()\n"
    )
    command = child(tmp_path, WILL_NOT_END + "time.sleep(600)").command
    supervisor = subprocess.Popen([sys.executable, "-c", script, *command])
    try:
        until(lambda: len(lives(tmp_path)) == 1)
        supervisor.send_signal(signal.SIGKILL)
        until(lambda: not alive(lives(tmp_path)[0]))
    finally:
        supervisor.kill()
        supervisor.wait()
    assert len(lives(tmp_path)) == 1


def test_a_child_has_its_own_environment_beside_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTINEL_BATCH", "7")
    script = "print(os.environ['SENTINEL_BATCH'] + os.environ['SENTINEL_HTTP_PORT'], file=lives)\nsys.exit(2)\n"
    work = child(tmp_path, script)
    own = Work(name=work.name, command=work.command, environment={"SENTINEL_HTTP_PORT": "1"})
    Supervisor([own], SOON).run()
    assert lives(tmp_path)[1:] == [71]
    assert "SENTINEL_HTTP_PORT" not in os.environ


def test_the_pause_doubles_up_to_its_limit() -> None:
    patience, pauses = Patience(first_pause_s=1, longest_pause_s=5), list[float]()
    for _ in range(5):
        pauses.append(patience.pause_s(pauses[-1] if pauses else None, lived_s=0.1))
    assert pauses == [1, 2, 4, 5, 5]


def test_the_pause_begins_anew_after_a_quiet_minute() -> None:
    assert Patience(first_pause_s=1).pause_s(16, lived_s=60) == 1
    assert Patience(first_pause_s=1).pause_s(16, lived_s=59.9) == 30
