"""Which cases are asked for, and in which order."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from streams.cases.states import CaseState


class CaseOrder(StrEnum):
    """The order in which cases are listed."""

    NEWEST = "newest"
    """Opened last first."""
    AGE = "age"
    """Opened first first."""
    SCORE = "score"
    """The highest score first; of equals the oldest."""
    DUE = "due"
    """The soonest deadline first, those without one last; of equals the oldest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Parties who see only their own cases."""

    merchants: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Which cases are listed; what is None filters nothing. Times are when cases were opened, in Unix milliseconds.

    ``blind``: whoever asks decides cases, and must not see what another verdict led to (streams/cases/withholding.py).
    ``still_open``: closed cases are left out. ``own``: only cases whose merchant or buyer is among these parties; None:
    everybody's.
    """

    state: CaseState | None = None
    request_id: str | None = None
    buyer_id: str | None = None
    merchant_id: str | None = None
    order_id: str | None = None
    reason: str | None = None
    opened_after_ms: int | None = None
    opened_before_ms: int | None = None
    still_open: bool = False
    order: CaseOrder = CaseOrder.NEWEST
    blind: bool = False
    own: Own | None = None


EVERY_CASE = CaseQuery()
"""All cases, newest first."""


class Placed(Protocol):
    """What tells a case's place in a list of any order: the case, or what a reader keeps of the last one it read."""

    @property
    def case_id(self) -> str:
        """The case's id."""

    @property
    def opened_at_ms(self) -> int:
        """When it was opened."""

    @property
    def score(self) -> int:
        """How risky it is."""

    @property
    def due_at_ms(self) -> int | None:
        """When the current wait ends."""
