"""Highlighting loses nothing, and finds what there is."""

from hypothesis import given
from hypothesis import strategies as st

from streams.console.pages.highlight import changes, pieces


@given(st.text(st.characters(exclude_characters="\n\r")))
def test_the_pieces_of_a_line_are_the_line(line: str) -> None:
    assert "".join(text for _, text in pieces(line)) == line


def test_names_numbers_texts_and_comments_are_told_apart() -> None:
    found = {text: kind for kind, text in pieces('when: a.b >= 0.5 && x == "n # no" # why')}

    assert found["when"] == "name"
    assert found["0.5"] == "number"
    assert found['"n # no"'] == "text"
    assert found["# why"] == "comment"
    assert found["&&"] == "word"


def test_a_diff_says_of_each_line_what_it_is() -> None:
    unified = "--- a\n+++ b\n@@ -1 +1 @@\n-x: 1\n+x: 2\n same\n"
    assert [kind for kind, _ in changes(unified)] == ["file", "file", "place", "gone", "added", ""]
