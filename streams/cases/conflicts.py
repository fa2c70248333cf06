"""Conflicts of interest: who may not decide which cases."""

from typing import Literal

import msgspec

Scope = Literal["case", "merchant", "buyer", "skipped"]
"""What somebody may not be given; ``skipped``: a case that they gave back, which they may still decide."""

PASSED_OVER_MS = 24 * 3_600_000
"""How long a case that a reviewer skipped goes to others: for ever, and one that all skip would starve."""


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """A conflict of interest: ``reviewer`` may not be given one case, or any of one merchant or buyer.

    ``note`` says why. ``until_ms`` None: there is no end to it.
    """

    reviewer: str
    scope: Scope
    subject_id: str
    note: str
    named_by: str
    named_at_ms: int
    until_ms: int | None = None
