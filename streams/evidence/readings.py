"""Readings as the evidence makes them: measured, or unmeasured with why. No threshold that decides lives here."""

from typing import Any

import numpy as np

from schemas.records import Reading


def measured(name: str, value: float | str, unit: str | None = None, method: str | None = None) -> Reading:
    """Return a reading with a value; ``unit`` and ``method`` where a number needs them. ``value`` may be a bool."""
    if isinstance(value, np.generic):  # what was measured with NumPy is written as what it means
        value = value.item()
    return Reading(name=name, value=value, unit=unit, method=method)


def unmeasured(name: str, why: str, **about: Any) -> Reading:
    """Return a reading that could not be made; such a request is never cleared.

    ``why`` is a sentence for people, and one of ``streams/policy/whys.yaml``, which has its Chinese.
    """
    return Reading(name=name, unmeasured=why, **about)
