"""What a test does when its real part is missing: it skips and names it, and fails where CI=true."""

import os

import pytest

from deploy.scripts.real_parts import PARTS


def need(name: str) -> None:
    """Return when the part named ``name`` is there."""
    reason = next(part.missing() for part in PARTS if part.name == name)
    if reason is not None:
        (pytest.fail if in_ci() else pytest.skip)(f"{name}: {reason}")


def all_missing() -> dict[str, str]:
    """Return the missing parts by name, each with what to do about it."""
    return {part.name: reason for part in PARTS if (reason := part.missing())}


def in_ci() -> bool:
    return os.environ.get("CI") == "true"
