"""Whether a body says one thing: where a key stands twice, one program reads the first value and another the last."""

import json

from schemas.codec import one_of_each
from streams.errors import Invalid


def require_one_of_each(body: bytes) -> None:
    """Raise :class:`Invalid` where an object in JSON names one thing twice; what is no JSON is told elsewhere."""
    try:
        json.loads(body, object_pairs_hook=one_of_each, parse_int=str)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return
    except ValueError:
        msg = "body: a key stands twice in one object: give each once"
        raise Invalid(msg) from None
