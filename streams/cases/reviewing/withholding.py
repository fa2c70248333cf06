"""What nobody is shown of a case while another person has to come to a verdict of their own."""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from streams.cases.acts import UNSEEN, Action
from streams.cases.audit import AuditEntry, verify
from streams.cases.case import Case, CaseFile, ClusterMember
from streams.cases.looks import Look, VerdictRecord
from streams.cases.states import ENDED, CaseState

WITHHELD = "WITHHELD"
"""What stands in place of an act that is not shown yet."""

KNOWN_FORGERY = "KNOWN_FORGERY"
"""The reason of a claim whose photo is one that a verdict found to be forged: it tells that verdict."""

_KEPT = frozenset({Action.VERDICT_KEPT})
_APPEALED = frozenset(
    {
        Action.VERDICT_KEPT,
        Action.GRANTED,
        Action.REFUSED,
        Action.FORGERY_CONFIRMED,
        Action.FORGERY_REVOKED,
        Action.RECOMMENDATION_CLOSED,
    }
)


def as_shown(found: CaseFile, *, senior: bool) -> CaseFile:
    """Return what may be shown of a case, with whether its audit trail holds.

    Verdicts that are kept, or appealed, are withheld until the case is decided: their entries stand in the trail as
    ``WITHHELD``, without who and what. A ``senior`` who decides between two that differ sees both.
    """
    broken_at = verify(found.case.case_id, found.audit)
    hidden = _hidden(found.case, senior=senior)
    audit = tuple(_masked(entry) if entry.action in hidden else entry for entry in found.audit)
    asked = tuple(one for one in found.verdicts if one.given.verdict == "MORE_EVIDENCE")
    verdicts = asked if hidden else found.verdicts
    return replace(found, audit=audit, verdicts=verdicts, audit_broken_at=broken_at)


def may_tell_a_verdict(case: Case) -> bool:
    """Return whether the case may be there, or look as it does, because of a verdict on another one."""
    return case.opened_for is not None or KNOWN_FORGERY in case.reason_codes


def members_shown(members: Iterable[ClusterMember], since_ms: int | None) -> list[ClusterMember]:
    """Return the members of a cluster as they may be shown.

    ``since_ms`` is when the first verdict came that is appealed now in the cluster; None: none is. Cases that were
    opened since, or for a forgery, are then left out: they may be there because of that verdict.
    """
    return [
        replace(one, case_id=None, state=None, case_verdict=None, opened_for=None)
        if since_ms is not None and (one.opened_for is not None or one.decided_at_ms >= since_ms)
        else one
        for one in members
    ]


def verdict_ms_to_hide(case: Case, verdicts: Iterable[VerdictRecord]) -> int | None:
    """Return when the verdict came that an open appeal is about, Unix milliseconds; None: there is no open appeal.

    Cases that were opened since, or for a forgery, may be there because of it: they are not shown beside this one.
    """
    if case.look is not Look.APPEAL or case.state in ENDED:
        return None
    return min((one.at_ms for one in verdicts if one.given.verdict != "MORE_EVIDENCE"), default=None)


def case_shown(case: Case, *, senior: bool) -> Case:
    """Return the case as its reviewer may see it: without a sign that another person's verdict is kept.

    It looks as if nobody had worked on it or decided it; ``version`` and ``changes`` count only what reviewers see. A
    ``senior`` who decides between two verdicts that differ sees where it stands.
    """
    if case.look not in {Look.SECOND, Look.SENIOR} or not _hidden(case, senior=senior):
        return msgspec.structs.replace(case, changes=case.version)
    return msgspec.structs.replace(case, state=state_shown(case.state), look=Look.FIRST, changes=case.version)


def state_shown(state: CaseState) -> CaseState:
    """Return the state that a reviewer is shown instead of ``state``."""
    return CaseState.READY if state is CaseState.AWAITING_SECOND_REVIEWER else state


def trail_shown(found: CaseFile) -> tuple[AuditEntry, ...]:
    """Return the audit entries that the case's reviewer may see, of those that :func:`as_shown` gave.

    Until the case is decided, what other reviewers did is left out. That there was one would hint at what they found:
    forgeries are looked at twice more often than other cases.
    """
    case = found.case
    if case.state in ENDED or case.look is Look.APPEAL:
        return found.audit
    withheld = any(one.action == WITHHELD for one in found.audit)
    if case.look is Look.SENIOR and not withheld:
        return found.audit
    return tuple(one for one in found.audit if one.action != WITHHELD and one.action not in UNSEEN)


def _hidden(case: Case, *, senior: bool) -> frozenset[Action]:
    if case.state in ENDED or (case.look is Look.SENIOR and senior):
        return frozenset()
    return _APPEALED if case.look is Look.APPEAL else _KEPT


def _masked(entry: AuditEntry) -> AuditEntry:
    return replace(entry, actor="", action=WITHHELD, commitment=b"", salt=None, payload=None)
