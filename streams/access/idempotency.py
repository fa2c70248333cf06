"""Writes that are done once: the answer to an idempotency key is stored in the transaction that did the work."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from schemas.units import DAY_MS
from streams.errors import Invalid, OperatorError

KEEP_MS = 2 * DAY_MS
"""How long an answer is kept: a repeat after that is a new call.

Promised is a day; under a clock that is a day ahead for a while, none is forgotten sooner than that.
"""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered, as it goes over the wire.

    ``again`` is the body that a repeat gets where ``body`` holds a secret, which is kept nowhere; None: the same.
    """

    status: int
    body: bytes = b""
    again: bytes | None = None
    media_type: str = "application/json"
    etag: str | None = None
    location: str | None = None


class Reserved(Protocol):
    """One key of one caller, which nobody else uses until the transaction ends."""

    @property
    def digest(self) -> bytes | None:
        """The digest of the call that came first under this key; None: this is it."""

    def take(self, digest: bytes) -> None:
        """Store of which call the key is, before that is answered."""

    @property
    def answer(self) -> Answer | None:
        """What that call was answered; None: nothing yet."""

    def keep(self, digest: bytes, answer: Answer) -> None:
        """Store the answer, together with everything that the transaction did."""


class Answers(Protocol):
    """Where answers are kept; calls block."""

    def reserved(self, account: str, key: str, now_ms: int) -> AbstractContextManager[Reserved]:
        """Give a transaction, which every use case called inside joins; what is raised undoes all of it."""

    def part(self) -> AbstractContextManager[object]:
        """Give a part of the transaction at hand: what is raised undoes the part alone."""

    def purge(self, before_ms: int) -> int:
        """Return how many answers were deleted that are older than this."""


Failed = Callable[[OperatorError], Answer]


class Once:
    """Does a piece of work once for each key."""

    def __init__(self, answers: Answers, failed: Failed) -> None:
        """``failed`` gives the answer that says what was wrong with a call."""
        self._answers = answers
        self._failed = failed

    def answer(self, account: str, key: str, digest: bytes, now_ms: int, work: Callable[[], Answer]) -> Answer:
        """Return what ``work`` answers, or what it answered when this key came first.

        ``digest`` is that of the whole call: raises :class:`Invalid` when another call came under the key. What was
        wrong with a call is an answer like any other. Errors of the database leave nothing behind.
        """
        with self._answers.reserved(account, key, now_ms) as reserved:
            _require_same(reserved, digest)
            if reserved.answer is not None:
                return reserved.answer
            answer = self._done(work)
            reserved.keep(digest, _as_kept(answer))
            return answer

    def take(self, account: str, key: str, digest: bytes, now_ms: int) -> Answer | None:
        """Take the key for a call that does something before the transaction of its answer.

        Return what it was answered when the key came first; None: nothing yet, so it is to be done, or
        done again after a crash. Errors as of :meth:`answer`.
        """
        with self._answers.reserved(account, key, now_ms) as reserved:
            _require_same(reserved, digest)
            reserved.take(digest)
            return reserved.answer

    def purge(self, now_ms: int) -> int:
        """Return how many answers were deleted because their time is over."""
        return self._answers.purge(now_ms - KEEP_MS)

    def _done(self, work: Callable[[], Answer]) -> Answer:
        try:
            with self._answers.part():
                return work()
        except OperatorError as exc:
            return self._failed(exc)


def _require_same(reserved: Reserved, digest: bytes) -> None:
    if reserved.digest not in {None, digest}:
        msg = "another call was made under this Idempotency-Key: give each call a key of its own"
        raise Invalid(msg)


def _as_kept(answer: Answer) -> Answer:
    return answer if answer.again is None else msgspec.structs.replace(answer, body=answer.again, again=None)
