"""A coroutine's first step, taken at once: most are through with it, and need neither a task nor a time limit."""

from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Begun(Generic[T]):
    """A coroutine after its first step: ``through`` with its ``result``, or to be awaited for the rest, once."""

    result: T

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        """Take the first step of ``work``; what that raises passes through."""
        self._work = work
        self.through = False
        self._waits_for = self._step(partial(work.send, None))

    def __await__(self) -> Generator[Any, Any, T]:
        while not self.through:
            try:
                sent = yield self._waits_for
            except BaseException as exc:  # noqa: BLE001 - whatever comes, as a cancellation, is the coroutine's
                self._waits_for = self._step(partial(self._work.throw, exc))
            else:
                self._waits_for = self._step(partial(self._work.send, sent))
        return self.result

    def _step(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except StopIteration as done:
            self.through, self.result = True, done.value
            return None
