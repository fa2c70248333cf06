"""Cases as they are read, each with the cluster that it is in now."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, Select, bindparam, or_, select

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.tables import cases, claims, decisions
from streams.cases.asked import Asked
from streams.cases.case import Case
from streams.cases.looks import Look
from streams.cases.states import CaseState
from streams.errors import NotFound, OperatorError

COLUMNS = [name for name in Case.__struct_fields__ if name != "cluster_id"]
"""What a row of cases holds: the cluster that a case is in follows from its request."""
NOTHING_ASKED = "[]"
CASE_COLUMNS = [cases.c[name] for name in COLUMNS]

_OF_NAME = (
    select(*CASE_COLUMNS)
    .where(or_(cases.c.case_id == bindparam("name"), cases.c.request_id == bindparam("name")))
    .order_by(cases.c.opened_at_ms.desc(), cases.c.case_id.desc())
)
_IDS_OF_NAME = _OF_NAME.with_only_columns(cases.c.case_id)
_DECIDED = select(decisions.c.verdict).where(decisions.c.request_id == bindparam("name")).limit(1)


def cases_of(connection: Connection, lists: ArrayParameters, persons: Collection[str]) -> list[str]:
    """Return the ids of the cases of these persons, whether decided or not.

    They are found by the persons' claims: cases have no index by person, and PostgreSQL would read all of them.
    """
    claimed = select(claims.c.request_id).where(lists.among(claims.c.person)).distinct()
    requests = connection.execute(claimed, lists.given(persons)).scalars().all()
    own = select(cases.c.case_id).where(lists.among(cases.c.request_id), lists.among(cases.c.person, "persons"))
    return list(connection.execute(own, lists.given(requests) | lists.given(persons, "persons")).scalars())


def read_case(connection: Connection, clusters: ClusterRows, case_id: str, *, to_change: bool = False) -> Case:
    """Return the case of this id, which is there; ``to_change`` holds back on PostgreSQL whoever else wants that."""
    statement = select(*CASE_COLUMNS).where(cases.c.case_id == case_id)
    [case] = read_cases(connection, clusters, statement.with_for_update() if to_change else statement)
    return case


def read_cases(
    connection: Connection, clusters: ClusterRows, statement: Select[Any], given: Mapping[str, Any] | None = None
) -> list[Case]:
    """Return the cases whose :data:`CASE_COLUMNS` a statement gives."""
    rows = connection.execute(statement, given or {}).mappings().all()
    around = clusters.around(connection, {row["request_id"] for row in rows})
    return [as_case(row, around.root(row["request_id"])) for row in rows]


def as_case(row: RowMapping | Mapping[str, Any], cluster_id: str) -> Case:
    """Return the case of a row of :data:`CASE_COLUMNS`."""
    read = {
        "state": CaseState(row["state"]),
        "reason_codes": tuple(row["reason_codes"].split()),
        "look": Look(row["look"]),
        "asked": () if row["asked"] == NOTHING_ASKED else msgspec.json.decode(row["asked"], type=tuple[Asked, ...]),
    }
    return Case(**{**row, **read}, cluster_id=cluster_id)


def named_case(connection: Connection, clusters: ClusterRows, name: str) -> Case:
    """Return the case of this id, or the newest of the request of this id; :class:`NotFound` where there is none."""
    found = read_cases(connection, clusters, _OF_NAME, {"name": name})
    if not found:
        raise _none_of(connection, name)
    return next((one for one in found if one.case_id == name), found[0])


def id_of(connection: Connection, name: str) -> str:
    """Return the id of the case that is meant by its own id, or by that of its request.

    :class:`OperatorError`, with what to do, where there is none, or the request has several.
    """
    found = ids_of(connection, name)
    if len(found) > 1:
        msg = f"request {name} has {len(found)} cases: name one of them: {', '.join(found)}"
        raise OperatorError(msg)
    return found[0]


def ids_of(connection: Connection, name: str) -> list[str]:
    """Return the ids of the cases of a request, or the one that is meant by its own id; errors as of :func:`id_of`."""
    found = list(connection.execute(_IDS_OF_NAME, {"name": name}).scalars())
    if not found:
        raise _none_of(connection, name)
    return [name] if name in found else found


def _none_of(connection: Connection, name: str) -> NotFound:
    if connection.execute(_DECIDED, {"name": name}).scalar() is not None:
        msg = f"request {name} was decided CLEAR: it has no case"
    else:
        msg = f"there is no case {name}: refund-sentinel case list shows them"
    return NotFound(msg)
