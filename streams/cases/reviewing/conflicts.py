"""Conflicts of interest: who may not decide which cases."""

from typing import Literal

import msgspec

from schemas.units import DAY_MS, HOUR_MS
from streams.cases.acts import SYSTEM, AuditAct
from streams.cases.case import Case

Scope = Literal["case", "merchant", "buyer", "skipped"]
"""What somebody may not be given; ``skipped``: a case that they gave back, which they may still decide."""

PASSED_OVER_MS = DAY_MS
"""How long a case that a reviewer skipped goes to others: for ever, and one that all skip would starve."""
SKIPS_OVER_MS = HOUR_MS
"""Over which time the cases are counted that a reviewer skipped."""


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


def own_conflicts(act: AuditAct) -> list[Conflict]:
    """Return the conflicts of whoever acts and speaks for parties: they decide none of their cases, now or later."""
    scopes: dict[str, Scope] = {"merchant": "merchant", "buyer": "buyer"}
    return [
        Conflict(
            reviewer=act.by,
            scope=scopes[kind],
            subject_id=party,
            note=f"speaks for this {kind}",
            named_by=SYSTEM,
            named_at_ms=act.at_ms,
        )
        for kind, party in sorted(act.speaks_for)
    ]


def is_own(case: Case, act: AuditAct) -> bool:
    """Return whether whoever acts speaks for a party of the case."""
    return not act.speaks_for.isdisjoint({("merchant", case.merchant_id), ("buyer", case.buyer_id)})
