"""What a test does when its real part is missing: it skips and names it, and fails where CI=true."""

import os

import pytest

from deploy.scripts.real_parts import PARTS

lacked: dict[str, str] = {}
"""What tests of this run asked for in vain, by name, each with what to do about it: the summary names them."""


def need(name: str) -> None:
    """Return when the part named ``name`` is there."""
    reason = next(part.missing() for part in PARTS if part.name == name)
    if reason is not None:
        lacked[name] = reason
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{name}: {reason}")
