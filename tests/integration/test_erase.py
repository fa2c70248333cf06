"""A person's photos are erased while the system runs, and nothing brings them back: on Apache Kafka, real workers."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from schemas.digest import request_digest
from schemas.records import RefundRequested
from schemas.topics import SIGHTINGS
from tests.command_line import Ran, run
from tests.faults.scene import Scene, Sqlite, set_scene
from tests.integration.asking import Platform, a_claim, codes
from tests.photos import a_picture, jpeg, stained
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]

SMALL = (640, 480)
ERASED = "the photo was erased because the person asked for it"


@dataclass(frozen=True)
class System:
    """A running system, whose workers have folders of their own as `worker all` gives them, and its platform."""

    scene: Scene
    platform: Platform

    async def erase(self, *arguments: str, data_dir: Path | None = None) -> Ran:
        settings = {
            "broker": self.scene.kafka.address,
            "database_url": self.scene.database.url,
            "media_url": self.scene.media.as_uri(),
            "data_dir": str(data_dir or self.scene.fleet.home),
        }
        return await asyncio.to_thread(run, "erase", *arguments, "--json", settings=settings)

    @property
    def evidence(self) -> Path:
        return self.scene.media.with_name("media.evidence")

    def kept(self) -> set[str]:
        """What the evidence store holds, by key."""
        return {str(path.relative_to(self.evidence)) for path in self.evidence.rglob("*") if path.is_file()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    folder = tmp_path_factory.mktemp("system")
    settings = {"SENTINEL_AUDIT_KEY": "a key for tests"}
    async with set_scene(kafka, Sqlite(tmp_path_factory.mktemp("database")), folder, settings=settings) as scene:
        scene.fleet.start("enrich")
        scene.fleet.start("decide")
        yield System(scene, Platform(kafka.address, scene.media))


def sighting(request: RefundRequested) -> str:
    return f"claim:{request.request_id}:{request_digest(request)}:c1"


async def last_words(address: str, name: str) -> list[bool]:
    """Return of each record of a sighting whether it says anything."""
    records = await topics.read_all(address, SIGHTINGS.name)
    return [record.value is not None for record in records if record.key == name.encode()]


async def test_erased_photos_match_no_more_and_a_replay_brings_none_back(system: System) -> None:
    platform = system.platform
    listed = platform.photo("goods/cup.jpg", jpeg(a_picture(1, *SMALL)))
    shown = platform.photo("claims/shown.jpg", jpeg(stained(a_picture(1, *SMALL))))
    photo = platform.photo("claims/mine.jpg", jpeg(a_picture(3, *SMALL)))
    mine = a_claim("mine", photo, listed)
    forged = a_claim("open", shown, listed, buyer_id=mine.buyer_id)

    (first,) = await platform.ask(mine)
    (before,) = await platform.ask(a_claim("before", photo, listed))
    (opened,) = await platform.ask(forged)
    assert (first.verdict, codes(before), opened.verdict) == ("CLEAR", {"USED_BEFORE"}, "REVIEW")

    planned = await system.erase("--person", mine.buyer_id, "--dry-run")
    assert [(one["request_id"], one["held"]) for one in planned.records] == [("mine", None), ("open", "OPEN_CASE")]

    as_always = ("--person", mine.buyer_id, "--by", "lin.wei", "--note", "request 2026-114", "--yes")
    done = await system.erase(*as_always)
    assert (done.status, done.error) == (0, "")
    [told] = done.records
    assert (told["photos"], told["held"], told["shared"]) == (1, 1, 1), "the same file is the claim's of another buyer"
    replica = str(system.scene.fleet.home / "enrich-0" / "replica")
    nothing: dict[str, list[str]] = {"kept": [], "measured": [], "written": [], "found": []}
    assert told["proof"] == nothing | {"replicas": [replica], "readable": 0, "overwritten": True, "holds": True}

    erased_too = await system.erase("--person", "b-before", *as_always[2:], "--also-open-cases")
    assert (erased_too.status, erased_too.records[0]["shared"]) == (0, 0)

    await platform.ask(mine, times=2)
    (after,) = await platform.ask(
        a_claim("after", platform.photo("claims/after.jpg", jpeg(a_picture(3, *SMALL))), listed)
    )
    assert (after.verdict, codes(after)) == ("CLEAR", set())
    [answers] = await platform.answers(mine, times=2)
    assert len(set(answers)) == 1, "the stored answer is repeated, though its photo cannot be looked at any more"
    assert await last_words(system.scene.kafka.address, sighting(mine)) == [True, False]
    assert sum(key.startswith("requests/mine/") and "/claim/" in key for key in system.kept()) == 1

    looked = await system.erase("--person", mine.buyer_id, "--verify")
    assert (looked.status, looked.records[0]["proof"]["holds"]) == (0, True)
    assert (looked.records[0]["photos"], looked.records[0]["held"]) == (1, 1)


async def test_what_is_left_after_an_erasure_is_told_and_fails(system: System) -> None:
    platform = system.platform
    mine = a_claim("left", platform.photo("claims/left.jpg", jpeg(a_picture(5, *SMALL))))
    await platform.ask(mine)

    looked = await system.erase("--person", mine.buyer_id, "--verify", "--also-open-cases")

    assert looked.status == 1
    proof = looked.records[0]["proof"]
    assert proof["measured"] == proof["written"] == proof["found"] == [sighting(mine)]
    assert len(proof["kept"]) == 1


async def test_where_every_photo_has_to_stay_nothing_is_proved_and_that_is_said(system: System) -> None:
    open_still = a_claim(
        "stays", system.platform.photo("claims/stays.jpg", jpeg(a_picture(6, *SMALL))), amount_minor=9_000_000
    )
    await system.platform.ask(open_still)

    looked = await system.erase("--person", open_still.buyer_id, "--verify")

    assert (looked.status, looked.raw) == (1, b"")
    assert "nothing was looked for: 1 photos have to stay" in looked.error


async def test_a_request_of_an_erased_photo_that_comes_under_other_content_is_a_new_claim(system: System) -> None:
    platform = system.platform
    photo = platform.photo("claims/again.jpg", jpeg(a_picture(7, *SMALL)))
    mine = a_claim("again", photo)
    await platform.ask(mine)
    await system.erase("--person", mine.buyer_id, "--by", "lin.wei", "--note", "n", "--yes", "--also-open-cases")

    anew = a_claim("again", photo, amount_minor=1)
    (told,) = await platform.ask(anew)

    assert "CONTENT_CHANGED" in codes(told)
    assert await last_words(system.scene.kafka.address, sighting(anew)) == [True]


async def test_where_no_replica_is_found_nothing_is_proved(system: System, tmp_path: Path) -> None:
    mine = a_claim("elsewhere", system.platform.photo("claims/elsewhere.jpg", jpeg(a_picture(9, *SMALL))))
    await system.platform.ask(mine)
    as_always = ("--person", mine.buyer_id, "--by", "lin.wei", "--note", "n", "--yes", "--also-open-cases")

    done = await system.erase(*as_always, data_dir=tmp_path)

    assert (done.status, done.records[0]["photos"]) == (1, 1)
    assert done.records[0]["proof"]["found"] is None
    assert done.records[0]["proof"]["holds"] is False
    assert "was not looked at: repeat with --verify where an enrich worker runs" in done.error
    verified = await system.erase("--person", mine.buyer_id, "--verify", "--also-open-cases")
    assert (verified.status, verified.records[0]["proof"]["holds"]) == (0, True)


@pytest.mark.parametrize("way", [["--dry-run"], ["--verify"], ["--by", "lin.wei", "--note", "n", "--yes"]])
async def test_a_person_of_whom_nothing_is_known_is_named_and_nothing_is_done(system: System, way: list[str]) -> None:
    known = a_claim("known", system.platform.photo("claims/known.jpg", jpeg(a_picture(11, *SMALL))))
    await system.platform.ask(known)

    nobody = await system.erase("--person", known.buyer_id, "--person", "b-nobody", *way)

    assert (nobody.status, nobody.raw) == (1, b"")
    assert "no request of b-nobody is known, so nothing was done" in nobody.error
