"""How much, how fast and how often: bodies are bounded while they come in, and calls of one account are spaced out."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

KEPT_ACCOUNTS = 10_000
WAITS_S, LEAST_BYTES_PER_S = 30.0, 2_048
"""How long a body may stand still, and how fast it has to come at least beyond that: a bad line is let pass."""


def bounded(receive: Receive, most: int) -> Receive:
    """Return ``receive``, which raises starlette's ``HTTPException`` (413) once more than ``most`` bytes came in."""
    came = 0

    async def receive_some() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large(most))
        return message

    return receive_some


def in_time(receive: Receive, waits_s: float = WAITS_S, least_bytes_per_s: float = LEAST_BYTES_PER_S) -> Receive:
    """Return ``receive``, which raises starlette's ``HTTPException`` (408) where a body stops coming, or drips.

    What comes once the body is whole, as that the caller went away, may take any time.
    """
    whole, waited_s, came = False, 0.0, 0

    async def receive_some() -> Message:
        nonlocal whole, waited_s, came
        if whole:
            return await receive()
        begun = time.monotonic()
        left_s = waits_s + came / least_bytes_per_s - waited_s
        try:
            message = await asyncio.wait_for(receive(), min(waits_s, left_s))
        except TimeoutError:
            detail = "this call did not come whole in time: send it again"
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, detail, {"Connection": "close"}) from None
        waited_s += time.monotonic() - begun
        came += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        return message

    return receive_some


def too_large(most: int) -> str:
    """Return the sentence for a body of more than ``most`` bytes."""
    return f"a call here takes at most {most:,} bytes"


class Rates:
    """One bucket of calls an account, filled steadily: two seconds' worth may come at once. Of this process alone."""

    def __init__(self, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._most = max(1.0, 2 * per_s)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, account: str) -> float:
        """Return in how many seconds the account may call again; 0: this call may go on, and is counted."""
        now = self._clock()
        left, at = self._buckets.pop(account, (self._most, now))
        left = min(self._most, left + (now - at) * self._per_s)
        allowed = left >= 1
        self._buckets[account] = (left - 1 if allowed else left, now)
        while len(self._buckets) > KEPT_ACCOUNTS:
            self._buckets.popitem(last=False)
        return 0 if allowed else (1 - left) / self._per_s
