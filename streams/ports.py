"""What the flow needs from the outside world: adapters fulfil these Protocols, and one suite tests each of them."""

# Over 250 lines because it is one list: whoever writes an adapter, or a double of one, finds all that is asked here.

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

import msgspec

from schemas.records import (
    EvidenceGathered,
    Fingerprint,
    PhotoSighted,
    ProvenanceFinding,
    Reading,
    RefundDecided,
    RefundOutcome,
    Region,
)
from schemas.records.decisions import Verdict
from streams.evidence.comparing.recognised import KnownPhoto, Recognised, Resemblance
from streams.policy.question import Question, StoredPolicy
from streams.sightings.found import Found, Registered

T = TypeVar("T")

__all__ = [
    "Backlog",
    "Compared",
    "DatabaseCalls",
    "DecisionStore",
    "Examined",
    "Examiner",
    "FollowUps",
    "Judge",
    "KnownPhoto",
    "MediumSource",
    "Outbox",
    "OutboxMessage",
    "Question",
    "Recognised",
    "Resemblance",
    "SightingLog",
    "StoredDecision",
    "StoredPolicy",
]

# --- photos ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MediumSource:
    """A medium to look at: where the platform keeps it, and under which pointer our own copy is found.

    ``pointer`` is ``requests/{request_id}/{digest}/{media_id}`` or ``catalogue/{photo_id}``: whoever comes first
    decides which bytes it stands for, so a photo that changes behind its address changes no answer.
    """

    media_id: str
    role: Literal["claim", "reference"]
    kind: Literal["photo", "video"]
    uri: str
    sha256: str | None
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedPart:
    """A still of a moving picture (``s1``) or a panel of a collage (``p1``): a photo of its own in the evidence store.

    ``at_ms`` is a still's time, ``region`` a panel's place; the others are as those of :class:`Examined`.
    """

    part: str
    sha256: str
    fingerprint: Fingerprint
    at_ms: int | None = None
    region: Region | None = None
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What one look at a medium found. No photo bytes: they never leave the pool's processes.

    ``features`` are packed as :meth:`Examiner.compare` needs them, or None when they could not be made;
    then ``readings`` holds an unmeasured one that says why. ``provenance`` is what the file says of its origin.
    ``variants`` are the bits of the fingerprints that a claim photo would have mirrored and turned. ``kind`` is what
    the file is, whatever it was sent as. A moving picture has ``parts``, its stills, and no fingerprint of its own; a
    collage has its panels beside its own.
    """

    readings: tuple[Reading, ...]
    kind: Literal["photo", "video"] = "photo"
    sha256: str | None = None
    size_bytes: int | None = None
    stored: str | None = None
    fingerprint: Fingerprint | None = None
    features: bytes | None = None
    provenance: tuple[ProvenanceFinding, ...] = ()
    variants: tuple[str, ...] = ()
    parts: tuple[ExaminedPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What one claim photo has to do with one reference: readings without ids, altered ``regions``, largest first.

    ``overlay`` is the key of a picture for people in the evidence store, of the likeliest source alone. ``altered``
    says place by place where the claim was altered, for :meth:`Examiner.recognise`; None where nobody could say.
    """

    readings: tuple[Reading, ...]
    regions: tuple[Region, ...] = ()
    overlay: str | None = None
    altered: bytes | None = None


