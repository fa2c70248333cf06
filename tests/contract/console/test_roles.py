"""Every route with every role, as the table says; the table is the only place that says it."""

import re
from typing import Any

import pytest

from streams.access.roles import Role
from streams.console.routes import ROUTES, Route
from tests.contract.console.door import Door, scope_of

CLOSED = {401, 403, 303}


def called(door: Door, route: Route, *scopes: str) -> int:
    unknowns = dict.fromkeys(route.pattern.groupindex, "none")
    body: dict[str, Any] = {"json": {}} if route.method in {"POST", "PUT"} else {}
    headers = {"Authorization": f"Bearer {door.key(*scopes)}"} if scopes else {}
    answer = door.at(route.method, route.path.format_map(unknowns), headers=headers, **body)
    if answer.status_code == 303 and not answer.headers["Location"].startswith("/sign-in?next="):
        return 200  # a page led on to another page
    return answer.status_code


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # who is let in is asked of no database
def test_every_route_lets_in_exactly_the_roles_of_the_table_and_answers_without_a_fault(door: Door) -> None:
    answers = {(route.name, role): called(door, route, scope_of(role)) for route in ROUTES for role in Role}

    let_in = {asked for asked, status in answers.items() if status not in CLOSED}
    listed = {(one.name, role) for one in ROUTES for role in (set(Role) if one.roles is None else one.roles)}
    assert let_in == listed
    assert {asked: status for asked, status in answers.items() if status >= 500} == {}


def test_every_route_answers_without_a_fault_whoever_may_call_it(door: Door) -> None:
    everything = [scope_of(role) for role in Role]

    answers = {route.name: called(door, route, *everything) for route in ROUTES}

    assert {name: status for name, status in answers.items() if status >= 500 or status in CLOSED} == {}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_every_route_that_has_roles_is_closed_to_whoever_is_not_known(door: Door) -> None:
    closed = {route.name for route in ROUTES if called(door, route) in CLOSED}

    assert closed == {route.name for route in ROUTES if route.roles is not None}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_head_of_an_answer_is_that_of_the_whole_one(door: Door, case: str) -> None:
    """As what watches a service from outside asks for it, and who balances calls; a stream has no end to wait for."""
    named = {"case_id": case, "request_id": "rr-1"}
    for route in ROUTES:
        address = re.sub(r"\{(\w+)\}", lambda found: named.get(found[1], "x"), route.path)
        for who in ("admin", "reviewer", None):
            if route.method != "GET":
                continue
            told = {} if who is None else {"Authorization": f"Bearer {door.key(who)}"}
            head = door.at("HEAD", address, headers=told)
            assert head.content == b"", address
            if route.lasts:
                assert head.status_code == 405, address
                continue
            whole = door.at("GET", address, headers=told)
            assert head.status_code == whole.status_code, address
            assert head.headers.get("Content-Type") == whole.headers.get("Content-Type"), address
