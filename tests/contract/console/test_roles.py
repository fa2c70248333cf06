"""Every route with every role, as the table says; the table is the only place that says it."""

from typing import Any

from streams.access.roles import Role
from streams.console.routes import ROUTES, Route
from tests.contract.console.door import Door, scope_of

CLOSED = {401, 403, 303}


def called(door: Door, route: Route, role: Role | None) -> int:
    unknowns = dict.fromkeys(route.pattern.groupindex, "none")
    body: dict[str, Any] = {"json": {}} if route.method in {"POST", "PUT"} else {}
    headers = {} if role is None else {"Authorization": f"Bearer {door.key(scope_of(role))}"}
    answer = door.at(route.method, route.path.format_map(unknowns), headers=headers, **body)
    if answer.status_code == 303 and not answer.headers["Location"].startswith("/sign-in?next="):
        return 200  # a page led on to another page
    return answer.status_code


def test_every_route_lets_in_exactly_the_roles_of_the_table_and_answers_without_a_fault(door: Door) -> None:
    answers = {(route.name, role): called(door, route, role) for route in ROUTES for role in Role}

    let_in = {asked for asked, status in answers.items() if status not in CLOSED}
    listed = {(one.name, role) for one in ROUTES for role in (set(Role) if one.roles is None else one.roles)}
    assert let_in == listed
    assert {asked: status for asked, status in answers.items() if status >= 500} == {}


def test_every_route_that_has_roles_is_closed_to_whoever_is_not_known(door: Door) -> None:
    closed = {route.name for route in ROUTES if called(door, route, None) in CLOSED}

    assert closed == {route.name for route in ROUTES if route.roles is not None}
