"""Marking resemblances as harmless, and taking that back: clusters come apart, or together again, in one go."""

from collections.abc import Iterator, Sequence

from streams.cases.acts import Action, AuditAct
from streams.cases.case import Case
from streams.cases.photos import harmless
from streams.cases.photos.forgery import sighting_of
from streams.cases.photos.harmless import HarmlessMark, Marked, Unmarked
from streams.cases.photos.marks import Pair, pair_of
from streams.cases.photos.photos import names_of, no_photo
from streams.cases.procedure import DEFAULT, Procedure
from streams.casework import linked_cases
from streams.casework.ports import CaseDatabase, ClusterWork
from streams.errors import OperatorError


class HarmlessMarks:
    """Marks resemblances as harmless, and removes such marks."""

    def __init__(self, database: CaseDatabase, procedure: Procedure = DEFAULT) -> None:
        """``procedure`` says how long the hearing of a case lasts that is opened again."""
        self._database = database
        self._procedure = procedure

    def marks(self) -> Iterator[HarmlessMark]:
        """Give every mark, newest first."""
        return self._database.marks()

    def mark(self, name: str, media_id: str, act: AuditAct, *, like: str | None = None) -> Marked:
        """Return the marks on a photo of the case, by ``act.by`` or from before, and the cases that this closed.

        ``name`` is the case's id or its request's. ``like`` is a request or a sighting: only the resemblance to its
        photos is harmless. None: every resemblance of the photo is. Raises :class:`OperatorError` when there is no such
        photo or resemblance, or the photo is confirmed as forged; errors of the database.
        """
        with self._database.changing_clusters() as work:
            case = work.cases.get(name)
            marks = [harmless.mark_of(pair, case.case_id, act) for pair in _pairs(work, case, media_id, like)]
            known = work.resemblances.known([mark.mark_id for mark in marks])
            new = [mark for mark in marks if mark.mark_id not in known]
            if not new:
                return Marked(marks=tuple(known.values()), repeated=True, closed=())
            work.resemblances.add(new)
            work.cases.apply([harmless.note(case, new, act, Action.HARMLESS_MARKED)])
            return Marked(marks=tuple(marks), repeated=False, closed=tuple(_part(work, case.cluster_id, new, act)))

    def unmark(self, mark_id: str, act: AuditAct) -> Unmarked:
        """Return the mark that was removed, and the cases that this opened; :class:`OperatorError`: no such mark."""
        with self._database.changing_clusters() as work:
            mark = work.resemblances.known([mark_id]).get(mark_id)
            if mark is None:
                msg = f"there is no mark {mark_id}: refund-sentinel case harmless shows them"
                raise OperatorError(msg)
            case = work.cases.get(mark.case_id)
            work.resemblances.remove(mark_id)
            work.cases.apply([harmless.note(case, [mark], act, Action.HARMLESS_UNMARKED)])
            return Unmarked(mark=mark, opened=tuple(_rejoin(work, mark_id, act, self._procedure)))


def _pairs(work: ClusterWork, case: Case, media_id: str, like: str | None) -> list[Pair]:
    """Return the photos by name, as a mark stores them."""
    known = work.photos.of(case)
    if media_id not in known:
        raise no_photo(case.case_id, media_id, known)
    if like is None:
        names = names_of(sighting_of(case, known[media_id]), known[media_id].sha256)
        if work.photos.marks(names).forged:
            msg = f"photo {media_id} is confirmed as forged: run: refund-sentinel case revoke-forgery CASE first"
            raise OperatorError(msg)
        return [pair_of(names[-1])]
    matches = work.resemblances.matches(case, media_id, like)
    if not matches:
        msg = (
            f"photo {media_id} of case {case.case_id} resembles no photo of {like}: "
            f"refund-sentinel case show {case.case_id} lists what it resembles"
        )
        raise OperatorError(msg)
    return harmless.pairs_of(matches)


def _part(work: ClusterWork, cluster_id: str, new: Sequence[HarmlessMark], act: AuditAct) -> list[Case]:
    """Build a cluster anew without what is harmless now; return the cases that this closes."""
    members = work.clusters.members(cluster_id)
    matches = work.resemblances.matches_of(members)
    found = harmless.harmless_by(matches, harmless.as_marks(new))
    marked = {key: mark_id for key, mark_id in found.items() if mark_id is not None}
    work.resemblances.set_harmless(marked)
    inside = set(members)
    kept = [pair for pair in harmless.joining(matches, marked) if inside.issuperset(pair)]
    work.clusters.rebuild(members, kept, cluster_id)
    return linked_cases.settle(work, work.linked.opened_in(members), act)


def _rejoin(work: ClusterWork, mark_id: str, act: AuditAct, procedure: Procedure) -> list[Case]:
    """Let what was harmless only by this mark join clusters again; return the cases that this opens."""
    matches = work.resemblances.marked_by(mark_id)
    names = {name for match in matches for name in (*match.later_names, *match.earlier_names)}
    left = harmless.harmless_by(matches, work.photos.marks(names))
    work.resemblances.set_harmless(left)
    pairs = harmless.joining(matches, left)
    clusters = work.clusters.join(pairs)
    together = sorted({clusters.root(later) for _, later in pairs})
    return [case for cluster_id in together for case in linked_cases.extend(work, cluster_id, act, procedure)]
