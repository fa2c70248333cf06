"""Composition: which worker is made of what."""

from collections.abc import Coroutine
from typing import Any, NoReturn

from streams.agents import worker
from streams.metrics import Kind
from streams.settings import Settings


def work(kind: Kind, settings: Settings) -> Coroutine[Any, Any, NoReturn]:
    """Load what a worker needs, and return what runs it until the process ends: with 0 after SIGTERM or SIGINT.

    That raises :class:`streams.errors.OperatorError` when a topic, the schema or the policy is not what it must be.
    Where the broker or the database cannot be reached the process ends with 70: see :func:`streams.agents.worker.run`.
    """
    return worker.run(kind, settings, builder(kind))


def builder(kind: Kind) -> worker.Build:
    """Return what attaches the stages of a kind of worker, and load what this kind needs: no other kind's libraries."""
    if kind == "enrich":
        from streams.agents.compose_enrich import build_enrich  # noqa: PLC0415 - NumPy takes 20 MB of a worker

        return build_enrich
    from streams.agents.compose_decide import build_decide  # noqa: PLC0415 - SQLAlchemy takes 45 MB of a worker

    return build_decide
