"""A page of a list of cases, as a statement."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal_column, or_, select, tuple_

from streams.adapters.sql.cases.golden_views import not_as_it_is
from streams.adapters.sql.cases.reading import CASE_COLUMNS
from streams.adapters.sql.tables import cases, photo_matches
from streams.cases.case import Case
from streams.cases.looks import Look
from streams.cases.record.query import CaseOrder, CaseQuery, Own, Placed, asked_for
from streams.cases.reviewing.withholding import KNOWN_FORGERY, state_shown
from streams.cases.states import ENDED, CaseState

NO_DEADLINE_MS = 2**62
"""Where a case without a deadline stands among those with one: behind all of them."""

_OPEN: ColumnElement[bool] = cases.c.state != literal_column(f"'{CaseState.CLOSED}'")
"""Written out: an index of open cases alone serves what says so in the same words."""

Key = tuple[ColumnElement[Any], Callable[[Placed], int]]
_OPENED: Key = (cases.c.opened_at_ms, lambda case: case.opened_at_ms)
_DUE: Key = (
    func.coalesce(cases.c.due_at_ms, literal_column(str(NO_DEADLINE_MS))),
    lambda case: NO_DEADLINE_MS if case.due_at_ms is None else case.due_at_ms,
)
_RISK: Key = (-cases.c.score, lambda case: -case.score)
_KEYS: Mapping[CaseOrder, tuple[Key, ...]] = {
    CaseOrder.NEWEST: (_OPENED,),
    CaseOrder.AGE: (_OPENED,),
    CaseOrder.SCORE: (_RISK, _OPENED),
    CaseOrder.DUE: (_DUE, _OPENED),
}
_forgery = cases.alias("forgery")


def page_of(query: CaseQuery, after: Placed | None, size: int) -> Select[Any]:
    """Return the statement that gives at most ``size`` cases of a query, from the one that follows ``after`` on."""
    keys, newest = _KEYS[query.order], query.order is CaseOrder.NEWEST
    columns = [*(column for column, _ in keys), cases.c.case_id]
    ordered = [column.desc() if newest else column.asc() for column in columns]
    statement = select(*CASE_COLUMNS).where(*_conditions(query)).order_by(*ordered).limit(size)
    if after is None:
        return statement
    place, last = tuple_(*columns), (*(value(after) for _, value in keys), after.case_id)
    return statement.where(place < last if newest else place > last)


def merged(found: list[Case], own: Iterable[Case], query: CaseQuery, after: Placed | None, size: int) -> list[Case]:
    """Return a page of what was ``found`` and of golden cases as their reviewer sees them (``own``), in order."""
    keys, newest = _KEYS[query.order], query.order is CaseOrder.NEWEST

    def place(case: Placed) -> tuple[Any, ...]:
        return (*(value(case) for _, value in keys), case.case_id)

    asked = [case for case in own if asked_for(case, query)]
    if after is not None:
        last = place(after)
        asked = [case for case in asked if (place(case) < last if newest else place(case) > last)]
    return sorted([*found, *asked], key=place, reverse=newest)[:size] if asked else found


def _conditions(query: CaseQuery) -> list[ColumnElement[bool]]:
    equal = {
        cases.c.request_id: query.request_id,
        cases.c.order_id: query.order_id,
        cases.c.buyer_id: query.buyer_id,
        cases.c.merchant_id: query.merchant_id,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    states = [] if query.state is None else _states(query.state, blind=query.blind)
    if query.state is not None:
        found.append(cases.c.state.in_(states))
    if query.still_open or (query.state is not None and CaseState.CLOSED.value not in states):
        found.append(_OPEN)
    elif query.viewer is not None:
        found.append(~not_as_it_is(query.viewer))
    if query.blind:
        found.append(~TELLS_AN_APPEALED_VERDICT)
    if query.own is not None:
        found.append(_own(query.own))
    if query.reason is not None:
        found.append(has_reason(query.reason))
    if query.opened_after_ms is not None:
        found.append(cases.c.opened_at_ms > query.opened_after_ms)
    if query.opened_before_ms is not None:
        found.append(cases.c.opened_at_ms < query.opened_before_ms)
    return found


def _own(own: Own) -> ColumnElement[bool]:
    kinds = [(cases.c.merchant_id, own.merchants), (cases.c.buyer_id, own.buyers)]
    return or_(false(), *(column.in_(names) for column, names in kinds if names))


def has_reason(code: str) -> ColumnElement[bool]:
    """Return the condition that a case has a reason; codes are joined by one space."""
    return (" " + cases.c.reason_codes + " ").contains(f" {code} ", autoescape=True)


_MET_ITS_PHOTO = exists().where(
    photo_matches.c.request_id == cases.c.request_id,
    photo_matches.c.request_digest == cases.c.request_digest,
    photo_matches.c.earlier_request_id == _forgery.c.request_id,
    _forgery.c.look == Look.APPEAL.value,
    _forgery.c.state.not_in(ENDED),
)
TELLS_AN_APPEALED_VERDICT: ColumnElement[bool] = or_(
    and_(
        cases.c.opened_for.is_not(None),
        exists().where(_forgery.c.case_id == cases.c.opened_for, _forgery.c.state.not_in(ENDED)),
    ),
    and_(has_reason(KNOWN_FORGERY), _MET_ITS_PHOTO),
)
"""That a case was opened for a verdict that is appealed, or that its photo is one that such a verdict found forged."""


def _states(state: CaseState, *, blind: bool) -> list[str]:
    """Return the states that are meant by one; the blind are shown several as one."""
    return [one.value for one in CaseState if (state_shown(one) if blind else one) is state]
