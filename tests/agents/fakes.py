"""Small real stand-ins for the ports: they keep what they are given and answer from it."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from schemas.codec import encode
from schemas.records import (
    EarlierSighting,
    EvidenceGathered,
    PhotoSighted,
    PolicyIdentity,
    ProvenanceFinding,
    Reading,
    RefundDecided,
    RefundOutcome,
    Region,
)
from streams.enrich.catalogue import Catalogue
from streams.enrich.catalogue_references import CatalogueReferences
from streams.enrich.earlier_photos import EarlierPhotos
from streams.enrich.gathering import Gatherer
from streams.enrich.retried_examiner import RetriedExaminer
from streams.errors import DatabaseUnavailable, RefusedByDatabase, ReplicaBehind
from streams.ports import (
    Compared,
    Examined,
    Examiner,
    Judge,
    KnownPhoto,
    MediumSource,
    Recognised,
    Resemblance,
    SightingLog,
    StoredDecision,
)
from streams.sightings.found import NO_ROOM, Found, Registered, Room
from streams.wording import causes
from streams.wording.cause import unmeasured
from tests.builders import a_fingerprint


@dataclass
class PhotoBox:
    """An examiner over named photos: ``photos`` maps a uri to its bytes; what is not there is unmeasured."""

    photos: dict[str, bytes]
    failures: list[Exception] = field(default_factory=list)
    seen: list[MediumSource] = field(default_factory=list)
    provenance: tuple[ProvenanceFinding, ...] = ()
    variants: tuple[str, ...] = ()
    answers: dict[str, Recognised] = field(default_factory=dict)
    asked: list[tuple[Examined, list[KnownPhoto], list[Resemblance]]] = field(default_factory=list)

    async def examine(self, source: MediumSource) -> Examined:
        if self.failures:
            raise self.failures.pop()
        self.seen.append(source)
        photo = self.photos.get(source.uri)
        if photo is None:
            return Examined(readings=(unmeasured("photo", causes.PHOTO_MISSING),))
        sha256 = hashlib.sha256(photo).hexdigest()
        return Examined(
            readings=(Reading(name="width_px", value=640, unit="px"),),
            sha256=sha256,
            size_bytes=len(photo),
            stored=f"blobs/{sha256}",
            fingerprint=a_fingerprint(int(sha256, 16)),
            features=photo,
            provenance=self.provenance,
            variants=self.variants,
        )

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        if self.failures:
            raise self.failures.pop()
        return [self._beside(claim, reference) for reference in references]

    async def recognise(
        self, claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> list[Recognised]:
        """Return what was set to be answered, for each photo by its sha256; nothing of one that nobody set."""
        if self.failures:
            raise self.failures.pop()
        self.asked += [(claim, list(references), list(earlier))]
        return [self.answers.get(one.photo.sha256, Recognised()) for one in earlier]

    def _beside(self, claim: Examined, reference: Examined) -> Compared:
        distance = 0 if claim.features == reference.features else 128
        return Compared(
            readings=(Reading(name="hash_distance_bits", value=distance, unit="bits"),),
            regions=(Region(x=10, y=20, width=30, height=40),) if distance == 0 else (),
            overlay=f"overlays/{claim.sha256}/{reference.sha256}/1" if distance == 0 else None,
        )


@dataclass
class Memory:
    """A log of sightings in memory: what is published is found by whoever comes later."""

    sightings: list[PhotoSighted] = field(default_factory=list)
    behind: bool = False
    published: list[PhotoSighted] = field(default_factory=list)
    left: Room = NO_ROOM
    other_versions: bool = False

    async def publish(self, sighting: PhotoSighted) -> int:
        if self.behind:
            raise ReplicaBehind(causes.earlier_photos_not_read(30, 3, 5))
        self.published.append(sighting)
        for position, known in enumerate(self.sightings):
            if known.sighting_id == sighting.sighting_id:
                return position
        self.sightings.append(sighting)
        return len(self.sightings) - 1

    async def earlier(
        self,
        sighting: PhotoSighted,
        position: int,
        variants: Sequence[str] = (),
        max_bits: int = 31,
        before_ms: int | None = None,
    ) -> Found:
        asked = [sighting.fingerprint.bits, *variants]
        alike = [
            EarlierSighting(
                sighting_id=known.sighting_id,
                position=at,
                source=known.source,
                distance_bits=bits,
                request_id=known.request_id,
                merchant_id=known.merchant_id,
                product_id=known.product_id,
                media_id=known.media_id,
                part=known.part,
                sha256=known.sha256,
                seen_at_ms=known.seen_at_ms,
            )
            for at, known in enumerate(self.sightings[:position])
            if (bits := min(distance(known.fingerprint.bits, one) for one in asked)) <= max_bits
            and (known.request_id is None or known.request_id != sighting.request_id)
            and (known.buyer_id is None or (known.buyer_id, known.order_id) != (sighting.buyer_id, sighting.order_id))
            and not known.withdrawn
            and (before_ms is None or known.seen_at_ms < before_ms)
        ]
        nearest = sorted(alike, key=lambda one: one.distance_bits)
        return Found(nearest, left=self.left, other_versions=self.other_versions)

    async def registered(self, sighting: PhotoSighted, position: int, at_most: int) -> list[Registered]:
        mine = [
            Registered(known.media_id or "", at, known.seen_at_ms, known.order_id is not None, known.part is not None)
            for at, known in enumerate(self.sightings[:position])
            if known.source == "catalogue"
            and not known.withdrawn
            and known.seen_at_ms < sighting.seen_at_ms
            and known.merchant_id == sighting.merchant_id
            and (known.order_id == sighting.order_id if known.order_id else known.product_id == sighting.product_id)
        ]
        return list({one.photo_id: one for one in mine}.values())[::-1][:at_most]


def a_gatherer(examiner: Examiner, log: SightingLog) -> Gatherer:
    """Return what gathers evidence, and asks a store that is away for five seconds."""
    asked = RetriedExaminer(examiner, limit_s=5)
    return Gatherer(asked, EarlierPhotos(log, asked), CatalogueReferences(log, asked))


def a_catalogue(examiner: Examiner, log: SightingLog) -> Catalogue:
    """Return what registers photos of goods."""
    return Catalogue(RetriedExaminer(examiner, limit_s=5), log)


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@dataclass
class Shelf:
    """A decision store in memory; ``refused`` names requests that it will never take, ``away`` fails that often."""

    refused: set[str] = field(default_factory=set)
    away: int = 0
    decided: dict[tuple[str, str], StoredDecision] = field(default_factory=dict)
    outcomes: list[RefundOutcome] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    follow_ups: list[EvidenceGathered] = field(default_factory=list)
    unsent: set[int | None] = field(default_factory=set)

    def decide(
        self,
        batch: Sequence[EvidenceGathered],
        judge: Judge,
        now_ms: int,
        written: Callable[[], None] = lambda: None,
    ) -> list[StoredDecision]:
        del judge
        if self.away:
            self.away -= 1
            msg = "the database is being restarted"
            raise DatabaseUnavailable(msg)
        if any(evidence.request.request_id in self.refused for evidence in batch):
            msg = "value out of range"
            raise RefusedByDatabase(msg)
        self.batches.append(len(batch))
        written()
        return [
            self.decided.setdefault(
                (evidence.request.request_id, evidence.request_digest), a_decision(evidence, now_ms)
            )
            for evidence in batch
        ]

    def store(self, batch: Sequence[EvidenceGathered], now_ms: int) -> list[None]:
        del now_ms
        if any(evidence.follow_up in self.unsent for evidence in batch):
            msg = "nobody sent that"
            raise RefusedByDatabase(msg)
        self.follow_ups += batch
        return [None] * len(batch)

    def record_outcomes(self, batch: Sequence[RefundOutcome], now_ms: int) -> None:
        del now_ms
        self.outcomes += batch

    def ping(self) -> None:
        return None


def a_decision(evidence: EvidenceGathered, now_ms: int) -> StoredDecision:
    decision = RefundDecided(
        request_id=evidence.request.request_id,
        request_digest=evidence.request_digest,
        decision_id=f"d-{evidence.request.request_id}",
        verdict="CLEAR",
        score=0,
        reasons=[],
        policy=PolicyIdentity(name="default", sha256="0" * 64),
        decided_at_ms=now_ms,
    )
    return StoredDecision(message=encode(decision), verdict=decision.verdict, reason_codes=())
