"""How exactly the page of a case lays the merchant's photo over a forgery of it, whichever way that was sent."""

import math
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest

from streams.adapters.photos.drawing import draw
from streams.adapters.photos.messages import Drawing, Plan
from streams.adapters.storage.evidence_store import open_evidence_store
from streams.demo.catalogue import PRODUCTS, Product, listing
from streams.demo.forgeries import Way, forge
from streams.demo.pixels import drawn, jpeg
from tests.unit.demo.decoded import seen

PIXEL = 1.0
UNKNOWN = 96
"""The grey of what a laid photo does not cover."""


@pytest.mark.parametrize("product", [PRODUCTS[0], PRODUCTS[25]], ids=["photographed", "drawn"])
@pytest.mark.parametrize("way", get_args(Way))
def test_a_forgery_of_the_demo_and_its_source_lie_over_each_other_to_a_pixel(
    tmp_path: Path, way: Way, product: Product
) -> None:
    photo, goods = listing(product, 1)
    store = open_evidence_store(tmp_path.as_uri(), 5)
    forged = forge(photo, goods, "hole", way, drawn(1, 2)).photo
    sha256 = [
        store.keep(f"catalogue/{name}", content, f"file:///{name}")[0].sha256
        for name, content in (("ours", forged), ("theirs", jpeg(photo, 92)))
    ]
    plan = Plan(
        media_url=tmp_path.as_uri(),
        media_hosts=(),
        evidence_url=tmp_path.as_uri(),
        size_bytes=30_000_000,
        pixels=50_000_000,
        memory_bytes=2_000_000_000,
        answer_s=5,
    )

    looks = [Drawing(sha256[0], None, "screen"), Drawing(sha256[0], sha256[1], "aligned")]
    ours, theirs = (seen(draw(plan, look)).mean(-1).astype(np.float32) for look in looks)
    ours[theirs == UNKNOWN] = UNKNOWN  # what the reference does not show, as around a screenshot
    shift, _ = cv2.phaseCorrelate(ours, theirs, np.asarray(cv2.createHanningWindow(ours.shape[::-1], cv2.CV_32F)))
    assert math.hypot(*shift) <= PIXEL
