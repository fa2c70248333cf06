"""Erasing everywhere, killed at whichever step: the person's photos are named somewhere until all of them are gone."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from streams.adapters import erasing
from streams.adapters.erasing import Erased, Parts
from streams.adapters.sql.erasures import ErasureStore
from streams.adapters.storage.evidence_store import EvidenceStore
from streams.adapters.storage.objects import Objects, open_objects
from streams.adapters.storage.photo_erasure import PhotoEraser
from streams.cases.erasure import Needs, plan
from streams.cases.forgery import AuditAct
from tests.builders import with_changes
from tests.contract.judging import NOW_MS, AJudge, some_evidence
from tests.contract.sql import Database

LIN = AuditAct(by="lin.wei", note="request 2026-114", at_ms=NOW_MS + 60_000)
CHEN = AuditAct(by="chen.yu", note="once more", at_ms=NOW_MS + 120_000)
REQUESTS = ("rr-1", "rr-2")


class Killed(BaseException):
    """The process is gone."""


class System:
    """A database, a store and a log, with two claims of one person in them; some steps may kill the process."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.objects = open_objects(folder.as_uri(), 5.0)
        self.store = EvidenceStore(self.objects)
        self.records = ErasureStore(database.engine)
        self.buried: list[str] = []
        for request_id in REQUESTS:
            evidence = some_evidence(request_id)
            pointer = f"requests/{request_id}/{evidence.request_digest}/claim/c1"
            kept, _ = self.store.keep(pointer, request_id.encode(), "claims/c1.jpg")
            self.objects.put(f"overlays/{kept.sha256}/{'f' * 64}/aligned-1", b"picture")
            medium = with_changes(evidence.media[0], sha256=kept.sha256)
            database.decide(AJudge(), with_changes(evidence, media=[medium]))

    def bury(self, sightings: Sequence[str]) -> int:
        self.buried += sightings
        return 7

    def erase(self, said: AuditAct) -> Erased:
        parts = Parts(self.records, PhotoEraser(self.objects), self.bury)
        found = erasing.find(parts.records, parts.store, ["b-1"])
        return erasing.erase(parts, plan(found, Needs()), said, lambda _: None)


@pytest.fixture
def system(database: Database, tmp_path: Path) -> System:
    return System(database, tmp_path / "evidence")


def test_everything_of_a_person_goes(system: System, database: Database) -> None:
    done = system.erase(LIN)

    pointers = sorted(one.photo.pointer for one in done.marked)
    assert (len(done.marked), len(done.gone), done.since) == (2, 2, 7)
    assert sorted(system.objects.under("")) == pointers
    assert sorted(system.buried) == sorted(one.photo.sighting_id for one in done.marked)
    assert database.rows("SELECT begun_by, photos, held FROM erasures") == [("lin.wei", 2, 0)]


STEPS = {
    "marking": (PhotoEraser, "mark", 1),
    "burying": (System, "bury", 0),
    "taking away": (Objects, "delete", 2),
    "finishing the marks": (PhotoEraser, "finish", 1),
    "clearing the database": (ErasureStore, "finish", 0),
}


@pytest.mark.parametrize(("of", "step", "passed"), STEPS.values(), ids=STEPS)
def test_whatever_a_kill_leaves_is_completed_by_a_repeat(
    system: System, database: Database, monkeypatch: pytest.MonkeyPatch, of: type, step: str, passed: int
) -> None:
    real, left = getattr(of, step), passed

    def killed(*arguments: object) -> object:
        nonlocal left
        if not left:
            raise Killed
        left -= 1
        return real(*arguments)

    with monkeypatch.context() as killing:
        killing.setattr(of, step, killed)
        with pytest.raises(Killed):
            system.erase(LIN)

    done = system.erase(CHEN)

    assert sorted(system.objects.under("")) == sorted(one.photo.pointer for one in done.marked)
    assert set(system.buried) == {one.photo.sighting_id for one in done.marked}
    assert [one.measured for one in erasing.find(system.records, PhotoEraser(system.objects), ["b-1"])] == [False] * 2
    assert database.rows("SELECT begun_by, finished_at_ms FROM erasures ORDER BY begun_at_ms") == [
        ("lin.wei", None),
        ("chen.yu", CHEN.at_ms),
    ]
