import time

import pytest

from streams.clock import is_time, now_ms
from streams.errors import OperatorError


def test_the_time_is_that_of_the_machine_in_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_796_515_200_123_999_999)
    assert now_ms() == 1_796_515_200_123


@pytest.mark.parametrize(("seconds", "day"), [(0, "1970-01-01"), (946_684_799, "1999-12-31"), (2**32, "2106-02-07")])
def test_a_clock_that_was_lost_ends_what_would_write_its_time(
    monkeypatch: pytest.MonkeyPatch, seconds: int, day: str
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: seconds * 1_000_000_000)
    with pytest.raises(OperatorError, match=f"the clock of this machine is wrong: it says {day}"):
        now_ms()


@pytest.mark.parametrize(
    ("at_ms", "over"), [(0, True), (99, True), (100, True), (101, False), (110, False), (111, True), (86_400_100, True)]
)
def test_a_wait_is_over_at_its_end_and_where_a_clock_that_was_set_back_would_make_it_longer(
    at_ms: int, *, over: bool
) -> None:
    assert is_time(at_ms, 10, 100) is over
