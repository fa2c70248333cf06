"""The end of a worker: at once and whole. What was not acknowledged is taken up again by the next one."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

import structlog

INFRASTRUCTURE = 70
"""Exit status when infrastructure failed for longer than its limit: the supervisor starts the worker again."""

log = structlog.get_logger(__name__)


class Ending:
    """Ends this process; a known reason is written down first, so that no input is suspected of it."""

    def __init__(self, leave: Callable[[int], NoReturn] = os._exit) -> None:
        """``leave`` ends the process without running anything more; tests give their own."""
        self._leave = leave
        self._before: list[Callable[[], None]] = []

    def before(self, action: Callable[[], None]) -> None:
        """Run ``action`` before the process ends for a known reason."""
        self._before.append(action)

    def end(self, reason: BaseException, status: int = INFRASTRUCTURE) -> NoReturn:
        """End the process at once: nothing half-alive may go on sending."""
        log.critical("worker ends", reason=f"{type(reason).__name__}: {reason}", exc_info=reason)
        self.leave(status)

    def leave(self, status: int) -> NoReturn:
        """End the process at once, without a word."""
        for action in self._before:
            action()
        sys.stderr.flush()
        self._leave(status)
