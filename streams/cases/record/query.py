"""Which cases are asked for, and in which order."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from streams.cases.case import Case
from streams.cases.quality.golden import Viewer
from streams.cases.quality.golden_showing import as_known
from streams.cases.reviewing.withholding import state_shown
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

    ``blind``: whoever asks decides cases, and must not see what another verdict led to
    (streams/cases/reviewing/withholding.py); ``viewer`` is who that is, to whom golden cases look otherwise than they
    are. ``still_open``: closed cases are left out. ``own``: only cases whose merchant or buyer is among these parties;
    None: everybody's.
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
    viewer: Viewer | None = None
    own: Own | None = None


Named = Literal["request", "order", "buyer", "merchant"]
"""What a list of cases may be asked for by its id."""


def ids_asked(query: CaseQuery) -> dict[Named, str]:
    """Return the ids that a query asks for."""
    every: dict[Named, str | None] = {
        "request": query.request_id,
        "order": query.order_id,
        "buyer": query.buyer_id,
        "merchant": query.merchant_id,
    }
    return {what: name for what, name in every.items() if name is not None}


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


def asked_for(case: Case, query: CaseQuery) -> bool:
    """Return whether the query asks for this case, which the viewer sees otherwise than it is kept."""
    case = as_known(case)
    named = (
        (case.request_id, query.request_id),
        (case.order_id, query.order_id),
        (case.buyer_id, query.buyer_id),
        (case.merchant_id, query.merchant_id),
    )
    state = state_shown(case.state) if query.blind else case.state
    return (
        all(wanted in {None, own} for own, wanted in named)
        and query.state in {None, state}
        and not (query.still_open and case.state is CaseState.CLOSED)
        and (query.reason is None or query.reason in case.reason_codes)
        and (query.opened_after_ms is None or case.opened_at_ms > query.opened_after_ms)
        and (query.opened_before_ms is None or case.opened_at_ms < query.opened_before_ms)
    )
