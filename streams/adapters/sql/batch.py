"""One batch before the judge: what was known when it began, what it decided, and the rows that this makes.

All in memory: an event sees what the events before it in the same batch did, exactly as if it were stored already.
"""

from bisect import insort
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.codec import encode
from schemas.records import EvidenceGathered, RefundDecided, ReviewEvent
from streams.adapters.sql import rows
from streams.cases.clusters import UnionFind
from streams.cases.marks import PhotoMarks
from streams.history.past import CLAIMS_READ_AT_MOST, LONGEST_WINDOW_MS, Past, PastClaim
from streams.ports import Judge, Question, StoredPolicy

Row = Mapping[str, Any]


@dataclass(kw_only=True, slots=True)
class Known:
    """What the database said; it grows as the batch is decided. ``claims`` are newest first."""

    policy: StoredPolicy
    audit_key: bytes
    stored: dict[tuple[str, str], bytes]
    origins: dict[str, str]
    claims: dict[str, list[PastClaim]]
    forgeries: Mapping[str, list[int]]
    marks: PhotoMarks


@dataclass(slots=True)
class Batch:
    """Answers one batch, in the order of arrival, and keeps the rows to insert.

    ``pairs`` are the earlier and the later request of each resemblance that makes their clusters one.
    """

    known: Known
    judge: Judge
    now_ms: int
    salt: Callable[[], bytes]
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in rows.COLUMNS})
    pairs: list[tuple[str, str]] = field(default_factory=list)
    _opened: list[tuple[EvidenceGathered, RefundDecided]] = field(default_factory=list)

    def answer(self, evidence: EvidenceGathered) -> bytes:
        """Return the stored bytes of this content's decision, made now when there are none."""
        key = (evidence.request.request_id, evidence.request_digest)
        message = self.known.stored.get(key)
        if message is None:
            message = self._decide(evidence)
            self.known.stored[key] = message
        return message

    def requests_of_clusters(self) -> set[str]:
        """Return the requests whose clusters have to be known."""
        opened = {decided.request_id for _, decided in self._opened}
        return opened.union(*self.pairs)

    def tell(self, forest: UnionFind) -> None:
        """Join the clusters of what resembles each other, and leave word of every opened case and its cluster."""
        for earlier, later in self.pairs:
            forest.join(earlier, later)
        self.rows["outbox"].extend(
            rows.review_event(_opening(evidence, decided, forest.root(decided.request_id), self.now_ms))
            for evidence, decided in self._opened
        )

    def _decide(self, evidence: EvidenceGathered) -> bytes:
        request = evidence.request
        original = self.known.origins.get(request.request_id)
        changed = original is not None and original != evidence.request_digest
        decided = self.judge(
            Question(
                evidence=evidence,
                past=self._past(evidence),
                content_changed=changed,
                marks=self.known.marks,
                policy=self.known.policy,
                audit_key=self.known.audit_key,
                decided_at_ms=self.now_ms,
            )
        )
        message = encode(decided)
        if original is None:
            self.known.origins[request.request_id] = evidence.request_digest
            self.rows["request_origins"].append(rows.origin(evidence))
        self._remember(evidence)
        self.rows["claims"].append(rows.claim(evidence, self.now_ms))
        self.rows["decisions"].append(rows.decision(decided, message, content_changed=changed))
        self._match(evidence)
        if decided.case_id is not None:
            self._open_case(evidence, decided, decided.case_id, message)
        return message

    def _past(self, evidence: EvidenceGathered) -> Past:
        request = evidence.request
        since_ms = evidence.appended_at_ms - LONGEST_WINDOW_MS
        known = self.known.claims.get(request.person, [])
        others = [claim for claim in known if claim.request_id != request.request_id]
        within = tuple(claim for claim in others if claim.appended_at_ms >= since_ms)
        return Past(
            claims=within[:CLAIMS_READ_AT_MOST],
            forgeries_at_ms=tuple(self.known.forgeries.get(request.person, ())),
            claims_capped=len(within) > CLAIMS_READ_AT_MOST,
        )

    def _remember(self, evidence: EvidenceGathered) -> None:
        request = evidence.request
        claim = PastClaim(
            request_id=request.request_id,
            appended_at_ms=evidence.appended_at_ms,
            amount_minor=request.amount_minor,
            currency=request.currency,
            kind=request.kind,
        )
        insort(self.known.claims.setdefault(request.person, []), claim, key=lambda each: -each.appended_at_ms)

    def _match(self, evidence: EvidenceGathered) -> None:
        """Note what the photos of this request resemble, and which clusters that makes one."""
        pairs = ((medium, earlier) for medium in evidence.media for earlier in medium.sightings)
        for ordinal, (medium, earlier) in enumerate(pairs, 1):
            harmless_by = self.known.marks.harmless_by(medium, earlier)
            row = rows.photo_match(evidence, ordinal, medium, earlier, harmless_by)
            self.rows["photo_matches"].append(row)
            if row["joins"] and harmless_by is None:
                self.pairs.append((row["earlier_request_id"], evidence.request.request_id))

    def _open_case(self, evidence: EvidenceGathered, decided: RefundDecided, case_id: str, message: bytes) -> None:
        self.rows["cases"].append(rows.case(evidence, decided, self.now_ms))
        self.rows["audit"].append(rows.opening(decided, case_id, self.now_ms, message, self.salt()))
        self._opened.append((evidence, decided))


def _opening(evidence: EvidenceGathered, decided: RefundDecided, cluster_id: str, now_ms: int) -> ReviewEvent:
    case_id = str(decided.case_id)
    return ReviewEvent(
        event_id=rows.event_id("opened", case_id),
        event="CASE_OPENED",
        case_id=case_id,
        cluster_id=cluster_id,
        request_id=decided.request_id,
        request_digest=decided.request_digest,
        merchant_id=evidence.request.merchant_id,
        buyer_id=evidence.request.buyer_id,
        occurred_at_ms=now_ms,
        reason_codes=[reason.code for reason in decided.reasons],
        due_at_ms=decided.hold_until_ms,
    )
