"""A webhook's signature, checked as its receiver would, and its pauses."""

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from streams.webhooks.dispatch import ATTEMPTS, after
from streams.webhooks.records import Delivery, DeliveryState, Posted
from streams.webhooks.signing import signature

NOW_MS = 1_790_000_000_000


def fits(header: str, secret: str, body: bytes) -> bool:
    """Whether a receiver who knows one secret takes this."""
    at, *signed = [part.partition("=")[2] for part in header.split(",")]
    wanted = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return wanted in signed


def test_whoever_knows_one_of_the_secrets_finds_that_it_fits() -> None:
    header = signature(["new", "old"], 1_790_000_000, b'{"event":"DECIDED"}')

    assert fits(header, "new", b'{"event":"DECIDED"}')
    assert fits(header, "old", b'{"event":"DECIDED"}')
    assert not fits(header, "other", b'{"event":"DECIDED"}')
    assert not fits(header, "new", b'{"event":"CLOSED"}')


@given(st.integers(0, 2**32), st.integers(0, 2**32), st.binary(max_size=50))
def test_another_time_is_another_signature(one: int, other: int, body: bytes) -> None:
    assert (signature(["s"], one, body) == signature(["s"], other, body)) == (one == other)


def a_delivery(attempts: int = 0) -> Delivery:
    return Delivery(
        delivery_id="w.1",
        webhook_id="w",
        state=DeliveryState.WAITING,
        attempts=attempts,
        created_at_ms=NOW_MS,
        next_at_ms=NOW_MS,
        status=None,
        error=None,
        body=b"{}",
    )


def test_what_is_taken_is_over_and_what_is_not_waits_twice_as_long_each_time_until_it_is_given_up() -> None:
    assert after(a_delivery(), Posted(status=204), NOW_MS).state is DeliveryState.DELIVERED

    delivery, pauses = a_delivery(), list[int]()
    while delivery.state is DeliveryState.WAITING:
        delivery = after(delivery, Posted(status=500), NOW_MS)
        pauses.append(delivery.next_at_ms - NOW_MS)
    assert delivery.state is DeliveryState.FAILED
    assert len(pauses) == ATTEMPTS
    assert pauses[:3] == [5_000, 10_000, 20_000]
    assert max(pauses) == 6 * 3_600_000
    assert sum(pauses[:-1]) > 86_400_000
