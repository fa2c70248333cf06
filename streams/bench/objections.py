"""How long a merchant's objection takes, in one call: what a machine cleared becomes a case."""

import os
import time
from collections.abc import Sequence

import urllib3

from schemas.codec import decode
from schemas.records import RefundDecided
from streams.bench.figures import Figure, percentile, spread_ms
from streams.errors import OperatorError
from streams.ports import StoredDecision

OBJECTIONS = 100
GOAL_MS = 200
ANSWER_S = 30.0
PLATFORM = "platform"
"""What the key may do by which the calls are made."""


def cleared(stored: Sequence[StoredDecision]) -> list[str]:
    """Return the requests among these decisions that a machine cleared."""
    decisions = (decode(RefundDecided, one.message) for one in stored)
    return [one.request_id for one in decisions if one.verdict == "CLEAR"]


def objection_figure(address: str, key: str, requests: Sequence[str], of: str) -> Figure:
    """Return how long calls take, one after the other, each on another of the ``requests``, which are cleared.

    Raises :class:`OperatorError` where one does not open a case, or there is none.
    """
    http = urllib3.PoolManager(timeout=ANSWER_S, retries=False, headers={"Authorization": f"Bearer {key}"})
    load, taken = os.getloadavg()[0], []
    for request_id in requests[:OBJECTIONS]:
        begun = time.monotonic()
        where = f"{address}/api/v1/requests/{request_id}/objections"
        told = http.request("POST", where, json={"text": "packed whole", "media_id": "c1"})
        taken.append(time.monotonic() - begun)
        if told.status != 200 or not told.json()["opened"]:  # noqa: PLR2004 - anything else is a fault
            msg = f"an objection to {request_id} is answered {told.status}: {told.data[:200]!r}"
            raise OperatorError(msg)
    if not taken:
        msg = "the machine cleared nothing to which one could object"
        raise OperatorError(msg)
    return Figure(
        measure=f"an objection to a CLEAR by API (p95), one after the other, {of}",
        value=round(1_000 * percentile(taken, 0.95), 1),
        unit="ms",
        load=load,
        at_most=GOAL_MS,
        parts=spread_ms(taken) | {"asked": len(taken)},
    )
