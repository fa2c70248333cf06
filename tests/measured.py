"""Which tests count for coverage: those that come to the measured code on purpose, by an example of their own.

Python runs at half its speed while it is watched. Drawn examples go through the same lines a hundred times over, and
tests of these folders walk through the measured code by the way: what they reach, other tests say in so many words.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import is_hypothesis_test

BY_THE_WAY = tuple(
    f"tests/unit/{folder}" for folder in ("bench/", "demo/", "deploy/", "webhooks/", "wording/", "test_")
)


def measured(nodeid: str, test: Callable[..., Any] | None) -> bool:
    """Return whether what a test goes through counts as covered."""
    return not nodeid.startswith(BY_THE_WAY) and not is_hypothesis_test(test)
