"""What erasing needs from the database, the evidence store, and the log of sightings with its replicas. Calls block."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol

from schemas.records import Fingerprint
from streams.cases.acts import AuditAct
from streams.cases.photos.photos import ClaimPhoto
from streams.cases.record.erasure import LegalHold, MarkedPhoto, PersonsClaim, PersonsPhoto

OnRead = Callable[[int, int], None]
"""Is told how far the log was read, and how far it goes."""


class ErasureRecords(Protocol):
    """What the database knows before anything is erased, each call a transaction of its own."""

    def claims_of(self, persons: Collection[str]) -> list[PersonsClaim]:
        """Return everything that was decided for these persons, oldest first."""

    def readable(self, persons: Collection[str]) -> int:
        """Return how many things that were said of these persons can still be read.

        Counted are keys to audit entries, payloads in clear, drafts, notes, and records of what the judge saw.
        """

    def holds(self, persons: Collection[str]) -> list[LegalHold]:
        """Return the legal holds that stand on these persons, oldest first."""

    def hold(self, persons: Collection[str], act: AuditAct) -> None:
        """Place a legal hold on each of these persons."""

    def lift(self, persons: Collection[str], act: AuditAct) -> int:
        """Return how many legal holds on these persons were lifted."""

    def overwritten(self) -> bool:
        """Return whether what was deleted is gone from the database's own files; False: somebody reads them, again."""

    def begin(self, act: AuditAct) -> str:
        """Return the id of an erasure that begins now; the only name kept with it is that of whoever erases."""


class PhotoStore(Protocol):
    """The evidence store as erasing needs it; raises :class:`streams.errors.StoreUnavailable`."""

    def photos_of(self, request_id: str, request_digest: str) -> list[ClaimPhoto]:
        """Return the claim photos of a request that have a pointer here."""

    def mark(self, photo: PersonsPhoto, now_ms: int) -> MarkedPhoto:
        """Return the bytes that a photo stood for; from now on nobody looks at it or keeps it."""

    def take_away(self, marked: Sequence[MarkedPhoto], on_done: Callable[[int], None]) -> frozenset[str]:
        """Return the SHA-256 of the bytes that are gone: all that no other person's photo, and no photo of goods needs.

        ``on_done`` is told how many photos are done.
        """

    def finish(self, marked: MarkedPhoto) -> None:
        """Forget which bytes a marked photo stood for."""

    def left_of(self, marked: Sequence[MarkedPhoto], gone: Collection[str]) -> Iterable[str]:
        """Give the key of everything that is still kept of erased photos: nothing, once all is done."""


class ErasedSightings(Protocol):
    """The log of sightings and this host's replicas of it; raises :class:`streams.errors.BrokerUnavailable`."""

    def bury(self, sighting_ids: Sequence[str]) -> int:
        """Return the offset in the log at which the tombstones of these sightings begin, once each is confirmed."""

    def written(self, sighting_ids: Collection[str], since: int) -> set[str]:
        """Return those of the sightings whose last record in the log, from offset ``since`` on, is no tombstone."""

    def replicas(self) -> list[str]:
        """Return the folders of this host's replicas; empty where none is kept."""

    def found(self, sighting_ids: Collection[str], alike: Sequence[Fingerprint], on_read: OnRead) -> set[str]:
        """Return those of the sightings that a replica still finds, by id or among all photos like these."""
