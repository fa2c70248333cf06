"""A case as people see it."""

from dataclasses import dataclass

import msgspec

from schemas.records import RefundDecided
from streams.cases.asked import Asked
from streams.cases.audit import AuditEntry
from streams.cases.looks import Look, VerdictRecord
from streams.cases.sent_evidence import FollowUp
from streams.cases.states import CaseState

HUMAN_REVIEW_REASON = "HUMAN_REVIEW_ASKED"
"""Whoever has it on a case is not answered by a machine alone: nothing but a person's act ends such a case."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of a cluster of work: why a person looks, at what, and how far it has come.

    ``cluster_id`` is the request that names the cluster now: clusters that turn out to show one image become one.
    ``version`` counts, from 1, the changes that its reviewers may know of; ``changes`` counts all. ``due_at_ms`` is
    when the current wait ends, ``decided_at_ms`` when ``verdict`` was given, both in Unix milliseconds. ``opened_for``
    is set where a confirmed forgery opened this case on a cleared request: it is the forgery's case. ``assignee`` is
    the reviewer to whom the system gave it. ``look`` says whose turn the next verdict is, ``asked`` what the parties
    are asked for while the case waits for that.
    """

    case_id: str
    cluster_id: str
    request_id: str
    request_digest: str
    order_id: str
    person: str
    buyer_id: str
    merchant_id: str
    category: str
    state: CaseState
    version: int
    score: int
    reason_codes: tuple[str, ...]
    amount_minor: int
    currency: str
    opened_at_ms: int
    due_at_ms: int | None
    verdict: str | None = None
    decided_at_ms: int | None = None
    opened_for: str | None = None
    assignee: str | None = None
    look: Look = Look.FIRST
    asked: tuple[Asked, ...] = ()
    changes: int = 1


def demanded(case: Case) -> bool:
    """Return whether a party demanded that a person looks."""
    return HUMAN_REVIEW_REASON in case.reason_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One content of a request, as history keeps it: who asks whom for how much, and for what."""

    request_digest: str
    order_id: str
    product_id: str
    category: str
    kind: str
    amount_minor: int
    freight_minor: int
    currency: str
    buyer_id: str
    merchant_id: str
    requested_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoMatch:
    """A photo of the case's request that resembles an earlier photo, ``distance_bits`` of 256 apart.

    ``method`` made the fingerprints, ``confirmed`` says whether features show one picture (None: not compared).
    ``joins`` says that it puts both requests into one cluster, unless ``harmless_by`` names a mark that says otherwise.
    ``explained_by`` and ``shared_alteration`` are as in :class:`schemas.records.EarlierSighting`.
    """

    media_id: str
    position: int | None
    earlier_sighting_id: str
    earlier_position: int
    earlier_source: str
    earlier_request_id: str | None
    earlier_media_id: str | None
    distance_bits: int
    method: str | None = None
    confirmed: bool | None = None
    joins: bool = False
    harmless_by: str | None = None
    explained_by: str | None = None
    shared_alteration: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterMember:
    """One decision of a cluster: what the machine said, and how far the case has come, where there is one."""

    request_id: str
    request_digest: str
    decided_at_ms: int
    verdict: str
    case_id: str | None
    state: CaseState | None
    case_verdict: str | None
    opened_for: str | None
    person: str
    buyer_id: str
    merchant_id: str
    amount_minor: int
    freight_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything that is kept on one case, with the decision that opened it.

    ``contents`` are all contents that came under the request's id, oldest first, the case's own among them. ``related``
    are other cases of the same image or the same request id, newest first. ``follow_ups`` are what parties sent later,
    oldest first; ``verdicts`` are what people decided. ``audit_broken_at`` is the first entry (seq) at which the audit
    trail is broken, None where it is whole; it is set by what shows the case (streams/cases/reviewing/withholding.py).
    """

    case: Case
    contents: tuple[Claim, ...]
    related: tuple[Case, ...]
    decision: RefundDecided
    photo_matches: tuple[PhotoMatch, ...]
    audit: tuple[AuditEntry, ...]
    follow_ups: tuple[FollowUp, ...] = ()
    verdicts: tuple[VerdictRecord, ...] = ()
    audit_broken_at: int | None = None

    @property
    def claim(self) -> Claim:
        """The content that the case is about."""
        return next(each for each in self.contents if each.request_digest == self.case.request_digest)
