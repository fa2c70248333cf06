"""The signature of a webhook: over the time and the body, by every secret that holds: so they can be changed."""

import hmac
from collections.abc import Sequence

HEADER = "Sentinel-Signature"
DELIVERY = "Sentinel-Delivery"


def signature(secrets: Sequence[str], at_s: int, body: bytes) -> str:
    """Return the header's value: ``t=SECONDS,v1=HEX`` with one ``v1`` for each secret, the newest first.

    HEX is HMAC-SHA-256 over the seconds as digits, a full stop, and the body. Whoever receives it takes one that fits
    and a time of the last few minutes, and drops a delivery id that came before.
    """
    signed = f"{at_s}.".encode() + body
    return ",".join([f"t={at_s}", *(f"v1={hmac.digest(one.encode(), signed, 'sha256').hex()}" for one in secrets)])
