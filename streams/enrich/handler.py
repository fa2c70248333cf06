"""enrich: requests and follow-ups become evidence, catalogue photos become sightings."""

import time

import structlog

from schemas.codec import decode, encode
from schemas.digest import request_digest
from schemas.errors import ContractError
from schemas.records import CaseEvidenceSent, CataloguePhotoRegistered, EvidenceGathered, RefundRequested
from schemas.topics import EVIDENCE
from streams.clock import now_ms
from streams.delivery.append_time import append_time
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.stage import Answer
from streams.enrich.catalogue import Catalogue
from streams.enrich.gathering import Gatherer
from streams.errors import MediaUnreadable
from streams.metrics import Metrics
from streams.tracing import exemplar

log = structlog.get_logger(__name__)


class Enrich:
    """Gathers evidence, one event at a call; many calls go on side by side."""

    def __init__(self, gatherer: Gatherer, catalogue: Catalogue, metrics: Metrics) -> None:
        """``gatherer`` takes requests, ``catalogue`` photos of goods."""
        self._gatherer = gatherer
        self._catalogue = catalogue
        self._metrics = metrics

    async def enrich(self, batch: list[Incoming]) -> list[Answer]:
        """Return the evidence of each request, or why it can never be read."""
        return [await self._evidence(incoming) for incoming in batch]

    async def register(self, batch: list[Incoming]) -> list[Answer]:
        """Publish the sighting of each catalogue photo; there is nothing more to send."""
        return [await self._sighting(incoming) for incoming in batch]

    async def look_further(self, batch: list[Incoming]) -> list[Answer]:
        """Return the evidence of each follow-up, which says its number, or why it can never be read."""
        return [await self._further(incoming) for incoming in batch]

    async def _further(self, incoming: Incoming) -> Answer:
        try:
            sent = decode(CaseEvidenceSent, incoming.value)
            appended_at_ms = append_time(incoming, now_ms())
        except ContractError as exc:
            return exc
        of = (sent.case_id, sent.follow_up)
        evidence = await self._gatherer.gather(sent.request, sent.request_digest, appended_at_ms, now_ms(), of)
        return [Outgoing(EVIDENCE.name, sent.request.buyer_id.encode(), encode(evidence))]

    async def _evidence(self, incoming: Incoming) -> Answer:
        started = time.monotonic()
        try:
            request = decode(RefundRequested, incoming.value)
            appended_at_ms = append_time(incoming, now_ms())
        except ContractError as exc:
            return exc
        self._metrics.requests.inc()
        evidence = await self._gatherer.gather(request, request_digest(request), appended_at_ms, now_ms())
        self._metrics.stage_seconds.labels("gather").observe(time.monotonic() - started, exemplar())
        for name in unmeasured_names(evidence):
            self._metrics.unmeasured.labels(name).inc()
        for name, photos in left_out(evidence):
            self._metrics.earlier_left_out.labels(name).inc(photos)

        def count() -> None:
            self._metrics.evidence_seconds.observe(max(0, now_ms() - appended_at_ms) / 1000, exemplar())

        return [Outgoing(EVIDENCE.name, request.buyer_id.encode(), encode(evidence), on_confirmed=count)]

    async def _sighting(self, incoming: Incoming) -> Answer:
        try:
            photo = decode(CataloguePhotoRegistered, incoming.value)
            await self._catalogue.register(photo, append_time(incoming, now_ms()))
        except (ContractError, MediaUnreadable) as exc:
            return exc
        self._metrics.catalogue_photos.inc()
        return []


def unmeasured_names(evidence: EvidenceGathered) -> list[str]:
    """Return the names of all readings that could not be made."""
    readings = [*evidence.readings, *(reading for medium in evidence.media for reading in medium.readings)]
    readings += [reading for medium in evidence.media for found in medium.comparisons for reading in found.readings]
    return [reading.name for reading in readings if reading.unmeasured is not None]


def left_out(evidence: EvidenceGathered) -> list[tuple[str, int]]:
    """Return the names of readings that count earlier photos left out of the evidence, each with its count."""
    return [
        (reading.name, reading.value)
        for medium in evidence.media
        for reading in medium.readings
        if reading.name.endswith("_left_out") and isinstance(reading.value, int)
    ]
