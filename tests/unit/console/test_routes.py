"""The table of routes and roles: nothing beside it, and nothing in it alone."""

import pytest
from fastapi import APIRouter

from streams.console.app import require_listed
from streams.console.endpoints import at
from streams.console.routes import ROUTES, TABLE, Route, Table


def test_no_route_is_listed_twice() -> None:
    assert len({route.name for route in ROUTES}) == len(ROUTES)


def test_a_route_that_is_not_in_the_table_does_not_start() -> None:
    with pytest.raises(RuntimeError, match="GET /secret is not in the table"):
        at(APIRouter(), "GET /secret")
    with pytest.raises(RuntimeError, match="GET /secret"):
        require_listed([*(route.name for route in ROUTES), "GET /secret"], TABLE)


def test_a_route_that_is_in_the_table_alone_does_not_start() -> None:
    with pytest.raises(RuntimeError, match="GET /live"):
        require_listed([route.name for route in ROUTES if route.path != "/live"], TABLE)


def test_every_route_says_what_it_is_for_in_a_sentence() -> None:
    assert [route.name for route in ROUTES if not route.says.endswith(".")] == []


def test_a_path_without_unknowns_comes_before_one_with_them() -> None:
    table = Table(
        [
            Route(method="GET", path="/a/{b}", roles=None, says="any."),
            Route(method="GET", path="/a/c", roles=frozenset(), says="one."),
        ]
    )

    assert table.at("/a/c")["GET"].says == "one."
    assert table.at("/a/d")["GET"].says == "any."
    assert table.at("/a/c/d") == {}
