"""Readings as the evidence makes them. No threshold that decides lives here."""

import numpy as np

from schemas.records import Reading


def measured(name: str, value: float | str, unit: str | None = None, method: str | None = None) -> Reading:
    """Return a reading with a value; ``unit`` and ``method`` where a number needs them. ``value`` may be a bool."""
    if isinstance(value, np.generic):  # what was measured with NumPy is written as what it means
        value = value.item()
    return Reading(name=name, value=value, unit=unit, method=method)
