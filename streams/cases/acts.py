"""Who does something to a case, why and when."""

from dataclasses import dataclass

SYSTEM = "system"
"""Who opens a case for a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditAct:
    """Who acts, why, and when; every entry that the act makes in the audit trail bears this name and time."""

    by: str
    note: str
    at_ms: int


def by_system(at_ms: int) -> AuditAct:
    """Return an act of the system itself: there is nothing to note."""
    return AuditAct(by=SYSTEM, note="", at_ms=at_ms)
