"""The queue: cases that wait, and a search by the ids that people have at hand."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, StringConstraints, field_validator

from streams.access.caller import Caller
from streams.access.roles import Role
from streams.cases.case import Case
from streams.cases.record.query import CaseOrder, CaseQuery
from streams.cases.states import CaseState
from streams.console.api.cases import own_query
from streams.console.api.cursors import Cursors
from streams.console.api.views import JUDGES, KNOWS_BUYERS, shown
from streams.console.endpoints import Asking, Uses, at
from streams.console.pages.case import score_hidden
from streams.console.pages.preferences import DisplayPreferences, preferences_of
from streams.console.pages.view import page
from streams.console.routes import REVIEW
from streams.console.use_cases import UseCases
from streams.policy.reasons import reasons
from streams.wording.tables import texts

ON_A_PAGE = 50
CHIPS_AT_MOST = 4
ALL = "all"
"""In place of a state: closed cases too."""

router = APIRouter()


class Wanted(BaseModel):
    """What the search asks for, as the address has it; a value that cannot be is ignored."""

    q: Annotated[str, StringConstraints(max_length=128, strip_whitespace=True)] = ""
    state: str = ""
    order: str = CaseOrder.DUE.value
    cursor: Annotated[str, StringConstraints(max_length=1_024)] | None = None
    empty: bool = False

    @field_validator("state")
    @classmethod
    def _a_state(cls, given: str) -> str:
        return given if given in {*CaseState, ALL} else ""

    @field_validator("order")
    @classmethod
    def _an_order(cls, given: str) -> str:
        return given if given in set(CaseOrder) else CaseOrder.DUE.value


@at(router, "GET /cases")
def queue(request: Request, uses: Uses, caller: Asking, wanted: Annotated[Wanted, Query()]) -> Response:
    """Return the page of cases, the soonest deadline first unless asked otherwise."""
    cursors = Cursors(CaseOrder(wanted.order))
    found = _found(uses, caller, wanted, cursors)
    rows, more = found[:ON_A_PAGE], len(found) > ON_A_PAGE
    says = preferences_of(request)
    return page(
        request,
        "queue.html",
        wanted=wanted,
        orders=[one.value for one in CaseOrder],
        rows=[row(case, caller, says) for case in rows],
        more=_address(wanted, cursors.after(rows[-1])) if more else None,
        judges=caller.has(JUDGES) and not score_hidden(uses, caller),
        may_work=caller.has(REVIEW),
        several=len(caller.parties(Role.MERCHANT)) > 1,
    )


def row(case: Case, caller: Caller, says: DisplayPreferences) -> dict[str, Any]:
    """Return a case as a line of a list, with what ``caller`` may see of it."""
    told = shown(case, caller)
    return told.model_dump() | {"why": chips(told.reasons, says)}


def chips(codes: Sequence[str], says: DisplayPreferences) -> list[str]:
    """Return a few words for each of the first reasons."""
    known = {code: kind.criterion for code, kind in reasons().reasons.items()} | dict(texts("pages/reasons"))
    words = [says.of(known[code]) if code in known else code for code in codes]
    rest = len(words) - CHIPS_AT_MOST
    return [*words[:CHIPS_AT_MOST], f"+{rest}"] if rest > 0 else words


def _found(uses: UseCases, caller: Caller, wanted: Wanted, cursors: Cursors) -> list[Case]:
    after = cursors.read(wanted.cursor)
    for query in _queries(wanted, buyers=caller.has(KNOWS_BUYERS)):
        found = uses.files.page(own_query(caller, query), after, ON_A_PAGE + 1)
        if found:
            return found
    return []


def _queries(wanted: Wanted, *, buyers: bool) -> Iterator[CaseQuery]:
    """Give what may be meant: an id is that of a request, else of an order, of a merchant, of a buyer.

    Whoever does not see whose claims these are (``buyers``) does not find them by it.
    """
    state = CaseState(wanted.state) if wanted.state not in {"", ALL} else None
    order = CaseOrder(wanted.order)
    if state is CaseState.CLOSED and order is CaseOrder.DUE:
        order = CaseOrder.AGE  # nothing closed has a deadline
    if not wanted.q:
        yield CaseQuery(state=state, still_open=not wanted.state, order=order)
        return
    yield CaseQuery(request_id=wanted.q, state=state, order=order)
    yield CaseQuery(order_id=wanted.q, state=state, order=order)
    yield CaseQuery(merchant_id=wanted.q, state=state, order=order)
    if buyers:
        yield CaseQuery(buyer_id=wanted.q, state=state, order=order)


def _address(wanted: Wanted, cursor: str) -> str:
    given = {"q": wanted.q, "state": wanted.state, "order": wanted.order, "cursor": cursor}
    return "/cases?" + urlencode({name: value for name, value in given.items() if value})
