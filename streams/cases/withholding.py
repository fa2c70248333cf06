"""What nobody is shown of a case while another person has to come to a verdict of their own."""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from streams.cases.acts import Action
from streams.cases.audit import AuditEntry, verify
from streams.cases.case import Case, CaseFile, ClusterMember
from streams.cases.looks import Look
from streams.cases.states import ENDED

WITHHELD = "WITHHELD"
"""What stands in place of an act that is not shown yet."""

_KEPT = frozenset({Action.VERDICT_KEPT})
_APPEALED = frozenset(
    {Action.VERDICT_KEPT, Action.GRANTED, Action.REFUSED, Action.FORGERY_CONFIRMED, Action.FORGERY_REVOKED}
)


def as_shown(found: CaseFile, *, senior: bool) -> CaseFile:
    """Return what may be shown of a case, with whether its audit trail holds.

    Verdicts that are kept, or appealed, are withheld until the case is decided: their entries stand in the trail as
    ``WITHHELD``, without who and what. A ``senior`` who decides between two that differ sees both.
    """
    broken_at = verify(found.case.case_id, found.audit)
    hidden = _hidden(found.case, senior=senior)
    audit = tuple(_masked(entry) if entry.action in hidden else entry for entry in found.audit)
    related = found.related
    if found.case.look is Look.APPEAL and hidden:
        related = tuple(_without(case, found.case.case_id) for case in related)
    asked = tuple(one for one in found.verdicts if one.given.verdict == "MORE_EVIDENCE")
    verdicts = asked if hidden else found.verdicts
    return replace(found, audit=audit, related=related, verdicts=verdicts, audit_broken_at=broken_at)


def members_shown(members: Iterable[ClusterMember]) -> list[ClusterMember]:
    """Return the members of a cluster as they may be shown: not that one was opened for a verdict that is appealed."""
    known = list(members)
    undecided = {one.case_id for one in known if one.state is not None and one.state not in ENDED}
    return [replace(one, opened_for=None) if one.opened_for in undecided else one for one in known]


def _hidden(case: Case, *, senior: bool) -> frozenset[Action]:
    if case.state in ENDED or (case.look is Look.SENIOR and senior):
        return frozenset()
    return _APPEALED if case.look is Look.APPEAL else _KEPT


def _masked(entry: AuditEntry) -> AuditEntry:
    return replace(entry, actor="", action=WITHHELD, commitment=b"", salt=None, payload=None)


def _without(case: Case, forgery: str) -> Case:
    return msgspec.structs.replace(case, opened_for=None) if case.opened_for == forgery else case
