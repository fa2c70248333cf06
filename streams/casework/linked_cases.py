"""Cases around confirmed forgeries: every claim of their cluster is one, also what a machine had cleared.

They are opened only for that, and closed when no forgery of their cluster stands any more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from streams.cases.acts import Action, AuditAct
from streams.cases.case import Case
from streams.cases.parties import linking
from streams.cases.procedure import Procedure
from streams.cases.transitions import Transition
from streams.casework.ports import ClusterWork


def extend(work: ClusterWork, cluster_id: str, act: AuditAct, procedure: Procedure) -> list[Case]:
    """Return the cases that are opened now because a confirmed forgery stands in this cluster; else none."""
    members = work.clusters.members(cluster_id)
    forgery = work.linked.standing_forgery(members)
    if forgery is None:
        return []
    opened = [linking.link(claim, forgery, cluster_id, act, procedure) for claim in work.linked.cleared(members)]
    opened += [
        linking.reopen(case, forgery, act, procedure)
        for case in work.linked.withdrawn(members)
        if not work.cases.actors(case.case_id, {Action.WITHDRAWN})  # what the platform took back stays taken back
    ]
    work.cases.apply(opened)
    return [each.after for each in opened]


def settle(work: ClusterWork, cases: Sequence[Case], act: AuditAct) -> list[Case]:
    """Return those of ``cases``, opened for a forgery, that are closed now: none stands in their cluster any more.

    Where another forgery stands, the case stays open for that one.
    """
    relinked, withdrawn = list[Transition](), list[Transition]()
    for cluster_id, of_cluster in _by_cluster(cases).items():
        forgery = work.linked.standing_forgery(work.clusters.members(cluster_id))
        if forgery is None:
            withdrawn += [linking.withdraw(case, act) for case in of_cluster if linking.may_be_withdrawn(case)]
        else:
            relinked += [linking.relink(case, forgery, act) for case in of_cluster if case.opened_for != forgery]
    work.cases.apply([*relinked, *withdrawn])
    return [each.after for each in withdrawn]


def _by_cluster(cases: Iterable[Case]) -> Mapping[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        found[case.cluster_id].append(case)
    return found
