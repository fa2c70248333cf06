"""Columns are as wide as their longest word at least, together as wide as the screen, and folded evenly."""

from hypothesis import given
from hypothesis import strategies as st

from streams.cli.column_widths import Wants, widths

wants = st.builds(lambda least, more: Wants(least, least + more), st.integers(0, 40), st.integers(0, 60))


@given(columns=st.lists(wants, max_size=8), room=st.integers(0, 300))
def test_columns_fit_and_none_is_narrower_than_it_needs(columns: list[Wants], room: int) -> None:
    found = widths(columns, room)
    if found is None:
        assert sum(column.least for column in columns) > room
        return
    assert all(column.least <= width <= column.most for column, width in zip(columns, found, strict=True))
    assert sum(found) <= room


@given(columns=st.lists(wants, max_size=8))
def test_with_room_for_all_nothing_is_folded(columns: list[Wants]) -> None:
    most = [column.most for column in columns]
    assert widths(columns, sum(most)) == most


def test_of_two_long_columns_neither_is_starved() -> None:
    assert widths([Wants(5, 80), Wants(5, 60), Wants(8, 8)], 60) == [26, 26, 8]
