"""Verb: a party sends further photos or videos on a case."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from schemas.records import CaseEvidenceSent, ClaimMedium, EvidenceGathered, ReferenceMedium, RefundRequested
from streams.cases.acts import Action, AuditAct
from streams.cases.asked import Party
from streams.cases.case import Case
from streams.cases.gathered import digests, record_of
from streams.cases.parties.hearing import looked_at_anew, require_undecided
from streams.cases.sent_evidence import FollowUp, SentMedium
from streams.cases.states import CaseState
from streams.cases.transitions import Step, Transition, moved, noted
from streams.errors import Invalid, OperatorError

if TYPE_CHECKING:
    from streams.cases.events import EventName

FOLLOW_UPS_AT_MOST = 6
"""How often one party may send more: each of the buyer's opens a short hearing, and a case has to end."""
MEDIA_AT_MOST = 20

_MERCHANT_ANSWERED = {
    CaseState.AWAITING_MERCHANT: CaseState.READY,
    CaseState.AWAITING_BOTH: CaseState.AWAITING_BUYER_EVIDENCE,
}


def send(  # noqa: PLR0913, PLR0917 - what came, and what it is beside
    case: Case,
    act: AuditAct,
    party: Party,
    media: Sequence[SentMedium],
    before: Sequence[FollowUp],
    known: Collection[str],
    rehearing_ends_ms: int,
) -> Transition:
    """Return the transition by which ``party`` adds ``media`` to the case.

    What the buyer sends opens a short hearing of the merchant, until ``rehearing_ends_ms`` at least, before any verdict
    against either side. What the merchant sends is its answer, where that is waited for. ``before`` are the follow-ups
    so far, ``known`` the media ids of the request and of these. Raises :class:`OperatorError` where the case is
    decided, or the party has sent enough, and :class:`streams.errors.Invalid` for media that cannot be taken.
    """
    _require_open(case, party, before)
    number = len(before) + 1
    named = _named(media, number, known)
    to = _leads_to(case, party)
    changes: dict[str, Any] = {}
    if party == "buyer":
        changes = {"due_at_ms": max(rehearing_ends_ms, _hearing_ends_ms(case))} | looked_at_anew(case)
    elif to is CaseState.AWAITING_BUYER_EVIDENCE:
        changes = {"due_at_ms": case.due_at_ms}
    detail = {"party": party, "follow_up": number, "photos": [one.media_id for one in named]}
    tell: EventName | None = "MERCHANT_ASKED" if to is CaseState.AWAITING_MERCHANT else None
    done = moved(case, act, [Step(Action.EVIDENCE_SENT, to, detail)], tell=tell, **changes)
    sent = FollowUp(
        case_id=case.case_id,
        number=number,
        party=party,
        by=act.by,
        sent_at_ms=act.at_ms,
        media=named,
        asked=tuple(one for one in case.asked if one.kind.party == party),
    )
    return msgspec.structs.replace(done, follow_up=sent)


def read(case: Case, act: AuditAct, evidence: EvidenceGathered) -> Transition:
    """Return the transition that notes in the audit trail that a follow-up was looked at; the case stays where it is.

    The entry commits to the bytes and to what was read, as the case's first one does (:mod:`streams.cases.gathered`).
    """
    detail = {"follow_up": evidence.follow_up} | digests(evidence, record_of(evidence))
    return noted(case, act, Action.EVIDENCE_READ, detail)


def message_of(sent: FollowUp, case: Case, request: RefundRequested) -> CaseEvidenceSent:
    """Return the message that asks enrich to look at a follow-up; ``request`` comes without its claim media."""
    if sent.party == "buyer":
        changes: dict[str, Any] = {"claim_media": [_of_claim(one) for one in sent.media]}
    else:
        changes = {"reference_media": [_reference(one, sent.sent_at_ms) for one in sent.media], "claim_media": []}
    return CaseEvidenceSent(
        case_id=case.case_id,
        follow_up=sent.number,
        party=sent.party,
        request=msgspec.structs.replace(request, **changes),
        request_digest=case.request_digest,
        sent_at_ms=sent.sent_at_ms,
    )


def _of_claim(one: SentMedium) -> ClaimMedium:
    return ClaimMedium(
        media_id=one.media_id, uri=one.uri, sha256=one.sha256, kind=one.kind, capture_source=one.capture_source
    )


def _reference(one: SentMedium, at_ms: int) -> ReferenceMedium:
    return ReferenceMedium(
        media_id=one.media_id,
        uri=one.uri,
        sha256=one.sha256,
        kind=one.kind,
        origin=one.origin,
        registered_at_ms=at_ms,
    )


def _leads_to(case: Case, party: Party) -> CaseState | None:
    if party == "merchant":
        return _MERCHANT_ANSWERED.get(case.state)
    return None if case.state is CaseState.AWAITING_MERCHANT else CaseState.AWAITING_MERCHANT


def _hearing_ends_ms(case: Case) -> int:
    return case.due_at_ms or 0 if case.state is CaseState.AWAITING_MERCHANT else 0


def _named(media: Sequence[SentMedium], number: int, known: Collection[str]) -> tuple[SentMedium, ...]:
    """Return the media, each with an id that no other medium of the request has."""
    named = tuple(
        one if one.media_id else msgspec.structs.replace(one, media_id=_free(f"f{number}.{place}", known))
        for place, one in enumerate(media, 1)
    )
    names = [one.media_id for one in named]
    if not 1 <= len(names) <= MEDIA_AT_MOST:
        msg = f"send 1 to {MEDIA_AT_MOST} photos or videos at a time"
        raise Invalid(msg)
    if len(set(names)) < len(names) or set(names) & set(known):
        msg = "each photo needs an id of its own, which no other photo of the request has"
        raise Invalid(msg)
    return named


def _free(name: str, known: Collection[str]) -> str:
    while name in known:
        name = f"{name}x"
    return name


def _require_open(case: Case, party: Party, before: Sequence[FollowUp]) -> None:
    require_undecided(case)
    if sum(one.party == party for one in before) >= FOLLOW_UPS_AT_MOST:
        msg = f"the {party} has sent evidence {FOLLOW_UPS_AT_MOST} times on case {case.case_id}: no more is taken"
        raise OperatorError(msg)
