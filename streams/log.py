"""Log lines: one event each, as JSON for machines or in colour for people. No content of requests is ever logged."""

import logging
import os
import socket
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog

from streams.log_limit import LimitedRate

if TYPE_CHECKING:
    from streams.settings import Settings

NOISY = ("faust", "mode", "aiokafka", "alembic", "streams.agents.transport")
"""Libraries, and what Faust says in our name, that tell more than anybody reads."""


class _Handler(logging.StreamHandler[Any]):
    """Writes to standard error; ``for_machines`` as JSON."""

    def __init__(self, *, for_machines: bool) -> None:
        super().__init__(sys.stderr)
        self.for_machines = for_machines
        self.addFilter(LimitedRate())


def configure(settings: "Settings", kind: str) -> None:
    """Send our own and every library's log lines to standard error in one format.

    Each carries the ``kind`` of process and the ``instance``: the name that the settings give it, else one of its host
    and its folder, which no two workers share.
    """
    folder = settings.data_dir.name.strip(".")
    about = {"kind": kind, "instance": settings.instance or f"{socket.gethostname()}-{folder}"}
    _send(settings.log_format == "json", settings.log_level, about)


def configure_without_settings(kind: str) -> None:
    """The same, where the settings themselves are what is wrong: as much of them as can be told."""
    about = {"kind": kind, "instance": os.environ.get("SENTINEL_INSTANCE") or socket.gethostname()}
    _send(os.environ.get("SENTINEL_LOG_FORMAT") != "console", "info", about)


def for_machines() -> bool:
    """Return whether this process writes its log as JSON: its last words belong into it then."""
    return any(isinstance(one, _Handler) and one.for_machines for one in logging.getLogger().handlers)


def beside_output() -> None:
    """Send our own log lines to standard error as people read them: standard output is a command's answer."""
    # structlog's own would show the variables of each frame of a traceback, and with them what a request holds.
    plain = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.set_exc_info,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            plain,
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _send(as_json: bool, level_name: str, about: Mapping[str, str]) -> None:  # noqa: FBT001 - ours alone
    level = getattr(logging, level_name.upper())
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(("left_out",)),
        _Adding(about),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = _Handler(for_machines=as_json)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    threading.excepthook = _say_what_a_thread_ended_on


class _Adding:
    """Adds the same fields to every line, of libraries' own threads too."""

    def __init__(self, about: Mapping[str, str]) -> None:
        self._about = about

    def __call__(self, _logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        for name, value in self._about.items():
            event.setdefault(name, value)
        return event


def _say_what_a_thread_ended_on(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread is not None else "?"
    found = (ended.exc_type, ended.exc_value, ended.exc_traceback)
    structlog.get_logger(__name__).critical("a thread ended", thread=name, exc_info=found)
