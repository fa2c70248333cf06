"""The end of a worker: at once and whole. What was not acknowledged is taken up again by the next one."""

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

import structlog

from streams.errors import OperatorError, TransientError

INFRASTRUCTURE = 70
"""Exit status when infrastructure failed for longer than its limit: the supervisor starts the worker again."""

A_PERSON_MUST_ACT = 1
"""Exit status when what is wrong stays wrong however often the worker is started."""

THE_MACHINES = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EPERM}
)
"""Errors of a disk that is full, read-only or broken, of files that are open or closed to us: never a message's."""

log = structlog.get_logger(__name__)


class Shutdown:
    """Ends this process; a reason that is no input's is written down first, so that no input is suspected of it."""

    def __init__(self, leave: Callable[[int], NoReturn] = os._exit) -> None:
        """``leave`` ends the process without running anything more; tests give their own."""
        self._leave = leave
        self._before: list[Callable[[], None]] = []

    def before(self, action: Callable[[], None]) -> None:
        """Run ``action`` before the process ends for a reason that is no input's."""
        self._before.append(action)

    def settle(self) -> None:
        """Write down that the process ends for a reason that is no input's; on a full disk it ends all the same."""
        for action in self._before:
            with suppress(Exception):
                action()

    def end(self, reason: BaseException) -> NoReturn:
        """End the process at once: nothing half-alive may go on sending.

        The status tells what only a person can mend from what a fresh start may.
        """
        with suppress(Exception):
            known = isinstance(reason, TransientError | OperatorError)
            blameless = known or (isinstance(reason, OSError) and reason.errno in THE_MACHINES)
            log.critical("worker ends", reason=f"{type(reason).__name__}: {reason}", exc_info=None if known else reason)
            if blameless:
                self.settle()
            sys.stderr.flush()
        self._leave(A_PERSON_MUST_ACT if isinstance(reason, OperatorError) else INFRASTRUCTURE)

    def leave(self, status: int) -> NoReturn:
        """End the process at once because it was told to, without a word."""
        self.settle()
        self._leave(status)
