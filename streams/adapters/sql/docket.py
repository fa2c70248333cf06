"""One batch before the judge: what was known when it began, what it decided, and the rows that this makes.

All in memory: an event sees what the events before it in the same batch did, exactly as if it were stored already.
"""

from bisect import insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.codec import encode
from schemas.records import EvidenceGathered, RefundDecided
from streams.adapters.sql import rows
from streams.adapters.sql.reads import OpenedCase
from streams.history.past import CLAIMS_READ_AT_MOST, LONGEST_WINDOW_MS, Past, PastClaim
from streams.ports import Judge, Question, StoredPolicy

Row = Mapping[str, Any]


def earlier_requests(evidence: EvidenceGathered) -> set[str]:
    """Return the ids of earlier requests whose photos this one's photos resemble."""
    return {
        sighting.request_id
        for medium in evidence.media
        for sighting in medium.sightings
        if sighting.request_id is not None and sighting.request_id != evidence.request.request_id
    }


@dataclass(kw_only=True, slots=True)
class Known:
    """What the database said; it grows as the batch is decided. ``claims`` are newest first."""

    policy: StoredPolicy
    audit_key: bytes
    stored: dict[tuple[str, str], bytes]
    origins: dict[str, str]
    claims: dict[str, list[PastClaim]]
    forgeries: Mapping[str, list[int]]
    cases: dict[str, OpenedCase]
    followers: dict[str, OpenedCase]


@dataclass(slots=True)
class Docket:
    """Answers one batch, in the order of arrival, and keeps the rows to insert."""

    known: Known
    judge: Judge
    now_ms: int
    salt: Callable[[], bytes]
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in rows.COLUMNS})

    def answer(self, evidence: EvidenceGathered) -> bytes:
        """Return the stored bytes of this content's decision, made now when there are none."""
        key = (evidence.request.request_id, evidence.request_digest)
        message = self.known.stored.get(key)
        if message is None:
            message = self._decide(evidence)
            self.known.stored[key] = message
        return message

    def _decide(self, evidence: EvidenceGathered) -> bytes:
        request = evidence.request
        original = self.known.origins.get(request.request_id)
        changed = original is not None and original != evidence.request_digest
        decided = self.judge(
            Question(
                evidence=evidence,
                past=self._past(evidence),
                content_changed=changed,
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
        self.rows["photo_matches"].extend(rows.matches(evidence))
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

    def _open_case(self, evidence: EvidenceGathered, decided: RefundDecided, case_id: str, message: bytes) -> None:
        earlier = earlier_requests(evidence)
        oldest = min(self._linked(evidence.request.request_id, earlier), default=None)
        case = OpenedCase(self.now_ms, case_id, oldest.cluster_id if oldest else case_id)
        self.rows["cases"].append(rows.case(evidence, decided, case))
        self.rows["outbox"].append(rows.case_opened(evidence, decided, case))
        self.rows["audit"].append(rows.opening(decided, case, message, self.salt()))
        self.known.cases.setdefault(evidence.request.request_id, case)
        for request_id in earlier:
            self.known.followers.setdefault(request_id, case)

    def _linked(self, request_id: str, earlier: set[str]) -> Iterator[OpenedCase]:
        """Give the cases of one image with this: of photos it resembles, and of later ones that were decided first."""
        if request_id in self.known.followers:
            yield self.known.followers[request_id]
        for each in earlier:
            if each in self.known.cases:
                yield self.known.cases[each]
