"""How a golden case looks to who has it in hand: as it was before its verdict, with ids and times of these days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from schemas.records.evidence import EarlierSighting
from streams.cases.audit import AuditEntry, EntryContent, entry_after
from streams.cases.case import Case, CaseFile, ClusterMember
from streams.cases.quality.golden import GoldenCase, GoldenView, asked_before

_DRAWN_SALT = bytes(16)


def as_known(case: Case) -> Case:
    """Return the case under the ids by which whoever sees it knows it: for a golden one, others than it has."""
    if not isinstance(case, GoldenCase):
        return case
    ids = {"request_id": case.request_known_as, "order_id": case.order_known_as, "cluster_id": case.request_known_as}
    return msgspec.structs.replace(case, **ids)


def as_it_was(found: CaseFile, view: GoldenView) -> CaseFile:
    """Return what is kept on a closed case, as the reviewer of ``view`` may see it: as it was before its verdict."""
    case, given = view.case, view.given
    moved_ms, until_ms = case.moved_ms, case.until_ms
    later = {"decided_at_ms": found.decision.decided_at_ms + moved_ms, "request_id": case.request_known_as}
    return replace(
        found,
        case=case,
        contents=tuple(
            replace(one, requested_at_ms=one.requested_at_ms + moved_ms, order_id=_known_order(one.order_id, case))
            for one in found.contents
            if one.requested_at_ms < until_ms
        ),
        related=tuple(one for one in found.related if one.opened_at_ms < until_ms and one.opened_for is None),
        decision=msgspec.structs.replace(found.decision, **later),
        verdicts=(*asked_before(found.verdicts, case), *given),
        follow_ups=tuple(
            msgspec.structs.replace(one, sent_at_ms=one.sent_at_ms + moved_ms)
            for one in found.follow_ups
            if one.sent_at_ms < until_ms
        ),
        audit=_trail(found.audit, view),
    )


def members_as_they_were(
    members: Iterable[ClusterMember], case: Case, golden: Mapping[str, GoldenCase | None]
) -> list[ClusterMember]:
    """Return the members of the case's cluster as its viewer may see them.

    For a golden case, as they were before its verdict. ``golden`` are the viewer's golden cases by request, None where
    they must not know of one: those are left out.
    """
    found = list(members)
    if isinstance(case, GoldenCase):
        found = [one for one in found if one.decided_at_ms < case.until_ms and one.opened_for is None]
    known = [(one, golden.get(one.request_id)) for one in found if golden.get(one.request_id, case) is not None]
    return [one if seen is None else _member_as_it_was(one, seen) for one, seen in known]


def seen_before(one: EarlierSighting, case: Case) -> EarlierSighting:
    """Return an earlier photo as it looks beside the case: for a golden one, as long before it as it was."""
    if not isinstance(case, GoldenCase) or one.seen_at_ms is None:
        return one
    return msgspec.structs.replace(one, seen_at_ms=one.seen_at_ms + case.moved_ms)


def sighting_as_known(one: EarlierSighting, golden: Mapping[str, GoldenCase | None]) -> EarlierSighting | None:
    """Return an earlier photo as a viewer may see it; None: it is a golden case's of which they must not know.

    ``golden`` is as in :func:`members_as_they_were`.
    """
    if one.request_id is None or one.request_id not in golden:
        return one
    case = golden[one.request_id]
    if case is None:
        return None
    moved_ms = None if one.seen_at_ms is None else one.seen_at_ms + case.moved_ms
    return msgspec.structs.replace(one, request_id=case.request_known_as, seen_at_ms=moved_ms)


def _member_as_it_was(one: ClusterMember, case: GoldenCase) -> ClusterMember:
    known = replace(one, request_id=case.request_known_as, decided_at_ms=one.decided_at_ms + case.moved_ms)
    return replace(known, state=case.state, case_verdict=case.verdict) if one.case_id == case.case_id else known


def _known_order(order_id: str, case: GoldenCase) -> str:
    return case.order_known_as if order_id == case.order_id else order_id


def _trail(audit: Sequence[AuditEntry], view: GoldenView) -> tuple[AuditEntry, ...]:
    """Return the trail with its times moved, and what the reviewer did at its end, linked like any other."""
    case = view.case
    shown = [one for one in audit if one.seq < case.until_seq]
    contents = [
        EntryContent(at_ms=one.at_ms + case.moved_ms, actor=one.actor, action=one.action, payload=one.payload or b"{}")
        for one in shown
    ]
    made: list[AuditEntry] = []
    for content in (*contents, *view.entries):
        made.append(entry_after(made[-1] if made else None, case.case_id, content, _DRAWN_SALT))
    return tuple(made)
