"""A console with one case on it, a forged photo beside its reference, served to browsers of this machine."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import uvicorn

from schemas.digest import request_digest
from schemas.names import request_pointer
from schemas.records import EvidenceGathered, Reading
from schemas.records.evidence import Comparison, Region
from streams.access.accounts import Account
from streams.adapters.photos.drawing import draw
from streams.adapters.photos.messages import Drawing
from streams.adapters.photos.pictures import StoredPictures
from streams.adapters.photos.pool_examiner import plan_of
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.storage.evidence_store import open_evidence_store
from streams.cases.acts import AuditAct
from streams.casework.photos.pictures import CasePictures
from streams.clock import now_ms
from streams.console.server import Server
from streams.settings import Settings
from tests.builders import AT_MS, a_medium_evidence, a_request, an_evidence
from tests.contract.console.door import Door
from tests.contract.judging import a_policy, some_evidence, suspecting
from tests.contract.sql import Database
from tests.unit.adapters.test_drawing import PATCH, a_scene

PASSWORD = "right"  # noqa: S105 - of accounts that live as long as a test
PEOPLE = {
    "lin.wei": "reviewer",
    "shop": "merchant:m-1",
    "zhou": "senior",
    "sun": "senior",
    "ada": "policy-author",
    "bo": "policy-approver",
    "zhao": "operator",
    "wu": "auditor",
    "root": "admin",
}
"""Accounts, each with one role."""


@dataclass(frozen=True)
class Site:
    """Where it answers, and the case on it."""

    address: str
    case: str
    evidence_url: str
    door: Door
    database: Database

    def session_of(self, name: str) -> str:
        """Begin a session of one of :data:`PEOPLE`; return its token."""
        account = self.door.uses.accounts.check(name, PASSWORD, now_ms())
        assert isinstance(account, Account)
        return self.door.uses.sessions.begin(account, now_ms())

    def now(self, by: str, note: str = "as it was") -> AuditAct:
        """Return what somebody does now."""
        return AuditAct(by=by, note=note, at_ms=now_ms())

    def open_case(self, request_id: str, evidence: EvidenceGathered | None = None) -> str:
        """Open the case of a further request, with evidence of its own where it is given; return its id."""
        gathered = evidence or some_evidence(request_id)
        [decision] = self.database.decide(suspecting(request_id), gathered, now_ms=now_ms())
        return str(decision.case_id)


class DrawnHere(StoredPictures):
    """Draws in a thread of the test: starting a photo process takes seconds, and is tested elsewhere."""

    async def _drawn(self, wanted: Drawing) -> bytes:
        return await asyncio.to_thread(draw, plan_of(self._settings), wanted)


@contextmanager
def serving(folder: Path, **given: Any) -> Iterator[Site]:
    """Serve a console on the database in the folder until the end of the context; ``given`` are its settings."""
    url, evidence = f"sqlite:///{folder}/sentinel.db", (folder / "evidence").as_uri()
    engine = open_engine(url)
    door = Door(engine, evidence_url=evidence, media_url=folder.as_uri(), **given)
    settings = Settings(evidence_url=evidence, media_url=folder.as_uri())
    door.app.state.uses = replace(door.uses, pictures=CasePictures(door.uses.pictures._judged, DrawnHere(settings)))
    PolicyStore(engine).seed(a_policy(), AT_MS)
    database = Database(engine)
    [decision] = database.decide(suspecting("rr-1"), forged("rr-1", evidence), now_ms=now_ms())
    for name, role in PEOPLE.items():
        door.uses.accounts.create(name, [role], by="tests", now_ms=1, password=PASSWORD)
    with _listening(door) as address:
        yield Site(address, str(decision.case_id), evidence, door, database)
    engine.dispose()


@contextmanager
def _listening(door: Door) -> Iterator[str]:
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = Server(uvicorn.Config(door.app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)
        sock.close()


def forged(request_id: str, evidence_url: str) -> EvidenceGathered:
    """Return the evidence of a claim with a patch painted into the listing photo; both are in the store."""
    request, store = a_request(request_id), open_evidence_store(evidence_url, 5)
    scene = a_scene()
    claim = scene.copy()
    claim[PATCH] = (20, 20, 25)
    media = []
    for role, name, pixels in (("claim", "c1", claim), ("reference", "r1", scene)):
        packed = cv2.imencode(".jpg", np.asarray(pixels), [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()
        pointer = request_pointer(request.request_id, request_digest(request), role, name)  # type: ignore[arg-type]  # one of the two
        kept, _ = store.keep(pointer, packed, f"file:///{name}")
        media.append(a_medium_evidence(name, role=role, sha256=kept.sha256, stored=kept.key))
    beside = Comparison(
        reference_id="r1",
        readings=[
            Reading(name="derived_score", value=0.99, unit="probability"),
            Reading(name="scene_differs", value=0.02, unit="share of area"),
            Reading(name="altered_fraction", value=0.018, unit="share of area"),
        ],
        regions=[Region(x=500, y=300, width=160, height=120)],
    )
    media[0] = a_medium_evidence("c1", sha256=media[0].sha256, stored=media[0].stored, comparisons=[beside])
    return an_evidence(request, media=media)
