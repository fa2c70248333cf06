"""A party demands that a person looks: at a case, at what a machine cleared, or at what is not decided yet."""

from collections.abc import Collection
from dataclasses import dataclass

from streams.cases.acts import Action, AuditAct
from streams.cases.asked import Party
from streams.cases.case import Case
from streams.cases.parties import human_review
from streams.cases.parties.human_review import Demands
from streams.cases.parties.linking import ClearedClaim
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.states import ENDED
from streams.casework.ports import CaseDatabase, ClusterWork
from streams.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Demanded:
    """What a demand did: the case that it is noted on, and whether it ``opened`` that case.

    ``case`` is None where the request is not decided yet: it will go to a person, whatever the machine finds.
    """

    case: Case | None
    opened: bool = False


class HumanReviews:
    """Takes demands. A repeat does nothing."""

    def __init__(self, database: CaseDatabase, procedure: Procedure = DEFAULT) -> None:
        """``procedure`` says how long the hearing lasts when a demand opens a case."""
        self._database = database
        self._procedure = procedure

    def demand(self, name: str, act: AuditAct, party: Party, own: Collection[str] | None = None) -> Demanded:
        """Return the case that notes ``party``'s demand for a human look, and whether it was opened for that.

        ``name`` is the case's id or its request's; ``own`` are the digests of the contents under the request's id that
        it is about, None: all. It is noted on the case of each, and the newest that notes it is returned. See
        :func:`streams.cases.parties.human_review.demand`.
        """
        self._remember(name, act, party)
        with self._database.changing_clusters() as work:
            cleared = [claim for claim in work.linked.cleared([name]) if claim.request_id == name]
            cleared = [claim for claim in cleared if own is None or claim.request_digest in own]
            if cleared:
                return Demanded(case=[self._opened(work, claim, act, party) for claim in cleared][-1], opened=True)
            try:
                cases = work.cases.of_request(name)
            except NotFound:
                return Demanded(case=None)
            mine = [case for case in cases if own is None or case.request_digest in own]
            still = [case for case in mine if case.state not in ENDED] or mine
            return Demanded(case=[self._noted(work, case, act, party) for case in still][-1])

    def _remember(self, name: str, act: AuditAct, party: Party) -> None:
        """Keep the demand in a transaction of its own: who decides meanwhile has done so before, or sees it."""
        with self._database.changing_cases() as work:
            try:
                work.cases.of_request(name)
            except NotFound:
                work.cases.remember_demand(name, party, act)

    def _opened(self, work: ClusterWork, claim: ClearedClaim, act: AuditAct, party: Party) -> Case:
        cluster_id = work.clusters.name_of(claim.request_id)
        opened, noted = human_review.demand_of_cleared(claim, cluster_id, act, party, self._procedure)
        work.cases.apply([opened])
        work.cases.apply([noted])
        return noted.after

    def _noted(self, work: ClusterWork, case: Case, act: AuditAct, party: Party) -> Case:
        so_far = Demands(
            asked=human_review.sides(work.cases.entries(case.case_id, {Action.HUMAN_REVIEW_ASKED})),
            withdrawn=bool(work.cases.actors(case.case_id, {Action.WITHDRAWN})),
        )
        ends_ms = self._procedure.of(case.category).hearing_ends_ms(act.at_ms)
        done = human_review.demand(case, act, party, so_far, ends_ms)
        if done is None:
            return case
        work.cases.apply([done])
        return done.after
