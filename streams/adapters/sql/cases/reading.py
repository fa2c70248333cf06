"""Cases as they are read, each with the cluster that it is in now."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, Select, bindparam, or_, select

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.round_trip import answered
from streams.adapters.sql.tables import cases, claims, clusters, decisions
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
_TO_CHANGE = (
    select(*CASE_COLUMNS, clusters.c.request_id.is_not(None))
    .outerjoin_from(cases, clusters, clusters.c.request_id == cases.c.request_id)
    .where(or_(cases.c.case_id == bindparam("name"), cases.c.request_id == bindparam("name")))
    .order_by(cases.c.case_id)  # whoever holds several cases takes them in this order
    .with_for_update(of=cases)
)
"""Case and cluster in one statement: of most cases the cluster is the request alone, and nothing more is asked."""
_DECIDED = select(decisions.c.verdict).where(decisions.c.request_id == bindparam("name")).limit(1)


def cases_of(connection: Connection, lists: ArrayParameters, persons: Collection[str]) -> list[str]:
    """Return the ids of the cases of these persons, whether decided or not.

    They are found by the persons' claims: cases have no index by person, and PostgreSQL would read all of them.
    """
    claimed = select(claims.c.request_id).where(lists.among(claims.c.person)).distinct()
    requests = connection.execute(claimed, lists.given(persons)).scalars().all()
    own = select(cases.c.case_id).where(lists.among(cases.c.request_id), lists.among(cases.c.person, "persons"))
    return list(connection.execute(own, lists.given(requests) | lists.given(persons, "persons")).scalars())


def case_to_change(connection: Connection, clusters: ClusterRows, name: str) -> Case:
    """Return the case that is meant by its own id, or by that of its request; PostgreSQL holds back all who change it.

    :class:`OperatorError`, with what to do, where there is none, or the request has several.
    """
    rows = answered(connection, lambda trip: trip.ask(_TO_CHANGE, {"name": name}, list))
    found = {row[0]: row for row in rows}
    if not found:
        raise _none_of(connection, name)
    if name not in found and len(found) > 1:
        raise _several(name, list(found))
    *values, linked = found.get(name) or rows[0]
    row = dict(zip(COLUMNS, values, strict=True))
    root = row["request_id"]
    return as_case(row, clusters.around(connection, {root}).root(root) if linked else root)


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


def ids_of(connection: Connection, name: str) -> list[str]:
    """Return the ids of the cases of a request, or the one that is meant by its own id.

    :class:`NotFound`, with what to do, where there is none.
    """
    found = list(connection.execute(_IDS_OF_NAME, {"name": name}).scalars())
    if not found:
        raise _none_of(connection, name)
    return [name] if name in found else found


def _several(name: str, found: Sequence[str]) -> OperatorError:
    return OperatorError(f"request {name} has {len(found)} cases: name one of them: {', '.join(found)}")


def _none_of(connection: Connection, name: str) -> NotFound:
    if connection.execute(_DECIDED, {"name": name}).scalar() is not None:
        msg = f"request {name} was decided CLEAR: it has no case"
    else:
        msg = f"there is no case {name}: refund-sentinel case list shows them"
    return NotFound(msg)
