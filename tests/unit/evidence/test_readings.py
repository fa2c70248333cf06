"""Readings are what they mean, whatever measured them: else they could not be written to a topic."""

import msgspec
import numpy as np
import pytest

from streams.evidence.readings import measured


@pytest.mark.parametrize(
    ("value", "written"), [(np.float64(0.5), b"0.5"), (np.int64(3), b"3"), (np.bool_(1), b"true"), (0.25, b"0.25")]
)
def test_what_numpy_measured_can_be_written(value: float, written: bytes) -> None:
    assert msgspec.json.encode(measured("share", value).value) == written
