"""`bench evaluate` on photos that are drawn for it."""

from pathlib import Path

import pytest

from tests.command_line import run
from tests.unit.bench.evaluation.photo_sets import photo_set

KINDS = 11
"""All but those of one product: without labels there are no variants."""


@pytest.fixture(name="photos", scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("photos")
    photo_set(folder, 4)
    return str(folder)


def test_programs_read_every_goal_in_one_object_and_what_is_written_is_named(photos: str, tmp_path: Path) -> None:
    ran = run("bench", "evaluate", photos, "--limit", "1", "--json", "--out", str(tmp_path / "out"))
    (report,) = ran.records

    assert ran.status == 0
    assert report["pairs"] == KINDS
    assert [(row["what"], row["met"]) for row in report["goals"] if row["count"]][-1] == ("errors on good files", True)
    assert "outcomes.jsonl" in ran.error
    assert len((tmp_path / "out" / "outcomes.jsonl").read_bytes().splitlines()) == KINDS


def test_people_see_a_goal_a_figure_and_whether_it_is_met(photos: str) -> None:
    (row,) = [
        line
        for line in run("bench", "evaluate", photos, "--limit", "1").text.splitlines()
        if "unrelated claims" in line
    ]

    assert "<= 0.10%" in row
    assert "0.00% (0 of 1)" in row
    assert "yes" in row


def test_a_folder_without_photos_is_refused_in_words(tmp_path: Path) -> None:
    ran = run("bench", "evaluate", str(tmp_path))

    assert ran.status == 1
    assert "give one with several products" in ran.error
