"""Messages that Kafka takes as legal, however odd: each is answered or a dead letter, and the next one is decided.

Other platforms' credit signals are among them: taken up, or refused and counted; and ours go out.
"""

import random
import time
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from schemas.codec import decode, encode
from schemas.records import CataloguePhotoRegistered, CreditSignal
from schemas.topics import CATALOGUE, CREDIT_SIGNALS, DEAD_LETTERS, REQUESTS, Topic
from streams.adapters.kafka import dead_letters, topic_reader
from streams.adapters.kafka.unpacking import UNPACKED_BYTES
from streams.adapters.sql.engine import open_engine, writing
from streams.cases.reviewing.credit import is_genuine, private_key, pseudonym, public_digits, signed
from streams.settings import Settings
from tests.builders import AT_MS, with_changes
from tests.command_line import run
from tests.faults.scene import Scene, at_work
from tests.integration.asking import Platform, a_claim, codes
from tests.real import topics
from tests.real.kafka import Kafka
from tests.real.odd_messages import CODECS, GZIP, ZSTD, NewHeader, a_batch, send_batch

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]

DECIDE = b'"refund-sentinel-decide"'
DAY_MS = 86_400_000
LATIN = [("größe".encode("latin-1"), b"12"), (b"\xff\xfe", None)]
LATIN_READ = ["gr��e", "��"]
OUR_KEY, SHARED_KEY = "11" * 32, "22" * 32
CREDIT = {"credit_issuer": "us", "credit_key": OUR_KEY, "pseudonym_keys": f"k1:{SHARED_KEY}"}
THEIRS = Ed25519PrivateKey.from_private_bytes(b"3" * 32)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    signals_on = {f"SENTINEL_{name.upper()}": value for name, value in CREDIT.items()}
    async with at_work(kafka, tmp_path_factory.mktemp("system"), "enrich", "decide", settings=signals_on) as scene:
        yield scene


@pytest.fixture(scope="module")
def platform(scene: Scene) -> Platform:
    return Platform(scene.kafka.address, scene.media)


def as_json(request_id: str) -> bytes:
    return msgspec.json.encode(a_claim(request_id, None, buyer_id="b-1"))


async def test_a_request_whose_header_names_are_not_utf_8_is_decided_like_any_other(
    scene: Scene, platform: Platform
) -> None:
    for number, codec in enumerate((0, GZIP)):
        batch = a_batch([as_json(f"headed-{number}")], LATIN, codec=codec)
        await send_batch(scene.kafka.address, REQUESTS.name, 0, batch)

    await platform.answers(*(a_claim(f"headed-{number}", None, buyer_id="b-1") for number in range(2)))
    assert scene.fleet.ends() == 0


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
async def test_requests_packed_by_any_codec_with_a_key_or_none_and_long_headers_are_decided(
    scene: Scene, platform: Platform, codec: int
) -> None:
    draw = random.Random(codec)  # noqa: S311 - no secret
    headers = [(draw.randbytes(draw.randrange(1, 40)), draw.randbytes(40_000)), (b"", None)]
    asked = [f"packed-{codec}-{number}" for number in range(4)]
    for key in (b"b-1", None):
        values, asked_here = [as_json(one) for one in asked[:2]], asked[:2]
        await send_batch(scene.kafka.address, REQUESTS.name, 4, a_batch(values, headers, key=key, codec=codec))
        asked = asked[2:] + asked_here

    answers = await platform.answers(*(a_claim(one, None, buyer_id="b-1") for one in asked))
    assert [len(set(each)) for each in answers] == [1] * 4
    assert scene.fleet.ends() == 0


