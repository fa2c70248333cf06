"""What a photo of the demo looks like to the evidence, and to the eye."""

from typing import Any

import cv2
import numpy as np

from streams.demo.pixels import Pixels
from streams.evidence.files.limits import Limits
from streams.evidence.looking.examination import Examination, examine
from tests.looks import compare_files

LIMITS = Limits(size_bytes=30_000_000, pixels=100_000_000)


def looked_at(photo: bytes) -> Examination:
    return examine(photo, LIMITS)


def beside(claim: bytes, listed: bytes) -> dict[str, Any]:
    """Return what a claim photo and a listing photo have in common, by reading."""
    (found,) = compare_files(claim, listed)
    return {reading.name: reading.value for reading in found.readings}


def seen(photo: bytes) -> Pixels:
    picture = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture[..., ::-1], np.uint8)
