"""A verdict inside an open transaction: whether another person has to come to it, and what follows once it stands."""

import secrets
from collections.abc import Sequence

import msgspec

from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Wanted
from streams.cases.case import Case
from streams.cases.legal_tiers import LegalTiers, packaged
from streams.cases.looks import Given, Look, VerdictRecord, drawn_for_second_look, is_criminal
from streams.cases.photos import forgery
from streams.cases.photos.photos import ClaimPhoto
from streams.cases.procedure import Procedure
from streams.cases.quality.golden import GoldenCase, asked_before
from streams.cases.reviewing import verdict
from streams.cases.reviewing.review import FORGERY_CONFIRMED
from streams.cases.reviewing.statement_of_reasons import notices
from streams.cases.reviewing.verdict import Bench
from streams.casework import linked_cases
from streams.casework.ports import BeforeVerdict, CaseWork, ClusterWork
from streams.casework.reviewing.leases import require_reviewer
from streams.errors import CaseChanged
from streams.policy.reasons import criteria_for

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What a code on paper is made of: nothing that reads like something else."""
CODE_LENGTH = 6


class Ruled(msgspec.Struct, frozen=True, kw_only=True):
    """What a verdict did: ``opened`` and ``closed`` are cases around a forgery that it confirms or overturns."""

    case: Case
    opened: tuple[Case, ...] = ()
    closed: tuple[Case, ...] = ()


class TouchesOthers(CaseChanged):
    """A verdict changes more cases than its own: it has to be given with the clusters locked."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"case {case_id} was confirmed as a forgery meanwhile: read it again")


class Rulings:
    """Gives verdicts."""

    def __init__(self, procedure: Procedure, tiers: LegalTiers | None = None) -> None:
        """``tiers`` are the law's; None: the table that comes with this program."""
        self._procedure = procedure
        self._tiers = tiers or packaged()

    def give(  # noqa: PLR0913 - what a verdict meets
        self,
        work: CaseWork,
        case: Case,
        act: AuditAct,
        given: Given,
        *,
        heard: bool,
        senior: bool,
        picks: bool = True,
        around: ClusterWork | None = None,
    ) -> Ruled:
        """Return what the verdict ``given`` by ``act.by`` does; see :func:`streams.cases.reviewing.verdict.give`.

        A forgery that stands enters the bank, and every claim of its cluster becomes a case. One that another verdict
        overturns leaves the bank, and cases that were opened only for it are closed. Both need ``around``, the same
        transaction with the clusters locked; :class:`TouchesOthers` where it is needed and missing. A
        verdict on a golden case is only kept.
        """
        before = work.cases.before_verdict(case, act.by, act.at_ms)
        require_reviewer(work, case, act, before)
        photos = _forged(work, case, given)
        named = tuple(photos) or given.photos
        given = msgspec.structs.replace(given, photos=named, asked=_with_codes(given.asked))
        record, reviewers = _given_before(work, case, before)
        bench = Bench(
            record=record,
            reviewers=reviewers,
            second=self._needs_second(work, case, act, given),
            senior=senior,
            heard=heard,
            picks=picks,
        )
        ruling = verdict.give(case, act, given, bench, self._procedure)
        done, case = ruling.transition, ruling.transition.after
        if ruling.given is None or isinstance(case, GoldenCase):
            work.cases.apply([done])
            return Ruled(case=case)
        touches_others = ruling.given.verdict == FORGERY_CONFIRMED or before.banked
        if touches_others and around is None:
            raise TouchesOthers(case.case_id)
        told = notices(case, ruling.given, criteria_for, act.at_ms, self._procedure.told_in)
        work.cases.apply([msgspec.structs.replace(done, events=(*done.events, *told))])
        if not touches_others or around is None:
            return Ruled(case=case)
        if ruling.given.verdict == FORGERY_CONFIRMED:
            return self._confirmed(around, case, act, [photos[name] for name in ruling.given.photos])
        return _cleared(around, case, act)

    def _needs_second(self, work: CaseWork, case: Case, act: AuditAct, given: Given) -> bool:
        if case.look is not Look.FIRST or given.verdict == "MORE_EVIDENCE":
            return False
        share = self._procedure.second_review_share
        if share > 0 and drawn_for_second_look(work.cases.lot_key(act.at_ms), case.case_id, share):
            return True
        if given.verdict != FORGERY_CONFIRMED:
            return False
        sums = work.cases.forged_sums(case.person)
        return is_criminal(self._tiers, sums, case.currency, case.amount_minor, act.at_ms)

    def _confirmed(self, work: ClusterWork, case: Case, act: AuditAct, photos: Sequence[ClaimPhoto]) -> Ruled:
        work.photos.unbank(case.case_id)  # what an earlier confirmation put there, which was appealed
        work.photos.bank(case, photos)
        return Ruled(case=case, opened=tuple(linked_cases.extend(work, case.cluster_id, act, self._procedure)))


def _given_before(work: CaseWork, case: Case, before: BeforeVerdict) -> tuple[Sequence[VerdictRecord], Sequence[str]]:
    """Return the verdicts on a case so far, and who gave one that decides something."""
    if not isinstance(case, GoldenCase):
        return before.record, before.deciders
    own = work.goldens.view(case).given
    return [*asked_before(before.record, case), *own], [one.by for one in own if one.given.verdict != "MORE_EVIDENCE"]


def _cleared(work: ClusterWork, case: Case, act: AuditAct) -> Ruled:
    work.photos.unbank(case.case_id)
    return Ruled(case=case, closed=tuple(linked_cases.settle(work, work.linked.opened_for(case.case_id), act)))


def _forged(work: CaseWork, case: Case, given: Given) -> dict[str, ClaimPhoto]:
    """Return the photos that a verdict says are forged, by media id; none: it says so of no photo."""
    if given.verdict != FORGERY_CONFIRMED:
        return {}
    chosen = forgery.chosen(case, work.photos.of(case), given.photos)
    named = forgery.names_by_photo(case, chosen)
    forgery.require_not_harmless(case, named, work.photos.marks(named))
    return {photo.media_id: photo for photo in chosen}


def _with_codes(asked: Sequence[Asked]) -> tuple[Asked, ...]:
    """Return what is asked for, with a code of its own for each paper that shall show one."""
    return tuple(
        Asked(one.kind, one.text or "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)))
        if one.kind is Wanted.PAPER_CODE
        else one
        for one in asked
    )
