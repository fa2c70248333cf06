"""Composition: which worker is made of what."""

from typing import NoReturn

from streams.agents import worker
from streams.metrics import Kind
from streams.settings import Settings


async def work(kind: Kind, settings: Settings) -> NoReturn:
    """Run one worker until the process ends: with 0 after SIGTERM or SIGINT.

    Raises :class:`streams.errors.OperatorError` when a topic, the schema or the policy is not what it must be. Where
    the broker or the database cannot be reached the process ends with 70: see :func:`streams.agents.worker.run`.
    """
    await worker.run(kind, settings, builder(kind))


def builder(kind: Kind) -> worker.Build:
    """Return what attaches the stages of a kind of worker, and load what this kind needs: no other kind's libraries."""
    if kind == "enrich":
        from streams.agents.compose_enrich import build_enrich  # noqa: PLC0415 - NumPy takes 20 MB of a worker

        return build_enrich
    from streams.agents.compose_decide import build_decide  # noqa: PLC0415 - SQLAlchemy takes 45 MB of a worker

    return build_decide