async def test_tombstones_whatever_their_key_are_dead_letters_and_the_next_request_is_decided(
    scene: Scene, platform: Platform
) -> None:
    draw = random.Random(5)  # noqa: S311 - no secret
    address = scene.kafka.address
    sent: list[tuple[str, int, int, int]] = []
    for key in (None, b"", b"b-1", draw.randbytes(300)):
        for value in (None, b""):
            many: list[NewHeader] = [(b"h%d" % number, b"v") for number in range(draw.randrange(2_000))]
            kinds: list[list[NewHeader]] = [[], many, [(draw.randbytes(9), None)], [(b"h", draw.randbytes(200_000))]]
            headers = draw.choice(kinds)
            batch = a_batch([value], headers, key=key, time_ms=now_ms())
            sent.append((REQUESTS.name, 5, await send_batch(address, REQUESTS.name, 5, batch), len(headers)))
    await send_batch(address, REQUESTS.name, 5, a_batch([as_json("behind-tombstones")], time_ms=now_ms()))

    letters = await platform.letters(*((topic, number, offset) for topic, number, offset, _ in sent))
    await platform.answers(a_claim("behind-tombstones", None, buyer_id="b-1"))

    assert [len(letter.headers) for letter in letters] == [headers for *_, headers in sent]
    said = {letter.error.message for letter in letters}
    assert said == {"the message is empty: send the record as a JSON object"}
    assert scene.fleet.ends() == 0


async def test_a_dead_letter_keeps_such_headers_and_can_be_sent_again(scene: Scene, platform: Platform) -> None:
    settings = Settings.model_validate({"broker": scene.kafka.address})
    offset = await send_batch(scene.kafka.address, REQUESTS.name, 1, a_batch([b"not JSON"], LATIN))
    place = (REQUESTS.name, 1, offset)
    (letter,) = await platform.letters(place)

    done = await dead_letters.replay(settings, [place])
    again = [one async for one in topic_reader.whole(settings, REQUESTS) if one.value == b"not JSON"]

    assert [name for name, _ in letter.headers] == LATIN_READ
    assert done.sent == [place]
    assert [[name for name, _ in one.headers] for one in again] == [LATIN_READ, LATIN_READ]


async def test_a_batch_that_unpacks_to_more_than_there_is_room_for_is_one_dead_letter_and_the_next_is_decided(
    scene: Scene, platform: Platform
) -> None:
    bomb = a_batch([as_json("in-a-bomb"), bytes(2 * UNPACKED_BYTES)], codec=ZSTD)
    offset = await send_batch(scene.kafka.address, REQUESTS.name, 3, bomb)
    await send_batch(scene.kafka.address, REQUESTS.name, 3, a_batch([as_json("behind-it")], codec=ZSTD))

    (letter,) = await platform.letters((REQUESTS.name, 3, offset + 1))
    await platform.answers(a_claim("behind-it", None, buyer_id="b-1"))

    assert f"a batch of 2 messages, offsets {offset} to {offset + 1}, was not unpacked" in letter.error.message
    assert (letter.value_base64, letter.left_out_bytes) == (None, UNPACKED_BYTES)
    assert scene.fleet.ends() == 0


@pytest.mark.parametrize("topic", [REQUESTS, CATALOGUE], ids=["requests", "catalogue"])
async def test_times_that_cannot_be_the_brokers_are_dead_letters_of_their_own(
    scene: Scene, platform: Platform, topic: Topic
) -> None:
    address = scene.kafka.address
    await topics.configure(address, topic.name, {"message.timestamp.type": "CreateTime", FUTURE: str(2**62)})
    try:
        wrong = [0, -1, YEAR_1999_MS, now_ms() + 400 * DAY_MS, 2**61]
        places = []
        for number, time_ms in enumerate(wrong):
            value = as_json(f"odd-{number}") if topic is REQUESTS else a_photo(f"odd-{number}")
            offset = await send_batch(address, topic.name, 2, a_batch([value], time_ms=time_ms))
            places.append((topic.name, 2, offset))
        good = a_batch([as_json(f"sound-{topic.name}")], time_ms=now_ms())
        await send_batch(address, REQUESTS.name, 2, good)

        letters = await platform.letters(*places)
        await platform.answers(a_claim(f"sound-{topic.name}", None, buyer_id="b-1"))
    finally:
        await topics.configure(address, topic.name, {})

    assert {(letter.error.class_, letter.stage) for letter in letters} == {("ContractError", "refund-sentinel-enrich")}
    assert all("LogAppendTime" in letter.error.message for letter in letters)
    of_decide = [one for one in await topics.read_all(address, DEAD_LETTERS.name) if DECIDE in (one.value or b"")]
    assert of_decide == []


