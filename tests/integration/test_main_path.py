"""The main path with real workers, on Apache Kafka and both databases: a request in, one decision out."""

import asyncio
import http.server
import math
import threading
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text

from schemas.records import CataloguePhotoRegistered, RefundRequested
from schemas.topics import CATALOGUE
from streams.adapters.sql.cases.case_files import SqlCaseRecords
from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.webhooks import SqlWebhooks
from streams.adapters.webhook_post import WebhookPost
from streams.cases.acts import AuditAct
from streams.cases.sent_evidence import SentMedium
from streams.casework.files import CaseFiles
from streams.casework.parties.further_evidence import FurtherEvidence
from streams.webhooks.subscriptions import Subscriptions
from tests.builders import AT_MS, a_claim_medium, a_request
from tests.faults.fleet import OK, Worker
from tests.faults.scene import Database, Postgresql, Scene, Sqlite, set_scene
from tests.integration.asking import LIMIT_S, Platform, a_claim, codes, whys
from tests.photos import a_jpeg_that_claims, a_picture, jpeg, stained
from tests.real.kafka import Kafka
from tests.real.topics import produce, until

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]

SMALL = (640, 480)


@dataclass(frozen=True)
class System:
    """A running system, and the platform that uses it."""

    scene: Scene
    platform: Platform


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Database:
    if request.param == "sqlite":
        return Sqlite(tmp_path_factory.mktemp("database"))
    return Postgresql(request.getfixturevalue("postgres"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(kafka: Kafka, database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    # a fixed key: which requests are drawn for the random audit is then the same in every run
    settings = {"SENTINEL_AUDIT_KEY": "a key for tests", "SENTINEL_WEBHOOK_PRIVATE_ALLOWED": "true"}
    async with set_scene(kafka, database, tmp_path_factory.mktemp("system"), settings=settings) as scene:
        scene.fleet.start("enrich")
        scene.fleet.start("decide")
        yield System(scene, Platform(kafka.address, scene.media))


@pytest.fixture(scope="module")
def platform(system: System) -> Platform:
    return system.platform


@pytest.fixture(scope="module")
def listed(platform: Platform) -> str:
    """The merchant's photo of the goods."""
    return platform.photo("goods/cup.jpg", jpeg(a_picture(1, *SMALL)))


async def test_a_forged_photo_is_reviewed_and_an_honest_one_is_clear(platform: Platform, listed: str) -> None:
    forged = platform.photo("claims/forged.jpg", jpeg(stained(a_picture(1, *SMALL))))
    honest = platform.photo("claims/honest.jpg", jpeg(a_picture(2, *SMALL)))

    of_forged, of_honest = await platform.ask(a_claim("forged", forged, listed), a_claim("honest", honest, listed))

    assert (of_forged.verdict, "DERIVED_AND_ALTERED" in codes(of_forged)) == ("REVIEW", True)
    assert (of_honest.verdict, codes(of_honest)) == ("CLEAR", set())


async def test_a_photo_that_another_buyer_used_before_is_reviewed(platform: Platform, listed: str) -> None:
    photo = platform.photo("claims/twice.jpg", jpeg(a_picture(3, *SMALL)))

    (first,) = await platform.ask(a_claim("first-use", photo, listed))
    (second,) = await platform.ask(a_claim("second-use", photo, listed))

    assert (first.verdict, codes(second)) == ("CLEAR", {"USED_BEFORE"})


async def test_a_forgery_used_twice_is_reuse_and_a_listing_that_two_buyers_send_again_is_none(
    platform: Platform,
) -> None:
    picture = a_picture(50, *SMALL)
    jug = platform.photo("goods/jug.jpg", jpeg(picture))
    photos = {
        "jug-forged": jpeg(stained(picture), 85),
        "jug-forged-again": jpeg(stained(picture), 75),
        "jug-sent": jpeg(picture, 80),
        "jug-sent-again": jpeg(picture, 70),
    }
    told = {}
    for name, photo in photos.items():
        (told[name],) = await platform.ask(a_claim(name, platform.photo(f"claims/{name}.jpg", photo), jug))

    assert {name: codes(decision) for name, decision in told.items()} == {
        "jug-forged": {"DERIVED_AND_ALTERED"},
        "jug-forged-again": {"DERIVED_AND_ALTERED", "USED_BEFORE"},
        "jug-sent": {"RESENT_REFERENCE"},
        "jug-sent-again": {"RESENT_REFERENCE"},
    }


async def test_a_claim_photo_that_is_listed_for_other_goods_is_reviewed_and_one_that_was_withdrawn_is_not(
    system: System, listed: str
) -> None:
    photos = [system.platform.photo(f"goods/other-{n}.jpg", jpeg(a_picture(60 + n, *SMALL))) for n in range(2)]
    shown, withdrawn = (
        CataloguePhotoRegistered(
            photo_id=f"other-{n}", merchant_id="m-9", product_id="p-9", uri=uri, registered_at_ms=AT_MS
        )
        for n, uri in enumerate(photos)
    )
    await registered(system, shown, withdrawn, msgspec.structs.replace(withdrawn, withdrawn=True))

    of_shown, of_withdrawn = await system.platform.ask(
        *(a_claim(f"listed-{n}", uri, listed) for n, uri in enumerate(photos))
    )

    assert (codes(of_shown), of_withdrawn.verdict) == ({"OTHERS_LISTING"}, "CLEAR")


async def registered(system: System, *photos: CataloguePhotoRegistered) -> None:
    """Return once enrich has taken up what the platform says of its catalogue."""
    (enrich,) = system.scene.fleet.workers("enrich")
    before = samples(enrich)["sentinel_catalogue_photos_total", ""]
    await produce(system.platform.address, CATALOGUE.name, [(b"m-9", msgspec.json.encode(photo)) for photo in photos])

    async def taken_up() -> bool:
        await asyncio.sleep(0.1)
        return samples(enrich)["sentinel_catalogue_photos_total", ""] >= before + len(photos)

    await until(taken_up, system.platform.limit_s)


def without(request: RefundRequested, **changes: object) -> bytes:
    return msgspec.json.encode(msgspec.to_builtins(request) | changes)


def unreadable() -> dict[str, bytes | None]:
    """Messages that break the contract, one in each way."""
    request = a_request("unreadable", buyer_id="b-unreadable")
    return {
        "not JSON": b"refund please",
        "null": None,
        "empty": b"",
        "a wrong type": without(request, amount_minor="free"),
        "too long": without(request, reason={"code": "DAMAGED", "text": "x" * 4_001}),
        "a message too long": without(request, note="x" * 262_144),
        "out of range": without(request, amount_minor=-1),
        "an unknown enum value": without(request, kind="exchange"),
        "NUL in text": without(request, reason={"code": "DAMAGED", "text": "a\0b"}),
        "a doubled media_id": without(request, claim_media=[msgspec.to_builtins(a_claim_medium("c1"))] * 2),
        "not an object": b"[]",
        "not UTF-8": b'{"request_id":"\xff"}',
    }


async def test_every_message_that_breaks_the_contract_is_a_dead_letter_and_the_next_is_decided(
    platform: Platform, listed: str
) -> None:
    bad = unreadable()
    honest = platform.photo("claims/after.jpg", jpeg(a_picture(4, *SMALL)))

    places = await platform.send(list(bad.values()), key=b"b-after")
    (after,) = await platform.ask(a_claim("after", honest, listed))
    letters = await platform.letters(*places)

    assert {name: letter.error.class_ for name, letter in zip(bad, letters, strict=True)} == dict.fromkeys(
        bad, "ContractError"
    )
    assert after.verdict == "CLEAR"


def unlookable(platform: Platform) -> dict[str, tuple[RefundRequested, str]]:
    """Requests that keep the contract and whose photo cannot be looked at, each with a part of what is said of it."""
    whole = jpeg(a_picture(5, *SMALL))
    (platform.media.parent / "secret.jpg").write_bytes(whole)
    sound = platform.photo("claims/sound.jpg", whole)
    wrong_hash = a_claim_medium(uri=sound, sha256="0" * 64)
    photos = {
        "truncated": (platform.photo("claims/truncated.jpg", whole[: len(whole) // 2]), "damaged or incomplete"),
        "wrong type": (
            platform.photo("claims/text.jpg", b"I am no photo, I am a text."),
            "no picture that can be read",
        ),
        "200 megapixels": (platform.photo("claims/huge.jpg", a_jpeg_that_claims(20_000, 10_000)), "pixels"),
        "zero bytes": (platform.photo("claims/empty.jpg", b""), "empty"),
        "missing": ("claims/nowhere.jpg", "not in the media store"),
        "outside": ("../secret.jpg", "outside the media store"),
    }
    found = {name: (a_claim(f"cannot-{name.replace(' ', '-')}", uri), why) for name, (uri, why) in photos.items()}
    return found | {
        "other hash": (a_claim("cannot-hash", None, claim_media=[wrong_hash]), "not the one that the platform named"),
    }


async def test_a_photo_that_cannot_be_looked_at_is_reviewed_and_the_reading_says_why(platform: Platform) -> None:
    asked = unlookable(platform)

    answers = await platform.ask(*(request for request, _ in asked.values()))

    seen = dict(zip(asked, answers, strict=True))
    assert {name: (told.verdict, "NOT_LOOKED" in codes(told)) for name, told in seen.items()} == dict.fromkeys(
        asked, ("REVIEW", True)
    )
    assert {name: whys(seen[name]) for name, (_, why) in asked.items() if why not in whys(seen[name])} == {}


async def test_a_request_without_photos_is_reviewed(platform: Platform) -> None:
    (told,) = await platform.ask(a_claim("no-media", None))

    assert (told.verdict, "EVIDENCE_MISSING" in codes(told)) == ("REVIEW", True)


async def test_sending_every_request_again_gives_the_same_bytes(platform: Platform, listed: str) -> None:
    photos = [platform.photo(f"claims/a{n}.jpg", jpeg(a_picture(20 + n, *SMALL))) for n in range(5)]
    requests = [a_claim(f"again-{n}", photo, listed) for n, photo in enumerate(photos)]

    await platform.ask(*requests)
    await platform.ask(*requests, times=2)

    assert [len(set(answers)) for answers in await platform.answers(*requests, times=2)] == [1] * 5


async def test_other_content_under_a_known_id_is_reviewed_and_the_original_keeps_its_bytes(
    platform: Platform, listed: str
) -> None:
    photo = platform.photo("claims/original.jpg", jpeg(a_picture(6, *SMALL)))
    other = platform.photo("claims/other.jpg", jpeg(a_picture(7, *SMALL)))
    original = a_claim("changed", photo, listed)
    changed = [
        msgspec.structs.replace(original, amount_minor=original.amount_minor + 1),
        msgspec.structs.replace(original, claim_media=[a_claim_medium(uri=other)]),
        msgspec.structs.replace(original, buyer_id="b-somebody-else"),
    ]

    (first,) = await platform.ask(original)
    others = await platform.ask(*changed)
    await platform.ask(original, times=2)

    assert (first.verdict, codes(first)) == ("CLEAR", set())
    assert [(told.verdict, "CONTENT_CHANGED" in codes(told)) for told in others] == [("REVIEW", True)] * 3
    assert [len(set(answers)) for answers in await platform.answers(original, times=2)] == [1]


async def test_a_photo_that_the_buyer_sends_later_is_looked_at_and_kept_with_the_case(
    system: System, listed: str
) -> None:
    forged = system.platform.photo("claims/unclear.jpg", jpeg(stained(a_picture(1, *SMALL))))
    (decided,) = await system.platform.ask(a_claim("unclear", forged, listed))
    assert decided.verdict == "REVIEW"
    later = system.platform.photo("claims/unclear-2.jpg", jpeg(a_picture(9, *SMALL)))
    engine = open_engine(system.scene.database.url)
    act = AuditAct(by="b-unclear", note="from the other side", at_ms=decided.decided_at_ms + 1)

    FurtherEvidence(SqlCaseDatabase(engine)).send("unclear", act, "buyer", [SentMedium(uri=later)])

    files = CaseFiles(SqlCaseRecords(engine))

    async def looked_at() -> bool:
        return await asyncio.to_thread(lambda: files.show("unclear").follow_ups[0].evidence is not None)

    await until(looked_at, LIMIT_S)
    (sent,) = files.show("unclear").follow_ups
    engine.dispose()
    assert sent.evidence is not None
    photo, reference = sent.evidence.media
    assert (photo.media_id, photo.stored is not None, reference.role) == ("f1.1", True, "reference")
    assert [compared.reference_id for compared in photo.comparisons] == [reference.media_id]
    assert await system.platform.ask(a_claim("unclear", forged, listed), times=2) == [decided]


class Listening(http.server.BaseHTTPRequestHandler):
    """An address of the platform, which keeps what is posted to it."""

    came: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Sentinel-Signature"].startswith("t=")
        self.came.append(msgspec.json.decode(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


async def test_the_platforms_address_is_told_of_the_case_of_a_request(system: System, listed: str) -> None:
    engine = open_engine(system.scene.database.url)
    hooks = Subscriptions(SqlWebhooks(engine), WebhookPost(private_allowed=True))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        hook = hooks.add(f"http://127.0.0.1:{server.server_port}/", by="platform", at_ms=AT_MS)
        forged = system.platform.photo("claims/hooked.jpg", jpeg(stained(a_picture(1, *SMALL))))
        (decided,) = await system.platform.ask(a_claim("hooked", forged, listed))

        async def told() -> bool:
            return any((one["event"], one["case_id"]) == ("CASE_OPENED", decided.case_id) for one in Listening.came)

        await until(told, LIMIT_S)
        hooks.remove(hook.webhook_id)
        server.shutdown()
    engine.dispose()


REFUSALS = {
    "sqlite": "CREATE TRIGGER refuse BEFORE INSERT ON claims WHEN NEW.request_id = 'refused' "
    "BEGIN SELECT RAISE(ABORT, 'refused'); END",
    "postgresql": "ALTER TABLE claims ADD CONSTRAINT refuse CHECK (request_id <> 'refused')",
}


async def test_a_row_that_the_database_refuses_costs_one_dead_letter(system: System, listed: str) -> None:
    engine = create_engine(system.scene.database.url)
    with engine.begin() as connection:
        connection.execute(text(REFUSALS[engine.dialect.name]))
    engine.dispose()
    photos = [system.platform.photo(f"claims/r{n}.jpg", jpeg(a_picture(30 + n, *SMALL))) for n in range(3)]
    beside = [a_claim(f"beside-{n}", photo, listed) for n, photo in enumerate(photos[1:])]

    await system.platform.send([msgspec.json.encode(a_claim("refused", photos[0], listed))])
    answers = await system.platform.ask(*beside)
    (letter,) = await system.platform.letters(await system.platform.evidence_of("refused"))

    assert [told.verdict for told in answers] == ["CLEAR", "CLEAR"]
    assert (letter.error.class_, letter.stage) == ("RefusedByDatabase", "refund-sentinel-decide")


def samples(worker: Worker) -> Counter[tuple[str, str]]:
    """Return what a worker's metrics add up to, by name and by the value of the one label that tells most."""
    scraped = worker.get("/metrics")
    assert scraped is not None
    status, page = scraped
    assert status == OK
    counted: Counter[tuple[str, str]] = Counter()
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            if not math.isnan(sample.value):  # what is not known yet
                counted[sample.name, sample.labels.get("verdict", sample.labels.get("error", ""))] += round(
                    sample.value
                )
    return counted


async def test_metrics_and_health_tell_what_happened(system: System, listed: str) -> None:
    photo = system.platform.photo("claims/metrics.jpg", jpeg(a_picture(8, *SMALL)))
    await system.platform.ask(a_claim("metrics-1", photo, listed), a_claim("metrics-2", photo, listed))
    await system.platform.letters(*await system.platform.send([b"not JSON"]))
    (enrich,), (decide,) = (system.scene.fleet.workers(kind) for kind in ("enrich", "decide"))

    counted, decided = samples(enrich), samples(decide)

    assert counted["sentinel_requests_total", ""] >= 2
    assert counted["sentinel_dead_letters_total", "ContractError"] >= 1
    assert counted["sentinel_evidence_latency_seconds_count", ""] >= 2
    assert decided["sentinel_decisions_total", "CLEAR"] >= 1
    assert decided["sentinel_decisions_total", "REVIEW"] >= 1
    assert decided["sentinel_decision_latency_seconds_count", ""] >= 2
    assert [worker.get(page) for worker in (enrich, decide) for page in ("/live", "/ready")] == [(OK, "ok\n")] * 4