class Examiner(Protocol):
    """Looks at photos, in processes of their own."""

    async def examine(self, source: MediumSource) -> Examined:
        """Return what the medium shows; whatever is wrong with the medium itself is an unmeasured reading.

        Raises :class:`streams.errors.StoreUnavailable` when a store, not the medium, is at fault.
        """

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        """Return, for each reference, what the claim has to do with it; all of them were examined and have features.

        Raises :class:`streams.errors.StoreUnavailable` when a store is at fault.
        """

    async def recognise(
        self, claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> list[Recognised]:
        """Return what the claim has to do with each earlier photo, from what the evidence store holds of them.

        Raises :class:`streams.errors.StoreUnavailable` when the store is at fault.
        """


# --- earlier photos --------------------------------------------------------------------------------------------------


class SightingLog(Protocol):
    """The one log of every photo seen, answered as of a position."""

    async def publish(self, sighting: PhotoSighted) -> int:
        """Return the position of this sighting: the old one when its id is in the log already."""

    async def earlier(
        self,
        sighting: PhotoSighted,
        position: int,
        variants: Sequence[str] = (),
        max_bits: int = ...,
        before_ms: int | None = None,
    ) -> Found:
        """Return what the photo, or one of its variants, resembles among positions below ``position``, best first.

        ``max_bits`` is how far that may be; each kind of photo has room of its own. ``before_ms`` leaves out what was
        first seen later: positions of the catalogue say less, since a photo that comes back may stand further on. Waits
        until the replica has read up to ``position``; raises :class:`streams.errors.ReplicaBehind` after its time
        limit. The same request, and the same buyer on the same order, are left out.
        """

    async def registered(self, sighting: PhotoSighted, position: int, at_most: int) -> Sequence[Registered]:
        """Return the newest photos and videos that the catalogue had of a claim's product, or of its order, then.

        Those below the claim's ``position`` and first seen before it. Waits and raises as :meth:`earlier` does.
        """


# --- decisions -------------------------------------------------------------------------------------------------------

Judge = Callable[[Question], RefundDecided]


class DatabaseCalls(Protocol):
    """Calls work in the thread that talks to the database, again while it fails for a while."""

    async def call(self, name: str, work: Callable[[], T]) -> T:
        """Return what ``work`` returns; ``name`` is the call's label in metrics."""
        ...


class StoredDecision(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A decision as the database holds it: the bytes that go out, each time alike, and what is counted of it."""

    message: bytes
    verdict: Verdict
    reason_codes: tuple[str, ...]


class DecisionStore(Protocol):
    """The only authority for state. All calls block: they belong in the one database thread."""

    def decide(
        self, batch: Sequence[EvidenceGathered], judge: Judge, now_ms: int, written: Callable[[], None] = ...
    ) -> list[StoredDecision]:
        """Return the stored decision of each evidence, made now where there was none.

        One transaction; ``written`` is called when only its commit is left, at each try. Raises
        :class:`streams.errors.DatabaseUnavailable` when trying again may help and
        :class:`streams.errors.RefusedByDatabase` when one of the batch can never be stored (nothing was written).
        """

    def record_outcomes(self, batch: Sequence[RefundOutcome], now_ms: int) -> None:
        """Store outcomes; a repeat of an ``outcome_id`` changes nothing. Errors as in :meth:`decide`."""

    def ping(self) -> None:
        """Raise :class:`streams.errors.DatabaseUnavailable` unless the database answers."""


class FollowUps(Protocol):
    """Where what was read from follow-ups is kept, each with its case."""

    def store(self, batch: Sequence[EvidenceGathered], now_ms: int) -> list[None]:
        """Store what was read; a repeat changes nothing. Errors as in :meth:`DecisionStore.decide`."""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message that a transaction left to be sent."""

    outbox_id: int
    topic: str
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the outbox: how many messages, counted up to a limit, and since when the oldest; None: none."""

    messages: int
    oldest_ms: int | None


class Outbox(Protocol):
    """What transactions left to be sent; one relay at a time holds the lease."""

    def lease(self, owner: str, at_ms: int | None, for_ms: int) -> bool:
        """Return whether ``owner`` may relay until ``at_ms + for_ms``; None: by a clock that all workers share."""

    def waiting(self, limit: int) -> list[OutboxMessage]:
        """Return unsent messages, oldest first."""

    def sent(self, outbox_ids: Sequence[int], now_ms: int) -> None:
        """Mark messages as sent."""

    def purge(self, sent_before_ms: int, limit: int) -> int:
        """Return how many of the oldest ``limit`` messages were deleted: those sent before ``sent_before_ms``."""

    def backlog(self, limit: int) -> Backlog:
        """Return what waits, counted up to ``limit``."""
