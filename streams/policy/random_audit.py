"""The random audit: a share of what would be CLEAR goes to a person all the same, to know what is missed."""

import hmac
from functools import lru_cache


def drawn(key: bytes, request_id: str, share: float) -> bool:
    """Return whether a request is in the ``share`` (0 to 1): a keyed hash of its id says so, so that it repeats."""
    keyed = _keyed(key).copy()
    keyed.update(request_id.encode())
    return (int.from_bytes(keyed.digest()[:8], "big") >> 11) / 2**53 < share


@lru_cache(maxsize=8)
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")
