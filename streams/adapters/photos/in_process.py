"""A photo process as the worker sees it: what it is asked.

pebble calls plain functions, so what a process holds open stands in this module; only :func:`begin` sets it, once per
process, and only pool processes call it. The worker imports this module and never what looks at photos: the libraries
for that would take half its memory.
"""

import fcntl
import multiprocessing
import os
import resource
import select
import signal
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from streams.adapters.photos.messages import Drawing, Look, Plan, Recognitions, SideBySide
from streams.ports import Examined, KnownPhoto, MediumSource, Resemblance

if TYPE_CHECKING:
    from streams.adapters.photos.examiner import Desk

EXAMINING = "streams.adapters.photos.desk_setup"
"""The module that looks at photos: the server that pool processes are forked from loads it beforehand."""
DRAWING = "streams.adapters.photos.drawing"
"""The module that draws pictures for people."""


_plan: Plan | None = None
_desk: "Desk | None" = None


def begin(plan: Plan) -> None:
    """Prepare this process: limits on memory, one thread, an end together with its parent. Opens nothing yet.

    It must not fail, else the pool would start processes for ever: what may fail waits for the first look.
    """
    global _plan  # noqa: PLW0603 - see the module
    _plan = plan
    _examining().one_thread()  # loads what is not loaded yet, before memory is limited
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a decoder stuck in C would never get to a handler
    _end_with_parent()
    resource.setrlimit(resource.RLIMIT_AS, (plan.memory_bytes, plan.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def try_out() -> None:
    """Return once this process has looked at a photo of its own; raises whatever keeps it from that."""
    _examining().try_out(_planned())


def examine(source: MediumSource, *, videos: bool) -> Look:
    """Return one look at a medium: see :meth:`streams.adapters.photos.examiner.Desk.examine`."""
    return _at_desk().examine(source, videos=videos)


def compare(claim: Examined, references: Sequence[Examined]) -> SideBySide:
    """Return what a claim has to do with its references: see :meth:`streams.adapters.photos.examiner.Desk.compare`."""
    return _at_desk().compare(claim, references)


def recognise(claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]) -> Recognitions:
    """Return what a claim has to do with earlier photos, as :meth:`.examiner.Desk.recognise` says."""
    return _at_desk().recognise(claim, references, earlier)


def draw(wanted: Drawing) -> bytes:
    """Return a picture for people: see :func:`streams.adapters.photos.drawing.draw`."""
    drawn: bytes = import_module(DRAWING).draw(_planned(), wanted)
    return drawn


def fingerprints(content: bytes) -> list[str]:
    """Return what a photo is found by: see :func:`streams.adapters.photos.drawing.fingerprints`."""
    found: list[str] = import_module(DRAWING).fingerprints(_planned(), content)
    return found


def _at_desk() -> "Desk":
    global _desk  # noqa: PLW0603 - see the module
    if _desk is None:
        _desk = _examining().open_desk(_planned())
    return _desk


def _planned() -> Plan:
    if _plan is None:
        msg = "begin() prepares a pool process before its first look"
        raise RuntimeError(msg)
    return _plan


def _examining() -> Any:
    return import_module(EXAMINING)


def _end_with_parent() -> None:
    """Ask the kernel for SIGKILL when the worker dies: then even a process that is stuck in C is no orphan.

    The worker holds the other end of this pipe. (A parent death signal would wait for the fork server, which waits
    for its children.)
    """
    worker = multiprocessing.parent_process()
    if worker is None:
        return
    pipe = worker.sentinel
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([pipe], [], [], 0)[0]:  # it died before we asked
        os._exit(1)
