"""Whether a part that a worker needs answers: asked again and again, so that its absence is known before it is used."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from streams.errors import SentinelError

ASKED_EVERY_S = 2.0
ANSWER_S = 5.0


class Probe:
    """One part, and why it does not answer."""

    def __init__(self, ask: Callable[[], Awaitable[None]]) -> None:
        """``ask`` returns when the part answers, and raises a :class:`SentinelError` that says why it does not."""
        self._ask = ask
        self._asked_at: float | None = None
        self._why: str | None = None

    def away(self) -> str | None:
        """Return why the part is not there to be used; None while it is."""
        if self._why is None and self._asked_at is not None and (waits_s := monotonic() - self._asked_at) > ANSWER_S:
            return f"does not answer, for {waits_s:.0f} s now"
        return self._why

    async def run(self) -> None:
        """Ask for as long as the worker lives. What hangs is waited for: asking it anew would hang as well."""
        while True:
            self._asked_at = monotonic()
            try:
                await self._ask()
            except SentinelError as exc:
                self._why = str(exc)
            else:
                self._why = None
            self._asked_at = None
            await asyncio.sleep(ASKED_EVERY_S)
