"""Erasing a person's photos everywhere: marked first, so that nothing brings them back, and in the database last.

The database names what is to be erased until all else is gone, so whatever a crash leaves is completed by a repeat.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from schemas.topics import SIGHTINGS, SIGHTINGS_PARTITION
from streams.adapters.kafka import topics
from streams.adapters.kafka.clients import producer
from streams.adapters.kafka.offline_replica import opened
from streams.adapters.kafka.replica_index import folders_of
from streams.adapters.kafka.topic_reader import whole
from streams.adapters.sql.erasures import ErasureStore
from streams.adapters.storage.photo_erasure import Marked, PhotoEraser
from streams.cases.erasure import PersonsPhoto, Plan, photos_of
from streams.cases.forgery import AuditAct
from streams.clock import now_ms
from streams.settings import Settings
from streams.sightings.anonymous import anonymous

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What photos are erased from. ``bury`` writes tombstones for sightings and returns where in the log they begin."""

    records: ErasureStore
    store: PhotoEraser
    bury: Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased, and the bytes that are ``gone``: those of the others are somebody else's too, or the goods'."""

    erasure_id: str
    marked: tuple[Marked, ...]
    gone: frozenset[str]
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a look for erased photos still found: nothing, where all is done.

    ``kept`` are keys in the evidence store, ``measured`` and ``written`` sightings of which the database still holds a
    fingerprint or a SHA-256, or the log more than a tombstone. ``found`` are those that a search in one of this host's
    ``replicas`` (folders) still finds; None: there is no replica here, so nobody looked.
    """

    kept: tuple[str, ...]
    measured: tuple[str, ...]
    written: tuple[str, ...]
    found: tuple[str, ...] | None
    replicas: tuple[str, ...]

    @property
    def left(self) -> bool:
        """Whether something is still found."""
        return bool(self.kept or self.measured or self.written or self.found)

    @property
    def holds(self) -> bool:
        """Whether everything was looked at and nothing is left: what nobody looked at is not proved."""
        return not self.left and self.found is not None


def unknown(records: ErasureStore, persons: Iterable[str]) -> list[str]:
    """Return the persons of whom no request was ever decided, as given: misspelt ones, most of the time."""
    return [person for person in persons if not records.claims_of([person])]


def find(records: ErasureStore, store: PhotoEraser, persons: Collection[str]) -> list[PersonsPhoto]:
    """Return the claim photos of these persons, wherever something is kept of them."""
    return [
        photo
        for claim in records.claims_of(persons)
        for photo in photos_of(claim, store.photos_of(claim.request_id, claim.request_digest))
    ]


def erase(parts: Parts, plan: Plan, said: AuditAct, on_done: Told) -> Erased:
    """Return what was erased; ``on_done`` is told how many photos are gone from the evidence store."""
    erasure_id = parts.records.begin(said)
    marked = tuple(parts.store.mark(photo, said.at_ms) for photo in plan.going)
    since = parts.bury([photo.sighting_id for photo in plan.going])
    gone = parts.store.take_away(marked, on_done)
    for one in marked:
        parts.store.finish(one)
    parts.records.finish(erasure_id, plan.going, gone, len(plan.held), said)
    return Erased(erasure_id=erasure_id, marked=marked, gone=gone, since=since)


async def bury(settings: Settings, sighting_ids: Sequence[str]) -> int:
    """Return where in the log of sightings the tombstones begin, once each is confirmed.

    Raises :class:`streams.errors.TopicMismatch` and :class:`streams.errors.BrokerUnavailable`.
    """
    topics.require(await topics.check(settings, topics=[SIGHTINGS]))
    async with producer(settings) as client:
        sent = [
            await client.send_and_wait(SIGHTINGS.name, None, name.encode(), SIGHTINGS_PARTITION)
            for name in sighting_ids
        ]
    return min((int(one.offset) for one in sent), default=0)


async def prove(
    settings: Settings, parts: Parts, persons: Collection[str], erased: Erased, on_read: Callable[[int, int], None]
) -> Proof:
    """Return what is still found of what was erased; ``on_read`` is told how far the replica has read the log."""
    sightings = {one.photo.sighting_id for one in erased.marked}
    now = find(parts.records, parts.store, persons)
    replicas = tuple(map(str, folders_of(settings)))
    found = await _found(settings, sightings, [one.photo for one in erased.marked], on_read)
    return Proof(
        kept=tuple(parts.store.left_of(erased.marked, erased.gone)),
        measured=tuple(one.sighting_id for one in now if one.measured and one.sighting_id in sightings),
        written=await _written(settings, sightings, erased.since),
        found=tuple(sorted(found)) if replicas else None,
        replicas=replicas,
    )


async def _written(settings: Settings, sightings: Collection[str], since: int) -> tuple[str, ...]:
    """Return whose last record in the log from ``since`` on is no tombstone."""
    last: dict[str, bool] = {}
    async for message in whole(settings, SIGHTINGS, since):
        name = (message.key or b"").decode(errors="replace")
        if name in sightings:
            last[name] = message.value is not None
    return tuple(sorted(name for name, written in last.items() if written))


async def _found(
    settings: Settings, sightings: Collection[str], photos: Iterable[PersonsPhoto], on_read: Callable[[int, int], None]
) -> set[str]:
    """Return which sightings a replica of this host finds: by their ids, or near the fingerprints that they had."""
    now = now_ms()
    asked = [anonymous(like, now) for one in photos if (like := one.photo.fingerprint) is not None]
    found: set[str] = set()
    for folder in folders_of(settings):
        async with opened(settings, folder) as replica:
            await replica.catch_up(on_read)
            found |= await replica.still_found(sightings, asked)
    return found
