"""Whether a body says one thing: where a key stands twice, one program reads the first value and another the last."""

import json
from collections.abc import Sequence

from streams.errors import Invalid


def require_one_of_each(body: bytes) -> None:
    """Raise :class:`Invalid` where an object in JSON names one thing twice; what is no JSON is told elsewhere."""
    try:
        json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "body: a key stands twice in one object: give each once"
        raise Invalid(msg)
    return found
