"""Requests as platforms send them, for every benchmark, which knows its own data by the prefix of their ids."""

import random
from collections.abc import Sequence

from schemas.records import ClaimMedium, ReferenceMedium, RefundRequested, StatedReason
from schemas.units import DAY_MS

PREFIX = "bench-"
"""Every request id of a bench begins with it."""
MERCHANTS = 97
PRODUCTS = 997
LISTED_BEFORE_MS = DAY_MS


def claim(
    request_id: str, buyer_id: str, at_ms: int, photo: str, references: Sequence[str], chance: random.Random
) -> RefundRequested:
    """Return one request for a refund, with one claim photo and references that were listed a day earlier.

    ``request_id`` begins with :data:`PREFIX`; photos are keys in the media store; ``at_ms`` is when it was requested.
    """
    product = chance.randrange(PRODUCTS)
    return RefundRequested(
        request_id=request_id,
        order_id=f"o-{request_id}",
        buyer_id=buyer_id,
        merchant_id=f"m-{product % MERCHANTS}",
        product_id=f"p-{product}",
        category="ceramics",
        kind="refund_only",
        amount_minor=chance.randrange(1_000, 20_000),
        currency="CNY",
        requested_at_ms=at_ms,
        orders_30d=chance.randrange(5, 60),
        reason=StatedReason(code="DAMAGED", text="杯子到货时已经裂了，盒子也湿了"),
        claim_media=[ClaimMedium(media_id="c1", uri=photo, capture_source="album")],
        reference_media=[
            ReferenceMedium(media_id=f"r{number}", uri=uri, registered_at_ms=at_ms - LISTED_BEFORE_MS)
            for number, uri in enumerate(references, 1)
        ],
    )
