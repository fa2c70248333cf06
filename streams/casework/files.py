"""Looking at cases: lists of them, everything on one, everything around one."""

from collections.abc import Collection, Iterator, Mapping

from streams.cases.activity import Activity
from streams.cases.case import Case, CaseFile, ClusterMember
from streams.cases.quality.golden import GoldenCase, Viewer
from streams.cases.quality.golden_showing import as_known, members_as_they_were
from streams.cases.record.query import EVERY_CASE, CaseQuery, Named, Placed
from streams.cases.reviewing.withholding import as_shown, may_tell_a_verdict, members_shown
from streams.casework.ports import CaseRecords

PAGE = 500


class CaseFiles:
    """What people see of cases."""

    def __init__(self, records: CaseRecords) -> None:
        self._records = records

    def list_cases(self, query: CaseQuery = EVERY_CASE, limit: int = 0) -> Iterator[Case]:
        """Give the cases that ``query`` asks for, at most ``limit`` (0: all).

        Each page is read in a transaction of its own, so a slow reader blocks nobody.
        """
        given, last = 0, None
        while limit == 0 or given < limit:
            page = self._records.page(query, last, min(PAGE, limit - given) if limit else PAGE)
            yield from page
            if not page:
                return
            given, last = given + len(page), page[-1]

    def unknown(self, ids: Mapping[Named, str]) -> list[str]:
        """Return in words those of the ids of which no request was ever decided; most of the time they are misspelt."""
        return [f"{what} {name}" for what, name in ids.items() if not self._records.is_known(what, name)]

    def categories(self) -> list[str]:
        """Return the categories of goods that there are cases of."""
        return self._records.categories()

    def page(self, query: CaseQuery, after: Placed | None, size: int) -> list[Case]:
        """Return the next cases, at most ``size``, in the order of the query; ``after`` None: from the first one on."""
        return self._records.page(query, after, size)

    def case(self, name: str, viewer: Viewer | None = None) -> Case:
        """Return the case of this id, or the newest of the request of this id; errors as of :meth:`show`."""
        return self._records.case(name, viewer)

    def seen_by(self, case: Case, viewer: Viewer) -> Case:
        """Return the case as it looks to whoever comes to verdicts; errors as of :meth:`show`."""
        return self._records.seen_by(case, viewer)

    def activity(self, case: Case, until_ms: int) -> Activity:
        """Return what the case's buyer and merchant did in the weeks up to ``until_ms``."""
        return self._records.activity(case, until_ms)

    def show(self, name: str, *, senior: bool = False, viewer: Viewer | None = None) -> CaseFile:
        """Return what may be shown of the case of this id, or of the newest case of the request of this id.

        A verdict to which another person still has to come is withheld, but not from the ``senior`` who decides where
        two differ. To a ``viewer``, who gives verdicts, a golden case looks as when they had it in hand.
        :class:`streams.errors.NotFound` when there is no such case, or it is golden and they must not know it.
        """
        return as_shown(self._records.file(name, viewer), senior=senior)

    def cluster(self, name: str, viewer: Viewer | None = None) -> tuple[str, list[ClusterMember]]:
        """Return the name of the case's cluster and all that was decided in it, oldest first; errors as of the case."""
        cluster_id, members, appealed_since_ms = self._records.cluster(name)
        shown = members_shown(members, appealed_since_ms)
        if viewer is None:
            return cluster_id, shown
        case = self._records.case(name, viewer)
        golden = self._records.golden_among({one.request_id for one in shown}, viewer)
        known = as_known(case).cluster_id if isinstance(case, GoldenCase) else cluster_id
        return known, members_as_they_were(shown, case, golden)

    def golden_among(self, requests: Collection[str], viewer: Viewer | None) -> Mapping[str, GoldenCase | None]:
        """Return those of these requests whose case is golden, each as the viewer sees it; None: they must not know.

        ``viewer`` None: there are none, whoever gives no verdicts sees all as it is.
        """
        return {} if viewer is None else self._records.golden_among(requests, viewer)

    def golden_known_as(self, request_id: str, viewer: Viewer) -> GoldenCase | None:
        """Return the golden case that the viewer knows by this id of its request; None: there is none."""
        return self._records.golden_known_as(request_id, viewer)

    def withheld(self, case: Case) -> bool:
        """Return whether to hide the case from an appeal's reviewer, because it tells the verdict that is appealed.

        It was opened for that verdict, or its photo is one that the verdict found to be forged.
        """
        return may_tell_a_verdict(case) and self._records.tells_an_appealed_verdict(case)
