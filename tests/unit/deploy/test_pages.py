"""The pages say what the program does: `make generate` writes their tables anew."""

import pytest

from deploy.scripts.pages import DOCS, TABLES, fresh


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_of_a_page_are_fresh(name: str) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")

    assert page == fresh(page, TABLES[name])


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_lost_a_line_is_noticed_and_nothing_around_it_changes(name: str) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    lines = page.splitlines(keepends=True)
    row = next(at for at, line in enumerate(lines) if ": begin -->" in line) + 3

    assert fresh("".join(lines[:row] + lines[row + 1 :]), TABLES[name]) == page
