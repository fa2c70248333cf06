"""Sessions, locks, keys and answers under a clock that was a day off: none lasts longer, none is forgotten sooner."""

import pytest
from sqlalchemy import Engine

from schemas.units import DAY_MS, MINUTE_MS
from streams.access.accounts import Account, Locked
from streams.access.sessions import IDLE_MS, LONGEST_MS, RENEW_MS
from streams.access.wrong_passwords import LONGEST_PAUSE_MS
from streams.clock import now_ms
from tests.contract.console.door import Door
from tests.contract.sql import Database

NOW_MS = 1_790_000_000_000
AHEAD = pytest.mark.parametrize("ahead_ms", [3 * MINUTE_MS, 7 * 60 * MINUTE_MS, DAY_MS, 400 * DAY_MS])


def an_account(door: Door, name: str = "lin") -> Account:
    door.uses.accounts.create(name, ["reviewer"], by="t", now_ms=1, password="right")
    opened = door.uses.accounts.check(name, "right", NOW_MS)
    assert isinstance(opened, Account)
    return opened


@AHEAD
def test_a_session_of_a_time_that_has_not_come_is_none(door: Door, ahead_ms: int) -> None:
    sessions, opened = door.uses.sessions, an_account(door)
    begun = sessions.begin(opened, NOW_MS + ahead_ms)
    assert sessions.recognise(begun, NOW_MS + ahead_ms) is not None
    assert sessions.recognise(begun, NOW_MS) is None

    seen = sessions.begin(opened, NOW_MS)
    was_valid = sessions.recognise(seen, NOW_MS + ahead_ms) is not None
    assert was_valid is (ahead_ms < min(IDLE_MS, LONGEST_MS))
    assert (sessions.recognise(seen, NOW_MS) is None) is was_valid, "it was last seen in a time that has not come"

    renewed = sessions.begin(opened, NOW_MS)
    found = sessions.recognise(renewed, NOW_MS)
    assert found is not None
    later = sessions.renewed(found[0], NOW_MS + max(ahead_ms, RENEW_MS))
    assert later is not None
    assert sessions.recognise(later, NOW_MS) is None
    assert sessions.recognise(renewed, NOW_MS) is None, "nor does its old token hold so long"


@pytest.mark.parametrize("apart_ms", [-MINUTE_MS, 0, MINUTE_MS])
def test_two_consoles_whose_clocks_are_a_minute_apart_know_each_others_sessions(door: Door, apart_ms: int) -> None:
    begun = door.uses.sessions.begin(an_account(door), NOW_MS)

    assert door.uses.sessions.recognise(begun, NOW_MS + apart_ms) is not None


@AHEAD
@pytest.mark.parametrize("name", ["lin", "nobody-of-this-name"])
def test_a_name_that_was_locked_by_a_clock_that_was_ahead_is_open_once_it_is_right(
    door: Door, name: str, ahead_ms: int
) -> None:
    an_account(door)
    tried = [door.uses.accounts.check(name, "wrong", NOW_MS + ahead_ms + LONGEST_PAUSE_MS) for _ in range(7)]
    assert isinstance(tried[-1], Locked)

    again = door.uses.accounts.check(name, "right", NOW_MS)

    assert isinstance(again, Account) is (name == "lin")
    assert not isinstance(again, Locked)


def test_an_answer_is_not_forgotten_by_a_clock_that_is_a_day_ahead(door: Door, database: Database, case: str) -> None:
    key = {"headers": {"Idempotency-Key": "k-1"}}
    first = door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "whole"}, **key)

    door.uses.once.purge(now_ms() + DAY_MS)
    again = door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "whole"}, **key)

    assert (again.status_code, again.content) == (200, first.content)
    assert database.rows("SELECT count(*) FROM audit WHERE action = 'STATEMENT_MADE'") == [(1,)]


def test_a_key_ends_by_the_clock_at_hand_and_is_whole_again_once_that_is_right(door: Door, engine: Engine) -> None:
    del engine
    made = door.uses.keys.create("k", ["platform"], by="x", now_ms=NOW_MS, expires_at_ms=NOW_MS + DAY_MS)

    assert door.uses.keys.recognise(made.key, NOW_MS + 2 * DAY_MS) is None
    assert door.uses.keys.recognise(made.key, NOW_MS) is not None
    assert door.uses.keys.recognise(made.key, NOW_MS - DAY_MS) is not None
