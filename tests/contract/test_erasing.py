"""Erasing everywhere, killed at whichever step: the person's photos are named somewhere until all of them are gone."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.records import Fingerprint
from streams.adapters.sql.cases.erasures import SqlErasedPhotos, SqlErasureRecords
from streams.adapters.storage.evidence_store import EvidenceStore
from streams.adapters.storage.objects import Objects, open_objects
from streams.adapters.storage.photo_erasure import PhotoEraser
from streams.cases.acts import AuditAct
from streams.cases.record.erasure import Needs, plan
from streams.casework.record.erasure import Erased, Erasure, looked_for
from streams.casework.record.erasure_ports import OnRead
from streams.errors import NotAllowed
from tests.builders import with_changes
from tests.contract.judging import NOW_MS, AJudge, some_evidence
from tests.contract.sql import Database

LIN = AuditAct(by="lin.wei", note="request 2026-114", at_ms=NOW_MS + 60_000)
CHEN = AuditAct(by="chen.yu", note="once more", at_ms=NOW_MS + 120_000)
REQUESTS = ("rr-1", "rr-2")


class Killed(BaseException):
    """The process is gone."""


class Log:
    """A log of sightings that keeps the names of those which are buried."""

    def __init__(self) -> None:
        self.buried: list[str] = []

    def bury(self, sighting_ids: Sequence[str]) -> int:
        self.buried += sighting_ids
        return 7

    def written(self, sighting_ids: Collection[str], since: int) -> set[str]:
        assert since == 7
        return set(sighting_ids) - set(self.buried)

    def replicas(self) -> list[str]:
        return ["here"]

    def found(self, sighting_ids: Collection[str], alike: Sequence[Fingerprint], on_read: OnRead) -> set[str]:
        assert alike
        on_read(7, 7)
        return set(sighting_ids) - set(self.buried)


class System:
    """A database, a store and a log, with two claims of one person in them; some steps may kill the process."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.objects = open_objects(folder.as_uri(), 5.0)
        self.store = EvidenceStore(self.objects)
        self.log = Log()
        records = SqlErasureRecords(database.engine)
        store = PhotoEraser(self.objects)
        self.erasure = Erasure(database=database.casework, records=records, store=store, sightings=self.log)
        for request_id in REQUESTS:
            evidence = some_evidence(request_id)
            pointer = f"requests/{request_id}/{evidence.request_digest}/claim/c1"
            kept, _ = self.store.keep(pointer, request_id.encode(), "claims/c1.jpg")
            self.objects.put(f"overlays/{kept.sha256}/{'f' * 64}/aligned-1", b"picture")
            medium = with_changes(evidence.media[0], sha256=kept.sha256)
            database.decide(AJudge(), with_changes(evidence, media=[medium]))

    def erase(self, act: AuditAct) -> Erased:
        return self.erasure.erase(plan(self.erasure.find(["b-1"]), Needs(), ["b-1"]), act, lambda _: None)


@pytest.fixture
def system(database: Database, tmp_path: Path) -> System:
    return System(database, tmp_path / "evidence")


def test_everything_of_a_person_goes(system: System, database: Database) -> None:
    done = system.erase(LIN)

    pointers = sorted(one.photo.pointer for one in done.marked)
    assert (len(done.marked), len(done.gone), done.since) == (2, 2, 7)
    assert sorted(system.objects.under("")) == pointers
    assert sorted(system.log.buried) == sorted(one.photo.sighting_id for one in done.marked)
    assert database.rows("SELECT begun_by, photos, held FROM erasures") == [("lin.wei", 2, 0)]
    assert system.erasure.prove(["b-1"], done, lambda *_: None).holds


def test_what_is_not_erased_is_found_everywhere(system: System) -> None:
    planned = looked_for(plan(system.erasure.find(["b-1"]), Needs()))

    proof = system.erasure.prove(["b-1"], replace(planned, since=7), lambda *_: None)

    names = {one.photo.sighting_id for one in planned.marked}
    assert set(proof.measured) == set(proof.written) == set(proof.found or ()) == names
    assert (len(proof.kept), proof.holds) == (2, False)


def test_a_legal_hold_that_was_placed_since_the_plan_was_made_keeps_everything(system: System) -> None:
    planned = plan(system.erasure.find(["b-1"]), Needs(), ["b-1"])
    kept = sorted(system.objects.under(""))
    system.erasure.records.hold(["b-1"], with_changes(CHEN, note="court 2026-7"))

    with pytest.raises(NotAllowed, match=r"legal hold is on b-1, placed by chen\.yu .*court 2026-7"):
        system.erasure.erase(planned, LIN, lambda _: None)

    assert sorted(system.objects.under("")) == kept
    assert system.log.buried == []


STEPS = {
    "marking": (PhotoEraser, "mark", 1),
    "burying": (Log, "bury", 0),
    "taking away": (Objects, "delete", 2),
    "finishing the marks": (PhotoEraser, "finish", 1),
    "clearing the database": (SqlErasedPhotos, "clear", 0),
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
    assert set(system.log.buried) == {one.photo.sighting_id for one in done.marked}
    assert [one.measured for one in system.erasure.find(["b-1"])] == [False] * 2
    assert database.rows("SELECT begun_by, finished_at_ms FROM erasures ORDER BY begun_at_ms") == [
        ("lin.wei", None),
        ("chen.yu", CHEN.at_ms),
    ]
