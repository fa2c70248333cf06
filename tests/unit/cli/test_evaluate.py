"""`bench evaluate` on photos that are drawn for it."""

from pathlib import Path

import msgspec
import pytest

from streams.bench.evaluation import run as evaluation
from streams.bench.evaluation.scoring import Outcome
from tests.command_line import Ran, run
from tests.unit.bench.evaluation.photo_sets import photo_set

KINDS = 11
"""All but those of one product: without labels there are no variants."""


@pytest.fixture(name="photos", scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("photos")
    photo_set(folder, 4)
    return str(folder)


@pytest.fixture(name="written", scope="module")
def evaluated(photos: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """What was printed for a program about one pair of each kind, and the folder that was written."""
    out = tmp_path_factory.mktemp("evaluated") / "out"
    return run("bench", "evaluate", photos, "--limit", "1", "--json", "--out", str(out)), out


def test_programs_read_every_goal_in_one_object_and_what_is_written_is_named(written: tuple[Ran, Path]) -> None:
    ran, out = written
    (report,) = ran.records

    assert ran.status == 0
    assert report["pairs"] == KINDS
    assert [(row["what"], row["met"]) for row in report["goals"] if row["count"]][-1] == ("errors on good files", True)
    assert "outcomes.jsonl" in ran.error
    assert len((out / "outcomes.jsonl").read_bytes().splitlines()) == KINDS


def test_people_see_a_goal_a_figure_and_whether_it_is_met(
    photos: str, written: tuple[Ran, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = [msgspec.json.decode(one, type=Outcome) for one in (written[1] / "outcomes.jsonl").open("rb")]
    monkeypatch.setattr(evaluation, "evaluate", lambda *_: outcomes)  # the same pairs: looked at once for both
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
