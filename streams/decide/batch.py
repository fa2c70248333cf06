"""One batch before the judge: what was known when it began, what it decided, and what is to be stored of that.

All in memory: an event sees what the events before it in the same batch did, exactly as if it were stored already.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from schemas.codec import encode
from schemas.records import EarlierSighting, EvidenceGathered, MediumEvidence, RefundDecided
from streams.cases.parties.opening import opened_for_review
from streams.cases.photos.clusters import UnionFind, joins
from streams.cases.photos.marks import PhotoMarks
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.transitions import Transition
from streams.history.alike import AlikeClaim, AlikeLedger
from streams.history.ledger import Ledger, NewClaim
from streams.history.merchants import MerchantLedger
from streams.history.past import PastClaim
from streams.history.windows import History, summarise
from streams.policy.engine import operating_points
from streams.policy.kept import encoded, kept
from streams.ports import Judge, Question, StoredDecision, StoredPolicy


@dataclass(kw_only=True, slots=True)
class Known:
    """What the database said; it grows as the batch is decided."""

    policy: StoredPolicy
    audit_key: bytes
    stored: dict[tuple[str, str], StoredDecision]
    origins: dict[str, str]
    ledger: Ledger
    merchants: MerchantLedger
    alike: AlikeLedger
    forgeries: Mapping[str, list[int]]
    marks: PhotoMarks
    credit: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    """Credit signals of each person: how many, and the most that one weighs."""
    demanded: Collection[str] = ()
    """The requests on which a party demanded that a person looks."""


class Match(NamedTuple):
    """A photo of a claim that resembles an earlier one.

    ``joins`` says that it puts both claims into one cluster, unless ``harmless_by`` names a mark that says otherwise.
    """

    medium: MediumEvidence
    earlier: EarlierSighting
    joins: bool
    harmless_by: str | None


class Decided(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One content that this batch decided: the ``first`` under its request id, or ``content_changed`` since.

    ``kept`` is what the judge saw, encoded (streams/policy/kept.py).
    """

    evidence: EvidenceGathered
    decision: RefundDecided
    message: bytes
    first: bool
    content_changed: bool
    matches: list[Match]
    claim: NewClaim
    kept: bytes


@dataclass(slots=True)
class Batch:
    """Answers one batch, in the order of arrival, and keeps what it decided, to be stored.

    ``pairs`` are the earlier and the later request of each match that makes their clusters one.
    """

    known: Known
    judge: Judge
    now_ms: int
    decided: list[Decided] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, evidence: EvidenceGathered) -> StoredDecision:
        """Return the stored decision of this content, made now when there is none."""
        key = (evidence.request.request_id, evidence.request_digest)
        stored = self.known.stored.get(key)
        if stored is None:
            stored = self.known.stored[key] = self._decide(evidence)
        return stored

    def requests_of_clusters(self) -> set[str]:
        """Return the requests whose clusters have to be known."""
        return {one.decision.request_id for one in self._opening()}.union(*self.pairs)

    def openings(self, clusters: UnionFind, procedure: Procedure = DEFAULT) -> list[Transition]:
        """Return the cases that this batch opens, each in the cluster that it is in now."""
        return [
            opened_for_review(
                one.evidence, one.decision, one.message, clusters.root(one.decision.request_id), procedure
            )
            for one in self._opening()
        ]

    def _opening(self) -> list[Decided]:
        return [one for one in self.decided if one.decision.case_id is not None]

    def _decide(self, evidence: EvidenceGathered) -> StoredDecision:
        request = evidence.request
        original = self.known.origins.get(request.request_id)
        changed = original is not None and original != evidence.request_digest
        self.known.origins.setdefault(request.request_id, evidence.request_digest)
        matches = self._matches(evidence)
        alike = _alike(matches)
        question = Question(
            evidence=evidence,
            history=self._history(evidence),
            merchant=self.known.merchants.record(request.merchant_id, request.request_id, evidence.appended_at_ms),
            alike=self.known.alike.record(request.request_id, alike, evidence.appended_at_ms),
            content_changed=changed,
            marks=self.known.marks,
            policy=self.known.policy,
            audit_key=self.known.audit_key,
            decided_at_ms=self.now_ms,
            human_review=request.request_id in self.known.demanded,
        )
        decision = self.judge(question)
        message = encode(decision)
        claim = _claim(evidence, matches)
        self.known.merchants.add(claim)
        self.known.alike.add(AlikeClaim(request.request_id, evidence.appended_at_ms, request.person), alike)
        self.decided.append(
            Decided(
                evidence=evidence,
                decision=decision,
                message=message,
                first=original is None,
                content_changed=changed,
                matches=matches,
                claim=self.known.ledger.add(request.person, claim),
                kept=encoded(kept(question)),
            )
        )
        codes = tuple(reason.code for reason in decision.reasons)
        return StoredDecision(message=message, verdict=decision.verdict, reason_codes=codes)

    def _history(self, evidence: EvidenceGathered) -> History:
        request, at_ms = evidence.request, evidence.appended_at_ms
        forgeries = tuple(self.known.forgeries.get(request.person, ()))
        past = self.known.ledger.past(request.person, request.request_id, request.currency, at_ms, forgeries)
        history = summarise(past, request, at_ms)
        count, weight = self.known.credit.get(request.person, (0, 0.0))
        return replace(history, credit_signals=count, credit_weight=weight) if count else history

    def _matches(self, evidence: EvidenceGathered) -> list[Match]:
        """Return what the photos of this request resemble, and note which clusters that makes one."""
        request_id = evidence.request.request_id
        matches: list[Match] = []
        for medium in evidence.media:
            for earlier in medium.sightings:
                joining = self._joins(earlier) and earlier.request_id != request_id
                match = Match(medium, earlier, joining, self.known.marks.harmless_by(medium, earlier))
                matches.append(match)
        self.pairs += [(earlier, request_id) for earlier in _alike(matches)]
        return matches

    def _joins(self, earlier: EarlierSighting) -> bool:
        points = operating_points(self.known.policy)
        return joins(earlier, same_image_bits=points.same_image_bits, shared_alteration=points.shared_alteration)


def resembled(batch: Iterable[EvidenceGathered]) -> set[str]:
    """Return the earlier requests that photos of these resemble."""
    return {
        str(earlier.request_id)
        for evidence in batch
        for medium in evidence.media
        for earlier in medium.sightings
        if earlier.request_id is not None
    }


def _alike(matches: Iterable[Match]) -> list[str]:
    """Return the earlier requests that are of one cluster with this one for these matches."""
    return [str(one.earlier.request_id) for one in matches if one.joins and one.harmless_by is None]


def _claim(evidence: EvidenceGathered, matches: Sequence[Match]) -> PastClaim:
    """Return what later claims of the same person see of this one."""
    request = evidence.request
    return PastClaim(
        request_id=request.request_id,
        appended_at_ms=evidence.appended_at_ms,
        amount_minor=request.amount_minor,
        currency=request.currency,
        kind=request.kind,
        merchant_id=request.merchant_id,
        category=request.category,
        shared_photo=any(match.joins and match.harmless_by is None for match in matches),
        younger_reference=any(one.registered_at_ms >= evidence.appended_at_ms for one in request.reference_media),
    )
