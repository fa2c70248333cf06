"""Words fold to the width of a screen as people set them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from streams.wording.folding import Folding, folded

WORDS = st.text(alphabet="买家照片与参考图相同。，“”（） abc1-\n", max_size=80)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("买家照片 c1 与参考图 r1 相同。", 24, ["买家照片 c1 与参考图 r1", "相同。"]),
        ("买家照片 c1 与参考图 r1 相同。", 20, ["买家照片 c1 与参考图", "r1 相同。"]),
        ("请查看何处被改动。", 8, ["请查看何", "处被改", "动。"]),
        ("项为“照片”（c1）。", 8, ["项为“照", "片”", "（c1）。"]),
        ("an edited copy", 9, ["an edited", "copy"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("a\n\nb", 5, ["a", "", "b"]),
        ("", 5, [""]),
    ],
)
def test_text_folds_after_any_chinese_character_and_between_words(text: str, width: int, lines: list[str]) -> None:
    assert folded(text, width) == lines


@given(WORDS, st.integers(2, 40))
def test_no_line_is_too_wide_and_nothing_but_spaces_is_lost(text: str, width: int) -> None:
    lines = folded(text, width)
    assert max(map(cell_len, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_column_of_a_table_takes_what_it_needs() -> None:
    table = Table(box=None, show_header=False, padding=0)
    table.add_row(Folding("买家照片 c1 与参考图 r1 相同。"))
    console = Console(width=12)
    with console.capture() as caught:
        console.print(table)
    assert [line.rstrip() for line in caught.get().splitlines()] == ["买家照片 c1", "与参考图 r1", "相同。"]
