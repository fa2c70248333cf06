"""What waits to be sent, and who may send it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from streams.adapters.sql.outbox import SqlOutbox
from streams.clock import now_ms
from streams.ports import Backlog
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


def test_what_was_sent_long_ago_is_purged_and_nothing_else(database: Database) -> None:
    database.decide(suspecting("rr-1", "rr-2", "rr-3"), *(some_evidence(f"rr-{n}") for n in (1, 2, 3)))
    first, second, third = database.outbox.waiting(10)
    database.outbox.sent([first.outbox_id], NOW_MS)
    database.outbox.sent([third.outbox_id], NOW_MS + 1)

    assert database.outbox.purge(NOW_MS + 1, 10) == 1
    assert database.outbox.purge(NOW_MS + 1, 10) == 0
    assert database.rows("SELECT outbox_id FROM outbox ORDER BY 1") == [(second.outbox_id,), (third.outbox_id,)]
    assert database.outbox.waiting(10) == [second]


def test_a_purge_takes_no_more_than_asked_for_the_oldest_first(database: Database) -> None:
    database.decide(suspecting("rr-1", "rr-2", "rr-3"), *(some_evidence(f"rr-{n}") for n in (1, 2, 3)))
    ids = [message.outbox_id for message in database.outbox.waiting(10)]
    database.outbox.sent(ids, NOW_MS)

    assert [database.outbox.purge(NOW_MS + 1, 2) for _ in range(3)] == [2, 1, 0]


def test_messages_after_a_purge_are_sent_in_the_order_of_their_decisions(database: Database) -> None:
    for number in range(3):
        database.decide(suspecting(f"rr-{number}"), some_evidence(f"rr-{number}"))
        database.decide(suspecting(f"again-{number}"), some_evidence(f"again-{number}"))
        first, second = database.outbox.waiting(10)
        database.outbox.sent([first.outbox_id, second.outbox_id], NOW_MS)
        database.outbox.purge(NOW_MS + 1, 10)

        assert [first.key, second.key] == [f"rr-{number}".encode(), f"again-{number}".encode()]


def test_the_backlog_counts_what_waits_and_says_since_when(database: Database) -> None:
    empty = database.outbox.backlog(10)
    for number in range(3):
        database.decide(suspecting(f"rr-{number}"), some_evidence(f"rr-{number}"), now_ms=NOW_MS + number)
    whole, counted_up_to_two = database.outbox.backlog(10), database.outbox.backlog(2)
    database.outbox.sent([database.outbox.waiting(1)[0].outbox_id], NOW_MS)

    assert [empty, whole, counted_up_to_two] == [Backlog(0, None), Backlog(3, NOW_MS), Backlog(2, NOW_MS)]
    assert database.outbox.backlog(10) == Backlog(2, NOW_MS + 1)


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


def test_a_lease_by_the_clock_that_all_share_keeps_others_out_until_it_ends(database: Database) -> None:
    outbox, lasts_ms = database.outbox, 200

    assert outbox.lease("a", None, 60_000)
    assert not outbox.lease("b", None, 60_000)
    [(until_ms,)] = database.rows("SELECT until_ms FROM leases")
    assert abs(until_ms - 60_000 - now_ms()) < 10_000, "the database runs on this machine, so its clock is ours"

    assert outbox.lease("a", None, lasts_ms)
    time.sleep(lasts_ms / 1_000)
    assert outbox.lease("b", None, lasts_ms)


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
