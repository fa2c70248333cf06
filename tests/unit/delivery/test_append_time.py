"""History counts by the time at which the broker took a message; a time that cannot be it counts for nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import ContractError
from schemas.topics import CATALOGUE, REQUESTS
from streams.delivery.append_time import append_time
from streams.delivery.messages import Incoming
from tests.builders import AT_MS, DAY_MS

HOUR_MS = 3_600_000
YEAR_1999_MS, YEAR_2101_MS = 946_684_799_999, 4_133_980_800_000


def a_message(time_ms: int, *, by_broker: bool = False, topic: str = REQUESTS.name) -> Incoming:
    return Incoming(
        topic=topic,
        partition=0,
        offset=0,
        generation=1,
        key=None,
        value=None,
        timestamp_ms=time_ms,
        acknowledge=lambda: None,
        stale=lambda: False,
        by_broker=by_broker,
    )


@pytest.mark.parametrize("time_ms", [AT_MS, AT_MS + HOUR_MS, AT_MS - 15 * DAY_MS])
def test_a_senders_time_that_may_be_the_brokers_is_taken(time_ms: int) -> None:
    assert append_time(a_message(time_ms), AT_MS) == time_ms


@pytest.mark.parametrize(
    "time_ms", [-1, 0, YEAR_1999_MS, AT_MS - 16 * DAY_MS, AT_MS + HOUR_MS + 1, YEAR_2101_MS, 2**62, -(2**62)]
)
@pytest.mark.parametrize("topic", [REQUESTS.name, CATALOGUE.name])
def test_a_senders_time_that_cannot_be_the_brokers_is_refused_and_says_what_to_do(time_ms: int, topic: str) -> None:
    with pytest.raises(ContractError, match="topics create --alter-configs"):
        append_time(a_message(time_ms, topic=topic), AT_MS)


@pytest.mark.parametrize("time_ms", [AT_MS - 400 * DAY_MS, AT_MS + 10 * DAY_MS])
def test_the_brokers_own_time_is_taken_whatever_our_clock_says(time_ms: int) -> None:
    assert append_time(a_message(time_ms, by_broker=True), AT_MS) == time_ms


@pytest.mark.parametrize("time_ms", [YEAR_1999_MS, YEAR_2101_MS])
def test_a_broker_whose_clock_is_outside_of_the_contract_is_refused(time_ms: int) -> None:
    with pytest.raises(ContractError, match="the broker says"):
        append_time(a_message(time_ms, by_broker=True), AT_MS)


@pytest.mark.parametrize("by_broker", [False, True])
@given(time_ms=st.integers(-(2**63), 2**63 - 1))
def test_whatever_a_message_says_is_a_time_of_the_contract_or_refused(time_ms: int, *, by_broker: bool) -> None:
    try:
        taken = append_time(a_message(time_ms, by_broker=by_broker), AT_MS)
    except ContractError:
        return
    assert YEAR_1999_MS < taken < YEAR_2101_MS