async def test_a_partners_signal_is_told_to_the_judge_others_are_counted_and_ours_goes_out(
    scene: Scene, platform: Platform
) -> None:
    settings = {"database_url": scene.database.url, **CREDIT}
    added = ("--public-key", public_digits(THEIRS), "--basis", "contract 7")
    assert run("signals", "partners", "add", "them", *added, settings=settings).status == 0
    known = a_signal("s-1")
    sent = [known, known, with_changes(known, signal_id="s-2"), a_signal("s-3", issuer="nobody")]
    sent += [a_signal("s-4", lasts_ms=DAY_MS)]
    values = [(f"{one.issuer}:{one.signal_id}".encode(), encode(one)) for one in sent]
    await topics.produce(scene.kafka.address, CREDIT_SIGNALS.name, values, partition=0)
    [place] = await topics.produce(scene.kafka.address, CREDIT_SIGNALS.name, [(b"them:s-5", b"junk")], partition=0)
    await platform.letters((CREDIT_SIGNALS.name, *place))  # it came last: the others were read before it

    [decided] = await platform.ask(a_claim("known-elsewhere", None, buyer_id="b-known"))
    assert codes(decided) == {"CREDIT_SIGNAL", "EVIDENCE_MISSING"}
    answers = {"taken_up", "replayed", "bad_signature", "unknown_partner", "expired"}
    assert counted(scene) == answers

    with writing(engine := open_engine(scene.database.url)) as connection:
        closed = text(
            "UPDATE cases SET state = 'CLOSED', verdict = 'FORGERY_CONFIRMED', decided_at_ms = 1 WHERE case_id = :id"
        )
        connection.execute(closed, {"id": decided.case_id})
    engine.dispose()
    issued = run("signals", "issue", str(decided.case_id), "--basis", "terms, section 7", "--json", settings=settings)
    [told] = issued.records
    ours: list[CreditSignal] = []

    async def ours_came_back() -> bool:
        if counted(scene) != answers | {"our_own"}:
            return False
        records = await topics.read_all(scene.kafka.address, CREDIT_SIGNALS.name)
        ours[:] = [decode(CreditSignal, one.value) for one in records if one.key == f"us:{told['signal_id']}".encode()]
        return True

    await topics.until(ours_came_back)
    [own] = ours
    assert is_genuine(own, public_digits(private_key(OUR_KEY)))
    assert own.pseudonym == known.pseudonym
    assert scene.fleet.ends() == 0


def a_signal(signal_id: str, issuer: str = "them", lasts_ms: int = 9 * DAY_MS) -> CreditSignal:
    """Return a partner's signal about the person b-known, with its signature."""
    issued_at_ms = now_ms() - 2 * DAY_MS
    signal = CreditSignal(
        signal_id=signal_id,
        pseudonym=pseudonym(bytes.fromhex(SHARED_KEY), "b-known"),
        issuer=issuer,
        kind="FORGERY_CONFIRMED",
        issued_at_ms=issued_at_ms,
        expires_at_ms=issued_at_ms + lasts_ms,
        key_id="k1",
    )
    return signed(signal, THEIRS)


def counted(scene: Scene) -> set[str]:
    """Return which answers signals got, as the worker's metrics say."""
    [worker] = scene.fleet.workers("decide")
    page = worker.get("/metrics")
    families = text_string_to_metric_families(page[1] if page else "")
    return {
        one.labels["answer"]
        for family in families
        for one in family.samples
        if one.name == "sentinel_credit_signals_total" and one.value
    }


FUTURE = "message.timestamp.after.max.ms"
YEAR_1999_MS = 946_000_000_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def a_photo(photo_id: str) -> bytes:
    photo = CataloguePhotoRegistered(
        photo_id=photo_id, merchant_id="m-1", product_id="p-1", uri="nowhere.jpg", registered_at_ms=AT_MS
    )
    return msgspec.json.encode(photo)
