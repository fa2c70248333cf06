"""What waits to be sent, and who may send it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from streams.adapters.sql.outbox import SqlOutbox
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database


def test_messages_wait_oldest_first_until_they_were_sent(database: Database) -> None:
    database.decide(suspecting("rr-1", "rr-2", "rr-3"), *(some_evidence(f"rr-{n}") for n in (1, 2, 3)))
    first, second, third = database.outbox.waiting(10)

    database.outbox.sent([first.outbox_id, third.outbox_id], NOW_MS)

    assert [message.key for message in (first, second, third)] == [b"rr-1", b"rr-2", b"rr-3"]
    assert database.outbox.waiting(10) == [second]


def test_no_more_messages_are_read_than_asked_for(database: Database) -> None:
    database.decide(suspecting("rr-1", "rr-2"), some_evidence("rr-1"), some_evidence("rr-2"))

    assert [message.key for message in database.outbox.waiting(1)] == [b"rr-1"]


def test_marking_again_keeps_the_first_time(database: Database) -> None:
    database.decide(suspecting("rr-1"), some_evidence())
    [message] = database.outbox.waiting(1)

    database.outbox.sent([message.outbox_id], NOW_MS)
    database.outbox.sent([message.outbox_id], NOW_MS + 1)
    database.outbox.sent([], NOW_MS)

    assert database.rows("SELECT sent_at_ms FROM outbox") == [(NOW_MS,)]


def test_a_lease_keeps_others_out_until_it_ends(database: Database) -> None:
    outbox = database.outbox

    assert outbox.lease("a", NOW_MS, 1_000)
    assert not outbox.lease("b", NOW_MS + 999, 1_000)
    assert outbox.lease("b", NOW_MS + 1_000, 1_000)
    assert not outbox.lease("a", NOW_MS + 1_500, 1_000)


def test_the_holder_extends_its_lease(database: Database) -> None:
    outbox = database.outbox

    assert outbox.lease("a", NOW_MS, 1_000)
    assert outbox.lease("a", NOW_MS + 900, 1_000)
    assert not outbox.lease("b", NOW_MS + 1_800, 1_000)


def test_of_several_who_ask_at_once_one_gets_the_lease(database: Database, open_database: Callable[[], Engine]) -> None:
    relays = 4
    begin = threading.Barrier(relays)
    outboxes = [SqlOutbox(open_database()) for _ in range(relays)]

    def ask(number: int) -> bool:
        begin.wait(30)
        return outboxes[number].lease(f"relay-{number}", NOW_MS, 1_000)

    with ThreadPoolExecutor(relays) as pool:
        granted = list(pool.map(ask, range(relays)))

    assert sorted(granted) == [False, False, False, True]
    assert database.rows("SELECT owner FROM leases") == [(f"relay-{granted.index(True)}",)]
