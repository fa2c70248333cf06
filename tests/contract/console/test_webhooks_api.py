"""Webhooks through the API: added, told of every event once, tried again, shown, replayed, removed."""

import asyncio
import hmac
import re
from collections.abc import Callable, Sequence
from threading import Event

import pytest
from sqlalchemy import Engine

from schemas.units import DAY_MS, MINUTE_MS
from streams.adapters.sql import webhooks as sql_webhooks
from streams.adapters.sql.webhooks import SqlWebhooks
from streams.clock import now_ms
from streams.errors import Invalid
from streams.metrics import Metrics
from streams.webhooks.dispatch import AT_ONCE, ATTEMPTS, Dispatch
from streams.webhooks.records import Posted, Webhook
from tests.contract.console.door import Door
from tests.contract.sql import AtOnce, Database

URL = "https://platform.example/hooks"
WINDOW_MS = 5 * MINUTE_MS
"""How old a signature may be for a platform that is careful."""
ENOUGH_S = 60.0
"""Longer than anything here takes on any machine: only a fault waits so long."""


class Address:
    """An address that answers as told, and remembers what came."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.came: list[tuple[bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Posted:
        assert url == URL
        self.came.append((body, headers))
        return Posted(status=self.statuses.pop(0) if self.statuses else 200)

    def require_allowed(self, url: str) -> None:
        raise Invalid(url)


def relayed(database: Database) -> Sequence[bytes]:
    """What the relay sent now."""
    waiting = database.outbox.waiting(100)
    database.outbox.sent([one.outbox_id for one in waiting], now_ms())
    return [one.value for one in waiting if one.topic == "review.events.v1"]


async def dispatched(engine: Engine, address: Address, at_ms: int | None = None, metrics: Metrics | None = None) -> int:
    told = metrics or Metrics("decide")
    return await Dispatch(SqlWebhooks(engine), address, AtOnce(), told, lambda: at_ms or now_ms()).once()


@pytest.fixture
def hook(door: Door) -> str:
    added = door.post("platform", "/webhooks", {"url": URL})
    assert added.status_code == 200, added.text
    return str(added.json()["webhook_id"])


async def test_every_event_is_posted_once_signed_by_the_secret_that_was_shown(
    door: Door, database: Database, engine: Engine, case: str
) -> None:
    secret = door.post("platform", "/webhooks", {"url": URL}).json()["secret"]
    events, address = relayed(database), Address()
    relayed(database)

    assert await dispatched(engine, address) == len(events) == 1
    assert await dispatched(engine, address) == 0
    assert [body for body, _ in address.came] == events
    assert address.came[0][1]["Sentinel-Signature"].startswith("t=")
    assert secret not in str(address.came)
    [log] = door.get("platform", "/webhooks").json()["webhooks"]
    shown = door.get("platform", f"/webhooks/{log['webhook_id']}/deliveries").json()["deliveries"]
    assert [(one["state"], one["status"], one["case_id"]) for one in shown] == [("DELIVERED", 200, case)]


@pytest.mark.usefixtures("case")
async def test_what_is_not_taken_is_tried_again_after_a_pause_and_may_be_replayed(
    door: Door, database: Database, engine: Engine, hook: str
) -> None:
    relayed(database)
    address, now = Address(500, 503), now_ms()
    assert await dispatched(engine, address) == 1
    assert await dispatched(engine, address, now) == 0
    assert await dispatched(engine, address, now + 600_000) == 1
    assert await dispatched(engine, address, now + 1_200_000) == 1
    [shown] = door.get("operator", f"/webhooks/{hook}/deliveries").json()["deliveries"]
    assert (shown["state"], shown["attempts"]) == ("DELIVERED", 3)

    again = door.post("platform", f"/webhooks/{hook}/deliveries/{shown['delivery_id']}/replay", {})
    assert (again.status_code, again.json()["state"]) == (200, "WAITING")
    assert await dispatched(engine, address) == 1
    assert len({headers["Sentinel-Delivery"] for _, headers in address.came}) == 1


@pytest.mark.usefixtures("case")
async def test_a_delivery_that_is_replayed_during_its_last_attempt_is_sent_once_more(
    door: Door, database: Database, engine: Engine, hook: str
) -> None:
    relayed(database)
    at_ms, refuses = now_ms(), Address(*[500] * ATTEMPTS)
    for _ in range(ATTEMPTS - 1):
        at_ms += DAY_MS
        await dispatched(engine, refuses, at_ms)
    [waiting] = door.get("platform", f"/webhooks/{hook}/deliveries").json()["deliveries"]

    class Replays(Address):
        def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Posted:
            again = door.post("platform", f"/webhooks/{hook}/deliveries/{waiting['delivery_id']}/replay", {})
            assert again.status_code == 200, again.text
            return super().__call__(url, body, headers)

    assert await dispatched(engine, Replays(500), at_ms + DAY_MS) == 1
    takes = Address()
    assert await dispatched(engine, takes) == 1
    assert [body for body, _ in takes.came] == [refuses.came[0][0]]


@pytest.mark.usefixtures("case", "hook")
@pytest.mark.parametrize("off_ms", [DAY_MS, 90 * DAY_MS])
async def test_what_a_clock_that_was_ahead_put_off_is_sent_once_the_clock_is_right(
    database: Database, engine: Engine, off_ms: int
) -> None:
    relayed(database)
    address, now = Address(500), now_ms()
    clock = [now + off_ms]
    worker = Dispatch(SqlWebhooks(engine), address, AtOnce(), Metrics("decide"), lambda: clock[0])
    assert await worker.once() == 1, "it is not taken, and is to be tried again in a day by the right clock"

    clock[0] = now
    assert await worker.once() == 1
    assert await worker.once() == 0
    assert len(address.came) == 2


class Careful(Address):
    """A platform that checks what it gets as the page of routes says: a signature that fits, a time of late."""

    def __init__(self, secret: str, clock: Callable[[], int]) -> None:
        super().__init__()
        self._secret = secret
        self._clock = clock
        self.taken: list[str] = []

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Posted:
        super().__call__(url, body, headers)
        at_s, signed = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers["Sentinel-Signature"]).groups()  # type: ignore[union-attr]
        wanted = hmac.digest(self._secret.encode(), f"{at_s}.".encode() + body, "sha256").hex()
        if signed != wanted or abs(int(at_s) * 1_000 - self._clock()) > WINDOW_MS:
            return Posted(status=401)
        self.taken.append(headers["Sentinel-Delivery"])
        return Posted(status=200)


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("theirs_ms", [-4 * MINUTE_MS, 0, 4 * MINUTE_MS], ids=["behind", "right", "ahead"])
@pytest.mark.parametrize("jump_ms", [-400 * DAY_MS, -DAY_MS, -6 * MINUTE_MS, 0, 6 * MINUTE_MS, DAY_MS, 400 * DAY_MS])
async def test_a_platform_that_checks_the_age_of_a_signature_gets_every_event_whatever_the_clocks_do(
    door: Door, database: Database, engine: Engine, theirs_ms: int, jump_ms: int
) -> None:
    """Minutes between two clocks are let pass; what was signed by a clock that jumped comes again, signed anew."""
    secret = door.post("platform", "/webhooks", {"url": URL}).json()["secret"]
    events = relayed(database)
    right_ms, off_ms = [now_ms()], [jump_ms]
    platform = Careful(secret, lambda: right_ms[0] + theirs_ms)
    worker = Dispatch(SqlWebhooks(engine), platform, AtOnce(), Metrics("decide"), lambda: right_ms[0] + off_ms[0])

    await worker.once()
    assert bool(platform.taken) is (jump_ms >= 0 and abs(jump_ms - theirs_ms) <= WINDOW_MS)
    off_ms[0] = 0
    for _ in range(3):  # longer than the pauses after so many refusals
        right_ms[0] += 10 * MINUTE_MS
        await worker.once()

    assert len(platform.taken) == len(set(platform.taken)) == len(events) == 1


@pytest.mark.usefixtures("case")
async def test_an_address_that_cannot_even_be_called_is_tried_again_and_ends_no_worker(
    door: Door, database: Database, engine: Engine, hook: str
) -> None:
    class Broken(Address):
        def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Posted:
            raise ValueError(url, body, headers)

    relayed(database)
    assert await dispatched(engine, Broken()) == 1
    [shown] = door.get("operator", f"/webhooks/{hook}/deliveries").json()["deliveries"]
    assert (shown["state"], shown["error"]) == ("WAITING", "the address could not be called")
    assert await dispatched(engine, Address(), now_ms() + 600_000) == 1


@pytest.mark.usefixtures("case")
async def test_metrics_tell_how_long_an_address_has_taken_nothing_and_what_became_of_each_attempt(
    database: Database, engine: Engine, hook: str
) -> None:
    metrics, address = Metrics("decide"), Address(*[500] * ATTEMPTS)

    def value(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(f"sentinel_webhook_{name}", labels)

    a_delivery(database, hook, 1, "WAITING", at_ms=1_000)
    a_delivery(database, "w-gone", 1, "WAITING", at_ms=1)
    for attempt in range(1, ATTEMPTS):
        await dispatched(engine, address, 1_000 + attempt * DAY_MS, metrics)
    assert value("oldest_waiting_seconds") == (ATTEMPTS - 1) * DAY_MS / 1_000
    await dispatched(engine, address, 1_000 + ATTEMPTS * DAY_MS, metrics)
    a_delivery(database, hook, 2, "WAITING", at_ms=2_000)
    await dispatched(engine, address, 2_000 + ATTEMPTS * DAY_MS, metrics)

    assert value("oldest_waiting_seconds") == 0
    outcomes = [value("attempts_total", outcome=one) for one in ("taken", "failed", "given_up")]
    assert outcomes == [1, ATTEMPTS - 1, 1]


def a_delivery(
    database: Database, webhook: str, number: int, state: str = "DELIVERED", at_ms: int | None = None
) -> None:
    """One from ``at_ms``; None: from the time ``number``."""
    database.change(
        "INSERT INTO webhook_deliveries (delivery_id, webhook_id, state, attempts, created_at_ms, next_at_ms, body)"
        " VALUES (:id, :webhook, :state, 0, :at, 0, :body)",
        id=f"{webhook}.{number}",
        webhook=webhook,
        state=state,
        at=number if at_ms is None else at_ms,
        body=b"{}",
    )


async def test_what_waits_for_a_webhook_that_is_gone_is_deleted(database: Database, engine: Engine, hook: str) -> None:
    for webhook in (hook, "w-gone"):
        a_delivery(database, webhook, 5, "WAITING", at_ms=now_ms())

    address = Address()
    assert [await dispatched(engine, address) for _ in range(2)] == [1, 0]
    assert len(address.came) == 1
    assert database.rows("SELECT webhook_id FROM webhook_deliveries") == [(hook,)]


def test_old_deliveries_are_deleted_some_at_a_time_and_what_waits_stays(
    database: Database, engine: Engine, hook: str
) -> None:
    for number, state in enumerate(("FAILED", "WAITING", "DELIVERED", "DELIVERED", "DELIVERED")):
        a_delivery(database, hook, number, state)

    assert [SqlWebhooks(engine).purge(4, 2) for _ in range(3)] == [2, 1, 0]
    assert database.rows("SELECT created_at_ms FROM webhook_deliveries ORDER BY 1") == [(1,), (4,)]


def test_a_webhook_goes_with_all_its_deliveries_however_many_go_at_once(
    door: Door, database: Database, hook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_webhooks, "REMOVED_AT_ONCE", 2)
    for number in range(5):
        a_delivery(database, hook, number)
    a_delivery(database, "w-other", 0)

    assert door.call("platform", "DELETE", f"/webhooks/{hook}").status_code == 204
    assert database.rows("SELECT webhook_id FROM webhook_deliveries") == [("w-other",)]


async def test_an_address_that_does_not_answer_holds_up_no_other(database: Database, engine: Engine) -> None:
    records, over = SqlWebhooks(engine), Event()
    for number, name in enumerate(("hangs", "answers")):
        url = f"https://{name}.example"
        records.save(Webhook(webhook_id=name, url=url, secrets=("s",), made_at_ms=number, made_by="t"))
        for delivery in range(3 * AT_ONCE):
            a_delivery(database, name, delivery, "WAITING")

    class Addresses(Address):
        def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Posted:
            if "hangs" in url:
                over.wait(ENOUGH_S)
            else:
                self.came.append((body, headers))
            return Posted(status=200)

    addresses = Addresses()
    sending = asyncio.create_task(Dispatch(records, addresses, AtOnce(), Metrics("decide"), lambda: 1).run())
    try:
        async with asyncio.timeout(ENOUGH_S):
            while len(addresses.came) < 3 * AT_ONCE:  # noqa: ASYNC110 - another thread posts
                await asyncio.sleep(0.01)
        assert not over.is_set()
    finally:
        over.set()
        sending.cancel()


@pytest.mark.usefixtures("case")
async def test_two_secrets_sign_while_one_replaces_the_other(
    door: Door, database: Database, engine: Engine, hook: str
) -> None:
    for secrets in (2, 2):
        changed = door.post("platform", "/webhooks", {"url": URL}).json()
        assert (changed["webhook_id"], changed["secrets"]) == (hook, secrets)
    relayed(database)
    address = Address()
    await dispatched(engine, address)
    assert address.came[0][1]["Sentinel-Signature"].count("v1=") == 2


@pytest.mark.usefixtures("case")
async def test_a_webhook_that_is_removed_is_told_nothing_more(
    door: Door, database: Database, engine: Engine, hook: str
) -> None:
    relayed(database)
    assert door.call("platform", "DELETE", f"/webhooks/{hook}").status_code == 204
    assert door.call("platform", "DELETE", f"/webhooks/{hook}").status_code == 404
    assert door.get("platform", f"/webhooks/{hook}/deliveries").status_code == 404
    assert await dispatched(engine, Address()) == 0


OWN = [
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "017700000001",
    "2130706433",
    "0",
    "169.254.169.254",
    "10.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[fe80::1]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "kv.internal.",
    "printer.local.",
    "nas.home.arpa",
]


def test_an_address_of_ones_own_network_is_refused(door: Door) -> None:
    for url in ("http://platform.example/", "https://platform.example:0/", "x", *(f"https://{host}/x" for host in OWN)):
        assert door.post("platform", "/webhooks", {"url": url}).status_code == 422, url
    assert door.get("platform", "/webhooks").json() == {"webhooks": []}


def test_no_list_shows_a_secret(door: Door, hook: str) -> None:
    assert hook in (listed := door.get("admin", "/webhooks").text)
    assert "whsec_" not in listed


def test_deliveries_come_page_by_page(door: Door, database: Database, engine: Engine, hook: str) -> None:
    for number in range(5):
        a_delivery(database, hook, number, "WAITING", at_ms=number // 2)
    seen, cursor = list[str](), ""
    while True:
        page = door.get("platform", f"/webhooks/{hook}/deliveries?limit=2{cursor}").json()
        seen += [one["delivery_id"] for one in page["deliveries"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [f"{hook}.{number}" for number in (4, 3, 2, 1, 0)]
    assert SqlWebhooks(engine).purge(now_ms(), 10) == 0


def test_the_secret_is_kept_nowhere_for_a_repeat_of_the_call(door: Door, database: Database) -> None:
    key = {"headers": {"Idempotency-Key": "one"}}
    first = door.post("platform", "/webhooks", {"url": URL}, **key).json()
    again = door.post("platform", "/webhooks", {"url": URL}, **key).json()

    assert first["secret"]
    assert again == first | {"secret": None}
    [(kept,)] = database.rows("SELECT answer FROM answers")
    assert first["secret"] not in str(bytes(kept) if not isinstance(kept, str) else kept)
