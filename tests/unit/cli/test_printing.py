"""Tables fit the screen without breaking a word; where they cannot, rows become lists."""

import pytest
from rich.console import Console

from streams.cli import printing
from streams.cli.printing import print_table

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
