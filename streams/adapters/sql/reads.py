"""What a decision needs to know, in a fixed number of statements whatever the size of the batch.

The statements are built once per engine. Lists go in as one parameter (an array on PostgreSQL, JSON on SQLite), so
that the text of a statement never changes.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, any_, bindparam, func, literal_column, select, text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ColumnElement, FromClause
from sqlalchemy.types import String

from streams.adapters.sql.tables import cases, claims, decisions, photo_matches, policies, policy_activations
from streams.adapters.sql.tables import request_origins as origins
from streams.errors import PolicyError
from streams.history.past import CLAIMS_READ_AT_MOST, PastClaim
from streams.ports import StoredPolicy

SHARED_LOCKS_AT_MOST = 256
"""PostgreSQL has room for some 6,400 locks by default, and a request may resemble hundreds of others."""

NO_POLICY = "no policy is active: run: refund-sentinel policy activate FILE"


@dataclass(frozen=True, slots=True, order=True)
class OpenedCase:
    """A case that another may share its cluster with; the smallest was opened first."""

    opened_at_ms: int
    case_id: str
    cluster_id: str


class Reads:
    """The statements that read for a decision, in the SQL of one database."""

    def __init__(self, dialect: str) -> None:
        self._postgresql = dialect == "postgresql"
        self._stored = select(decisions.c.request_id, decisions.c.request_digest, decisions.c.message).where(
            self._among(decisions.c.request_id)
        )
        self._origins = select(origins.c.request_id, origins.c.request_digest).where(self._among(origins.c.request_id))
        self._claims = self._claims_of_persons()
        self._forgeries = select(cases.c.person, cases.c.decided_at_ms).where(
            self._among(cases.c.person), literal_column("cases.verdict = 'FORGERY_CONFIRMED'")
        )
        found = (cases.c.opened_at_ms, cases.c.case_id, cases.c.cluster_id)
        self._cases = select(cases.c.request_id, *found).where(self._among(cases.c.request_id))
        self._followers = (
            select(photo_matches.c.earlier_request_id, *found)
            .join_from(
                photo_matches,
                cases,
                (cases.c.request_id == photo_matches.c.request_id)
                & (cases.c.request_digest == photo_matches.c.request_digest),
            )
            .where(self._among(photo_matches.c.earlier_request_id))
        )
        self._policy = (
            select(policy_activations.c.policy_sha256).order_by(policy_activations.c.activation_id.desc()).limit(1)
        )
        self._policies: dict[str, StoredPolicy] = {}

    def lock(self, connection: Connection, persons: Iterable[str], requests: set[str], earlier: set[str]) -> None:
        """Wait until nobody else decides on these persons and requests, nor on the ``earlier`` requests they match.

        One statement takes the locks in the order of their keys, so that no two transactions wait for each other;
        who only matches an earlier request shares its lock. Past :data:`SHARED_LOCKS_AT_MOST` of them are left out: two
        cases of one image that are opened at the same moment may then be in clusters of their own. On SQLite BEGIN
        IMMEDIATE has the only lock already.
        """
        if not self._postgresql:
            return
        alone = {_lock_key(b"person", name) for name in persons} | {_lock_key(b"request", name) for name in requests}
        shared = sorted({_lock_key(b"request", name) for name in earlier} - alone)[:SHARED_LOCKS_AT_MOST]
        keys = sorted([*alone, *shared])
        connection.execute(_LOCK, {"keys": keys, "alone": [key in alone for key in keys]})

    def stored(self, connection: Connection, requests: Iterable[str]) -> dict[tuple[str, str], bytes]:
        """Return the stored messages by request id and digest."""
        rows = connection.execute(self._stored, self._list(requests))
        return {(request, digest): bytes(message) for request, digest, message in rows}

    def origins(self, connection: Connection, requests: Iterable[str]) -> dict[str, str]:
        """Return the digest of the content that came first, by request id."""
        rows = connection.execute(self._origins, self._list(requests))
        return {row.request_id: row.request_digest for row in rows}

    def claims(self, connection: Connection, persons: Iterable[str], since_ms: int) -> dict[str, list[PastClaim]]:
        """Return each person's claims from ``since_ms`` on, newest first, one more than may be read at most."""
        found: dict[str, list[PastClaim]] = defaultdict(list)
        parameters = self._list(persons) | {"since_ms": since_ms}
        for person, *claim in connection.execute(self._claims, parameters):
            found[person].append(PastClaim(*claim))
        for of_person in found.values():
            of_person.sort(key=lambda claim: -claim.appended_at_ms)
        return found

    def forgeries(self, connection: Connection, persons: Iterable[str]) -> dict[str, list[int]]:
        """Return when people confirmed forgeries of each person, oldest first."""
        found: dict[str, list[int]] = defaultdict(list)
        for person, decided_at_ms in connection.execute(self._forgeries, self._list(persons)):
            found[person].append(decided_at_ms)
        return {person: sorted(times) for person, times in found.items()}

    def cases(self, connection: Connection, requests: Iterable[str]) -> dict[str, OpenedCase]:
        """Return the oldest case of each request that has one."""
        return self._oldest(connection, self._cases, requests)

    def followers(self, connection: Connection, requests: Iterable[str]) -> dict[str, OpenedCase]:
        """Return, for each request, the oldest case of another that matched one of its photos as an earlier one."""
        return self._oldest(connection, self._followers, requests)

    def active_policy(self, connection: Connection) -> StoredPolicy:
        """Return the policy that was activated last; :class:`PolicyError` when there is none."""
        sha256 = connection.execute(self._policy).scalar()
        if sha256 is None:
            raise PolicyError(NO_POLICY)
        if sha256 not in self._policies:
            row = connection.execute(select(policies.c.name, policies.c.text).where(policies.c.sha256 == sha256)).one()
            self._policies = {sha256: StoredPolicy(name=row.name, sha256=sha256, text=row.text)}
        return self._policies[sha256]

    def _oldest(self, connection: Connection, statement: Select[Any], requests: Iterable[str]) -> dict[str, OpenedCase]:
        found: dict[str, OpenedCase] = {}
        for request, *opened in connection.execute(statement, self._list(requests)):
            case = OpenedCase(*opened)
            found[request] = min(case, found.get(request, case))
        return found

    def _claims_of_persons(self) -> Select[Any]:
        wanted = (claims.c.request_id, claims.c.appended_at_ms, claims.c.amount_minor, claims.c.currency, claims.c.kind)
        newest = claims.c.appended_at_ms.desc()
        after = claims.c.appended_at_ms >= bindparam("since_ms")
        if self._postgresql:
            persons = func.unnest(bindparam("list", type_=ARRAY(String))).table_valued("person").render_derived()
            own: FromClause = (
                select(*wanted)
                .where(claims.c.person == persons.c.person, after)
                .order_by(newest)
                .limit(CLAIMS_READ_AT_MOST + 1)
                .lateral("own")
            )
            return select(persons.c.person, *own.c).select_from(persons.join(own, true()))
        place = func.row_number().over(partition_by=claims.c.person, order_by=newest).label("place")
        own = select(claims.c.person, *wanted, place).where(self._among(claims.c.person), after).subquery("own")
        kept = [column for column in own.c if column.name != "place"]
        return select(*kept).where(own.c.place <= CLAIMS_READ_AT_MOST + 1)

    def _among(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        if self._postgresql:
            return column == any_(bindparam("list", type_=ARRAY(String)))
        return column.in_(select(func.json_each(bindparam("list")).table_valued("value").c.value))

    def _list(self, values: Iterable[str]) -> dict[str, Any]:
        return {"list": list(values) if self._postgresql else msgspec.json.encode(list(values)).decode()}


_LOCK = text(
    "SELECT CASE WHEN alone THEN pg_advisory_xact_lock(key) ELSE pg_advisory_xact_lock_shared(key) END"
    " FROM unnest(CAST(:keys AS bigint[]), CAST(:alone AS boolean[])) AS wanted (key, alone)"
)


def _lock_key(space: bytes, name: str) -> int:
    """Return 64 bits of ``name``, signed as PostgreSQL takes them; each space has keys of its own."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8, person=space).digest(), signed=True)
