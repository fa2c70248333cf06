"""The benchmark of the search prints what was asked of it; its figures are true of what it searched."""

import sys

import pytest

from tests.command_line import run

FIGURES = {
    "size",
    "recall",
    "query_ms",
    "query8_ms",
    "faiss_flat_ms",
    "bytes_per_hash",
    "start_from_disk_s",
    "rebuild_per_s",
}


def test_its_last_line_holds_every_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("faiss")
    for name, fewer in (("INSERTED", 500), ("QUESTIONS", 40), ("FAISS_QUESTIONS", 2)):
        monkeypatch.setattr(f"streams.bench.sightings.{name}", fewer)
    ran = run("bench", "sightings", "--size", "2000", "--json")
    assert (ran.status, ran.error.splitlines()[0]) == (0, "sightings: writing segments of 2000 photos")
    figures = ran.records[-1]
    assert set(figures) >= FIGURES
    assert (figures["size"], figures["recall"]["31"]) == (2_000, 1.0)
    assert set(figures["query_ms"]) == {"p50", "p99"}


def test_without_faiss_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    ran = run("bench", "sightings", "--size", "2000")
    assert (ran.status, "refund-sentinel[bench]" in ran.error) == (1, True)
