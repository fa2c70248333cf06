"""Log lines: whose they are, how many a library may say, and that the last words of a worker are one of them."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from streams import log
from streams.log_limit import ALIKE, OF_ONE_LOGGER, WINDOW_S, LimitedRate
from streams.settings import Settings
from tests.command_line import as_it_was


@pytest.fixture
def restored() -> Iterator[None]:
    """Leave logging as it was found."""
    with as_it_was():
        yield


def lines(said: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in said.splitlines()]


@pytest.mark.usefixtures("restored")
def test_each_line_says_which_worker_it_is_of_a_librarys_too(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(Settings.model_validate({"instance": "enrich-3"}), "enrich")

    structlog.get_logger("streams.delivery.stage").info("ours", topic="requests")
    logging.getLogger("aiokafka.conn").error("theirs: %s", "gone")

    ours, theirs = lines(capsys.readouterr().err)
    assert {name: ours[name] for name in ("kind", "instance", "event", "topic")} == {
        "kind": "enrich",
        "instance": "enrich-3",
        "event": "ours",
        "topic": "requests",
    }
    assert (theirs["kind"], theirs["instance"], theirs["event"]) == ("enrich", "enrich-3", "theirs: gone")


@pytest.mark.usefixtures("restored")
def test_workers_of_one_host_that_have_no_name_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("data/enrich-0", "data/enrich-1"):
        log.configure(Settings.model_validate({"data_dir": folder}), "enrich")
        structlog.get_logger("streams.agents.worker").info("worker starts")

    one, other = (line["instance"] for line in lines(capsys.readouterr().err))
    assert one != other


@pytest.mark.usefixtures("restored")
def test_what_a_library_repeats_is_left_out_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(Settings(), "decide")
    now = [0.0]
    (handler,) = logging.getLogger().handlers
    handler.filters[:] = [LimitedRate(lambda: now[0])]

    for number in range(1_000):
        logging.getLogger("aiokafka.client").error("Unable connect to node with id %s", number)
    structlog.get_logger("streams.agents.services").warning("ours is heard")
    now[0] += WINDOW_S
    logging.getLogger("aiokafka.client").error("still away")

    said = lines(capsys.readouterr().err)
    assert [one["logger"] for one in said] == ["aiokafka.client"] * ALIKE + [
        "streams.agents.services",
        "aiokafka.client",
    ]
    assert said[-1]["left_out"] == 1_000 - ALIKE


@pytest.mark.usefixtures("restored")
def test_a_commands_own_lines_show_where_it_failed_and_nothing_that_it_held(capsys: pytest.CaptureFixture[str]) -> None:
    log.beside_output()

    def read(stated: str) -> int:
        return int(stated)

    try:
        read("杯子裂了" * 2)
    except ValueError as exc:
        structlog.get_logger("streams.sightings.photos").exception("a sighting cannot be read", why=type(exc).__name__)

    shown = capsys.readouterr()
    assert shown.out == ""
    assert "return int(stated)" in shown.err
    assert "stated = " not in shown.err


def test_a_library_with_many_wordings_is_limited_too() -> None:
    limited = LimitedRate(lambda: 0.0)
    heard = sum(
        limited.filter(logging.LogRecord("mode.worker", logging.WARNING, __file__, line, "said", (), None))
        for line in range(500)
    )
    assert heard == OF_ONE_LOGGER


@pytest.mark.parametrize(
    ("kind", "environment", "status", "words"),
    [
        ("enrich", {"SENTINEL_HTTP_PORT": "no port"}, 2, "SENTINEL_HTTP_PORT"),
        ("decide", {"SENTINEL_BROKER": "kafka://127.0.0.1:1"}, 70, "does not answer"),
        (
            "enrich",
            {"SENTINEL_BROKER": "kafka://127.0.0.1:1", "SENTINEL_HTTP_HOST": "192.0.2.1"},
            2,
            "cannot be listened on",
        ),
    ],
    ids=["settings", "broker", "port"],
)
def test_the_last_words_of_a_worker_are_json_where_its_log_is(
    tmp_path: Path, kind: str, environment: dict[str, str], status: int, words: str
) -> None:
    given = {"PATH": "", "SENTINEL_INSTANCE": "w-7", "SENTINEL_DATA_DIR": str(tmp_path), "SENTINEL_HTTP_PORT": "0"}
    command = (sys.executable, "-m", "streams.cli", "worker", kind)
    ended = subprocess.run(command, env=given | environment, capture_output=True, text=True, check=False, timeout=300)

    said = lines(ended.stderr)
    assert ended.returncode == status
    assert (said[-1]["kind"], said[-1]["instance"], said[-1]["level"]) == (kind, "w-7", "critical")
    assert words in str(said[-1]["reason"])
