"""What the commands on earlier photos print, and how they end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from streams.sightings.index import SightingIndex
from tests.command_line import Ran, run
from tests.unit.sightings.sightings import a_claim_sighting, chance_of, flipped

Run = Callable[..., Ran]


def a_replica(folder: Path, photos: int) -> Path:
    """Photos, sealed; each is 8 bits further from nought."""
    index = SightingIndex(folder / "replica")
    for position in range(photos):
        index.add(position, a_claim_sighting(position, bits=flipped(0, 8 * position, chance_of(position))))
        index.advance(position + 1)
    index.seal()
    index.close()
    return folder / "replica"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_replica(tmp_path, 5)


@pytest.fixture
def sightings(folder: Path) -> Run:
    return lambda *arguments: run("sightings", *arguments, settings={"replica_dir": str(folder)})


def test_stats_say_what_is_held_and_what_it_takes(sightings: Run) -> None:
    (stats,) = sightings("stats", "--json").records
    assert (stats["photos"], stats["position"], stats["segments"], stats["in_memory"]) == (5, 5, [5], 0)
    assert stats["file_bytes"] > stats["index_bytes"] > 0
    assert "index bytes per photo" in sightings("stats").text


def test_search_prints_the_nearest_first(sightings: Run) -> None:
    found = sightings("search", "--bits", "0" * 64, "--json").records
    assert [(one["position"], one["distance_bits"]) for one in found] == [(0, 0), (1, 8), (2, 16), (3, 24)]
    assert "2 of 5 photos below position 5, 2 more" in sightings("search", "--bits", "0" * 64, "--limit", "2").text


@pytest.mark.parametrize("wrong", [[], ["--bits", "12"], ["--bits", "x" * 64], ["photo.jpg", "--bits", "0" * 64]])
def test_search_wants_one_photo_or_one_fingerprint(sightings: Run, wrong: list[str]) -> None:
    assert sightings("search", *wrong).status == 2


def test_verify_names_the_damaged_file_and_what_to_do(sightings: Run, folder: Path) -> None:
    assert [one["damage"] for one in sightings("verify", "--json").records] == [None]
    (segment,) = folder.glob("*.segment")
    raw = bytearray(segment.read_bytes())
    raw[4_100] ^= 1
    segment.write_bytes(raw)
    ran = sightings("verify")
    assert ran.status == 1
    assert segment.name in ran.text
    assert "start the worker again" in ran.error


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    ran = run("sightings", "stats", settings={"data_dir": str(tmp_path / "elsewhere")})
    assert ran.status == 1
    assert "SENTINEL_REPLICA_DIR" in ran.error


def test_looking_leaves_the_folder_to_the_worker_that_writes(sightings: Run, folder: Path) -> None:
    worker = SightingIndex(folder)
    assert sightings("stats").status == 0
    assert worker.writes
    worker.close()


def test_the_replicas_of_worker_all_are_found_a_folder_below(tmp_path: Path) -> None:
    replicas = [a_replica(tmp_path / "enrich-0", 3), a_replica(tmp_path / "enrich-1", 5)]
    (tmp_path / "decide-0").mkdir()
    settings = {"data_dir": str(tmp_path)}

    stats = run("sightings", "stats", "--json", settings=settings).records
    assert [(one["folder"], one["photos"]) for one in stats] == [(str(replicas[0]), 3), (str(replicas[1]), 5)]
    assert "of 5 photos" in run("sightings", "search", "--bits", "0" * 64, settings=settings).text
    verified = run("sightings", "verify", "--json", settings=settings).records
    assert [one["folder"] for one in verified] == list(map(str, replicas))

    shared = run("sightings", "stats", "--json", settings=settings | {"replica_dir": str(replicas[0])}).records
    assert [one["folder"] for one in shared] == [str(replicas[0])]
