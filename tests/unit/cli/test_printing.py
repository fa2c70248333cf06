"""Tables fit the screen without breaking a word; where they cannot, rows become lists."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from streams.cli import printing
from streams.cli.printing import columns, print_json, print_table
from tests.command_line import run
from tests.databases import new_sqlite
from tests.unit.cli.decided import decided

HEADINGS = ("case", "why", "verdict")
ROWS = [("c-5f2b8c0d9e1a4b7c8d2e6f3a1b0c9d8e", "买家照片 c1 与参考图 r1 相同", None), ("c-2", "a look", None)]


def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int) -> list[str]:
    monkeypatch.setattr(printing, "console", lambda: Console(width=width))
    print_table(HEADINGS, ROWS)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_a_column_of_nothing_is_left_out(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(monkeypatch, capsys, 100)
    assert [part.strip() for part in lines[1].strip("┃").split("┃")] == ["case", "why"]


def test_a_name_stays_whole_and_chinese_folds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = printed(monkeypatch, capsys, 60)
    assert [part.strip() for part in lines[3].strip("│").split("│")] == [ROWS[0][0], "买家照片 c1 与参考"]
    assert [part.strip() for part in lines[4].strip("│").split("│")] == ["", "图 r1 相同"]


def test_what_would_break_words_is_printed_as_lists(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(monkeypatch, capsys, 44) == [
        f"case  {ROWS[0][0]}",
        "why   买家照片 c1 与参考图 r1 相同",
        "",
        "case  c-2",
        "why   a look",
        "",
    ]


def test_a_table_without_rows_has_its_headings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(printing, "console", lambda: Console(width=80))
    print_table(HEADINGS, [])
    assert "verdict" in capsys.readouterr().out
    monkeypatch.setattr(printing, "console", lambda: Console(width=5))
    print_table(HEADINGS, [])
    assert capsys.readouterr().out == "none\n"


cells = (
    st.none() | st.text("ab1裂杯 -:/", max_size=80) | st.sampled_from(["2026-09-21 14:13:20 UTC", "sha256:" + "0" * 64])
)


@given(
    width=st.integers(20, 200),
    table=st.integers(1, 8).flatmap(
        lambda count: st.tuples(
            st.lists(st.text("abcd ", min_size=1, max_size=25), min_size=count, max_size=count),
            st.lists(st.lists(cells, min_size=count, max_size=count), max_size=4),
        )
    ),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_a_table_fits_any_width_and_loses_nothing(
    width: int,
    table: tuple[list[str], list[list[str | None]]],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headings, rows = table
    monkeypatch.setattr(printing, "console", lambda: Console(width=width))
    print_table(headings, rows)
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if cell_len(line) > width] == []
    assert sum(map(shown.count, "1裂杯")) >= sum(sum(map((cell or "").count, "1裂杯")) for row in rows for cell in row)


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("command", [["settings"], ["case", "list"], ["case", "show"], ["bench", "--help"]])
def test_what_commands_print_fits_narrow_screens(command: list[str], width: int, tmp_path: Path) -> None:
    given_ = {"database_url": new_sqlite(tmp_path / "sentinel.db")}
    [decision] = decided(given_, "rr-1")
    asked = [*command, str(decision.case_id)] if command[-1] == "show" else command

    done = run(*asked, settings=given_, columns=width)

    assert done.status == 0
    assert [line for line in done.text.splitlines() if cell_len(line.rstrip()) > width] == []


class _Stream:
    def __init__(self, number: int | None) -> None:
        self._number = number

    def fileno(self) -> int:
        if self._number is None:
            raise ValueError
        return self._number


@pytest.mark.parametrize(
    ("said", "terminals", "wide"),
    [
        ("", {}, 80),
        ("132", {1: 100}, 132),
        ("0", {1: 100}, 100),
        ("wide", {1: 100}, 100),
        ("", {1: 100, 2: 90}, 100),
        ("", {2: 90}, 90),
        ("", {2: 3}, 20),
    ],
)
def test_the_width_is_that_of_the_screen_even_where_a_pager_shows_it(
    said: str, terminals: dict[int, int], wide: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def size(number: int) -> Any:
        if number not in terminals:
            raise OSError
        return os.terminal_size((terminals[number], 24))

    monkeypatch.setenv("COLUMNS", said)
    monkeypatch.setattr(os, "get_terminal_size", size)
    for name, number in (("stdin", None), ("stdout", 1), ("stderr", 2)):
        monkeypatch.setattr(sys, name, _Stream(number))
    assert columns() == wide


def test_a_name_that_is_no_utf8_is_printed_as_json_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    name = os.fsdecode("破.jpg".encode("gbk"))
    print_json({"claim": Path(name).name, "more": [{name: 1}, None, True, "破"]})
    shown = "\ufffd\ufffd.jpg"
    assert json.loads(capsys.readouterr().out) == {"claim": shown, "more": [{shown: 1}, None, True, "破"]}
