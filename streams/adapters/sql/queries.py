"""What a decision needs to know, in a fixed number of statements whatever the size of the batch.

The statements are built once in a process.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, Dialect, bindparam, literal_column, null, or_, select, text

from schemas.records.decisions import Verdict
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.built_once import built_once
from streams.adapters.sql.round_trip import Later, RoundTrip, Rows, answered
from streams.adapters.sql.tables import (
    cases,
    decisions,
    forged_photos,
    harmless_photos,
    policies,
    policy_activations,
    review_demands,
)
from streams.adapters.sql.tables import request_origins as origins
from streams.cases.photos.marks import ANY, PhotoMarks
from streams.cases.photos.photos import BY_BYTES, names_of
from streams.errors import PolicyError
from streams.ports import StoredDecision, StoredPolicy

HOLD = "hold"
"""The act that sends everything to review, under the policy that was active."""
LOOKED_BACK = 20
"""Activations that are looked at for one that is usable."""
Usable = Callable[[StoredPolicy], bool]
"""Says whether a policy can judge."""


def _any(_policy: StoredPolicy) -> bool:
    return True


NO_POLICY = "no policy is active: run: refund-sentinel policy activate FILE"


class QueryStatements:
    """What is built once for all :class:`Queries` on one kind of database."""

    def __init__(self, dialect: Dialect) -> None:
        self.lists = lists = ArrayParameters(dialect.name)
        self.stored = select(decisions.c.request_id, decisions.c.request_digest, decisions.c.message).where(
            lists.among(decisions.c.request_id)
        )
        self.origins = select(origins.c.request_id, origins.c.request_digest).where(lists.among(origins.c.request_id))
        self.demanded = select(review_demands.c.request_id).where(lists.among(review_demands.c.request_id))
        self.forgeries = select(cases.c.person, cases.c.decided_at_ms).where(
            lists.among(cases.c.person), literal_column("cases.verdict = 'FORGERY_CONFIRMED'")
        )
        forged = select(forged_photos.c.sighting_id, forged_photos.c.sha256, null()).where(
            or_(lists.among(forged_photos.c.sighting_id), lists.among(forged_photos.c.sha256, "bytes"))
        )
        harmless = select(harmless_photos.c.photo, harmless_photos.c.other, harmless_photos.c.mark_id).where(
            lists.among(harmless_photos.c.photo),
            or_(harmless_photos.c.other == ANY, lists.among(harmless_photos.c.other)),
        )
        self.marks = forged.union_all(harmless)
        effective = or_(
            policy_activations.c.effective_from_ms.is_(None),
            policy_activations.c.effective_from_ms <= bindparam("now_ms"),
        )
        self.policy = (
            select(policy_activations.c.policy_sha256, policy_activations.c.act)
            .where(effective)
            .order_by(policy_activations.c.activation_id.desc())
            .limit(LOOKED_BACK)
        )


class Queries:
    """The statements that read for a decision, in the SQL of one database, and the policies that were read by them."""

    def __init__(self, dialect: Dialect) -> None:
        self._made = built_once(QueryStatements, dialect)
        self._policies: dict[tuple[str, bool], StoredPolicy] = {}

    def lock(self, trip: RoundTrip, persons: Iterable[str], requests: Iterable[str]) -> None:
        """Wait until nobody else decides on these persons and requests.

        One statement takes the locks in the order of their keys, so that no two transactions wait for each other. On
        SQLite BEGIN IMMEDIATE has the only lock already.
        """
        if not self._made.lists.postgresql:
            return
        keys = {_lock_key(b"person", name) for name in persons} | {_lock_key(b"request", name) for name in requests}
        trip.tell(_LOCK, {"keys": sorted(keys)})

    def stored(self, trip: RoundTrip, requests: Iterable[str]) -> Later[dict[tuple[str, str], StoredDecision]]:
        """Return the stored decisions by request id and digest, once the trip was sent."""
        return trip.ask(
            self._made.stored,
            self._made.lists.given(requests),
            lambda rows: {(request, digest): _decision(bytes(message)) for request, digest, message in rows},
        )

    def origins(self, trip: RoundTrip, requests: Iterable[str]) -> Later[dict[str, str]]:
        """Return the digest of the content that came first, by request id, once the trip was sent."""
        return trip.ask(self._made.origins, self._made.lists.given(requests), lambda rows: dict(map(tuple, rows)))

    def demanded(self, trip: RoundTrip, requests: Iterable[str]) -> Later[set[str]]:
        """Return those of the requests on which a party demanded that a person looks, once the trip was sent."""
        return trip.ask(self._made.demanded, self._made.lists.given(requests), lambda rows: {one for (one,) in rows})

    def forgeries(self, trip: RoundTrip, persons: Iterable[str]) -> Later[dict[str, list[int]]]:
        """Return when forgeries of each person were confirmed, oldest first, once the trip was sent."""
        return trip.ask(self._made.forgeries, self._made.lists.given(persons), _by_person)

    def marks(self, trip: RoundTrip, names: Collection[str]) -> Later[PhotoMarks]:
        """Return what people found out about the photos of these names, once the trip was sent."""
        if not names:
            return PhotoMarks
        digests = [name.removeprefix(BY_BYTES) for name in names if name.startswith(BY_BYTES)]
        given = self._made.lists.given(names) | self._made.lists.given(digests, "bytes")
        return trip.ask(self._made.marks, given, _marks)

    def activations(self, trip: RoundTrip, now_ms: int) -> Later[Rows]:
        """Return the newest activations that are effective, for :meth:`policy_of`, once the trip was sent."""
        return trip.ask(self._made.policy, {"now_ms": now_ms}, lambda rows: rows)

    def active_policy(self, connection: Connection, now_ms: int) -> StoredPolicy:
        """Return the policy that was activated last and is effective; :class:`PolicyError` when there is none."""
        return self.policy_of(connection, answered(connection, lambda trip: self.activations(trip, now_ms)))

    def policy_of(self, connection: Connection, activations: Rows, usable: Usable = _any) -> StoredPolicy:
        """Return the policy that judges after these acts; :class:`PolicyError` when there is none.

        One that is not ``usable`` never takes the place of the one before it, which goes on judging. A hold under one
        is no less a hold: whatever judges in its place sends everything to review.
        """
        unusable: set[str] = set()
        newest: StoredPolicy | None = None
        held = False
        for sha256, act in activations:
            held = held or act == HOLD
            policy = self._text_of(connection, sha256, held=held)
            newest = newest or policy
            if sha256 not in unusable and usable(policy):
                return policy
            unusable.add(sha256)
        if newest is None:
            raise PolicyError(NO_POLICY)
        return newest

    def _text_of(self, connection: Connection, sha256: str, *, held: bool) -> StoredPolicy:
        key = (sha256, held)
        if key not in self._policies:
            row = connection.execute(select(policies.c.name, policies.c.text).where(policies.c.sha256 == sha256)).one()
            if len(self._policies) >= LOOKED_BACK:
                self._policies.clear()
            self._policies[key] = StoredPolicy(name=row.name, sha256=sha256, text=row.text, held=held)
        return self._policies[key]


def _by_person(rows: Rows) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for person, decided_at_ms in rows:
        found[person].append(decided_at_ms)
    return {person: sorted(times) for person, times in found.items()}


def _marks(rows: Rows) -> PhotoMarks:
    return PhotoMarks(
        forged=frozenset(name for *photo, mark_id in rows if mark_id is None for name in names_of(*photo)),
        harmless={(photo, other): mark_id for photo, other, mark_id in rows if mark_id is not None},
    )


class _Code(msgspec.Struct):
    code: str


class _Counted(msgspec.Struct):
    """As much of a stored decision as is counted."""

    verdict: Verdict
    reasons: list[_Code]


_counted = msgspec.json.Decoder(_Counted)


def _decision(message: bytes) -> StoredDecision:
    counted = _counted.decode(message)
    codes = tuple(reason.code for reason in counted.reasons)
    return StoredDecision(message=message, verdict=counted.verdict, reason_codes=codes)


_LOCK = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS wanted (key)")


def lock_in_order(trip: RoundTrip, space: bytes, names: Iterable[str]) -> None:
    """Wait until nobody else holds these names of a space, on PostgreSQL, and hold them up to the commit."""
    trip.tell(_LOCK, {"keys": sorted(_lock_key(space, name) for name in names)})


def _lock_key(space: bytes, name: str) -> int:
    """Return 64 bits of ``name``, signed as PostgreSQL takes them; each space has keys of its own."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8, person=space).digest(), signed=True)
