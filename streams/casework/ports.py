"""What people's work needs from the database: one transaction at a time, through which cases are read and changed.

Calls block. All raise :class:`streams.errors.DatabaseUnavailable` when trying again may help.
"""

# Over 250 lines because it names, without code, all that one transaction on cases can do.

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from schemas.records import RefundRequested
from streams.cases.activity import Activity
from streams.cases.acts import Action, AuditAct
from streams.cases.asked import Party
from streams.cases.audit import AuditEntry
from streams.cases.case import Case, CaseFile, ClusterMember
from streams.cases.legal_tiers import ForgedSums
from streams.cases.looks import VerdictRecord
from streams.cases.parties.linking import ClearedClaim
from streams.cases.photos.clusters import UnionFind
from streams.cases.photos.harmless import HarmlessMark, MatchedPhotos, MatchKey
from streams.cases.photos.marks import PhotoMarks
from streams.cases.photos.photos import ClaimPhoto
from streams.cases.quality.golden import GoldenCase, Viewer
from streams.cases.record.erasure import PersonsPhoto
from streams.cases.record.query import CaseQuery, Named, Placed
from streams.cases.reviewing.assignment import Assignment
from streams.cases.sent_evidence import FollowUp
from streams.cases.transitions import Transition
from streams.casework.assignment_ports import Assignments
from streams.casework.golden_ports import Goldens


class BeforeVerdict(NamedTuple):
    """What somebody's verdict on a case depends on, beside the case.

    ``conflict``: one of interest is on record. ``in_hand`` is the assignment that has the case in somebody's hands.
    ``record`` are the verdicts so far, ``deciders`` who gave one that decides something, both oldest first. ``banked``:
    photos of the case are in the bank of confirmed forgeries.
    """

    conflict: bool
    in_hand: Assignment | None
    record: Sequence[VerdictRecord]
    deciders: Sequence[str]
    banked: bool


class Cases(Protocol):
    """The cases, inside one transaction."""

    def get(self, name: str) -> Case:
        """Return the case of this id, or the only one of the request of this id; until the end nobody else changes it.

        :class:`streams.errors.NotFound` when there is none, :class:`streams.errors.OperatorError` when several are.
        """

    def locked(self, case_ids: Collection[str]) -> list[Case]:
        """Return these cases; nobody else changes them until the transaction ends."""

    def due(self, now_ms: int, limit: int) -> list[Case]:
        """Return up to ``limit`` cases past their deadline, oldest first, but none that another transaction locked."""

    def of_request(self, name: str) -> list[Case]:
        """Return the cases of the request of this id, oldest first, or the one of this id; nobody else changes them.

        :class:`streams.errors.NotFound` when there is none.
        """

    def actors(self, case_id: str, actions: Collection[Action]) -> list[str]:
        """Return who did one of these acts on the case, oldest first."""

    def entries(self, case_id: str, actions: Collection[Action]) -> list[AuditEntry]:
        """Return the audit entries of these acts on the case, oldest first, as far as they can be read."""

    def forged_sums(self, person: str) -> ForgedSums:
        """Return the sums of the person's confirmed forged refunds: those paid, and those not paid."""

    def request_of(self, case: Case) -> RefundRequested:
        """Return the request of the case as it was decided, without its claim media.

        A claim decided before references were kept comes without these too.
        """

    def follow_ups(self, case_id: str) -> list[FollowUp]:
        """Return what parties sent on the case later, oldest first."""

    def remember_demand(self, request_id: str, party: Party, act: AuditAct) -> None:
        """Store that ``party`` demands a human look at a request, decided or not; a repeat changes nothing.

        Until the transaction ends nobody decides the request.
        """

    def lot_key(self, now_ms: int) -> bytes:
        """Return the key of the lots: which cases a second person sees, and where golden ones go out."""

    def before_verdict(self, case: Case, by: str, at_ms: int) -> BeforeVerdict:
        """Return what somebody's verdict on the case depends on; nobody else changes the case meanwhile."""

    def apply(self, transitions: Sequence[Transition], handed_out: Sequence[Assignment] = ()) -> None:
        """Store what was done: cases, verdicts, audit entries and events; each case at most once.

        ``handed_out`` are the new assignments of those that are in somebody's hands from here on. Raises
        :class:`streams.errors.CaseChanged` when one is no longer as it was read.
        """


class LinkedClaims(Protocol):
    """What a confirmed forgery touches, inside one transaction."""

    def standing_forgery(self, members: Sequence[str]) -> str | None:
        """Return the id of the case with the first forgery confirmed on these requests; None: there is none."""

    def cleared(self, members: Sequence[str]) -> list[ClearedClaim]:
        """Return the decisions on these requests that have no case."""

    def withdrawn(self, members: Sequence[str]) -> list[Case]:
        """Return the cases of these requests that were opened for a forgery and closed once that was revoked."""

    def opened_for(self, forgery: str) -> list[Case]:
        """Return the cases, not yet closed, that were opened for the forgery on this case."""

    def opened_in(self, requests: Sequence[str]) -> list[Case]:
        """Return the cases of these requests, not yet closed, that were opened for any forgery."""


class Clusters(Protocol):
    """The clusters, inside one transaction that alone may change them."""

    def members(self, cluster_id: str) -> list[str]:
        """Return every request of a cluster; the one that names it comes first."""

    def name_of(self, request_id: str) -> str:
        """Return the name of the cluster that a request is in: its own id when it is alone."""

    def join(self, pairs: Sequence[tuple[str, str]]) -> UnionFind:
        """Return the clusters around these requests, after the two of each pair (earlier, later) were joined."""

    def rebuild(self, members: Sequence[str], pairs: Sequence[tuple[str, str]], cluster_id: str) -> None:
        """Split a cluster into what ``pairs`` hold together; see :func:`streams.cases.photos.clusters.rebuilt`."""


class Photos(Protocol):
    """What is known of photos, inside one transaction."""

    def of(self, case: Case) -> dict[str, ClaimPhoto]:
        """Return the claim photos of the case by media id."""

    def marks(self, names: Collection[str]) -> PhotoMarks:
        """Return what people found out about the photos of these names."""

    def bank(self, case: Case, photos: Sequence[ClaimPhoto]) -> None:
        """Put photos of the case into the bank of confirmed forgeries."""

    def unbank(self, case_id: str) -> None:
        """Take the photos of the case out of the bank."""

    def banked(self, case_id: str) -> list[str]:
        """Return the sightings of the case's photos that are in the bank."""


class Resemblances(Protocol):
    """Photos that resemble each other, and the marks that make this harmless, inside one transaction."""

    def known(self, mark_ids: Collection[str]) -> dict[str, HarmlessMark]:
        """Return those of these marks that are stored, by id."""

    def add(self, marks: Sequence[HarmlessMark]) -> None:
        """Store new marks."""

    def remove(self, mark_id: str) -> None:
        """Delete a mark."""

    def matches(self, case: Case, media_id: str, like: str) -> list[MatchedPhotos]:
        """Return the matches of a photo of the case with photos of ``like``, a request or a sighting."""

    def matches_of(self, requests: Sequence[str]) -> list[MatchedPhotos]:
        """Return the matches of photos of these requests with earlier photos."""

    def marked_by(self, mark_id: str) -> list[MatchedPhotos]:
        """Return the matches that this mark makes harmless."""

    def set_harmless(self, marks: Mapping[MatchKey, str | None]) -> None:
        """Store for each match the mark that makes it harmless; None: no mark does."""


class ErasedPhotos(Protocol):
    """What the database keeps of photos that are erased, inside one transaction."""

    def clear(self, photos: Sequence[PersonsPhoto], gone: Collection[str]) -> None:
        """Clear what is kept of ``photos``, and the marks that name bytes which are ``gone``."""

    def readable_cases(self, persons: Collection[str]) -> Collection[str]:
        """Return the ids of these persons' cases on whose trails something can still be read that is to be erased."""

    def destroy_keys(self, persons: Collection[str]) -> int:
        """Return how many keys to these persons' audit entries, and payloads in clear, were destroyed."""

    def end(self, erasure_id: str, *, photos: int, staying: int, at_ms: int) -> None:
        """Store that an erasure is done; ``staying`` photos had to stay."""


class ClusterWork(Protocol):
    """One transaction on cases, clusters and photos; until it ends, nobody else marks photos or changes clusters."""

    @property
    def cases(self) -> Cases:
        """The cases."""

    @property
    def assignments(self) -> Assignments:
        """Who has which case in hand."""

    @property
    def goldens(self) -> Goldens:
        """Which cases are golden."""

    @property
    def linked(self) -> LinkedClaims:
        """What confirmed forgeries touch."""

    @property
    def clusters(self) -> Clusters:
        """The clusters."""

    @property
    def photos(self) -> Photos:
        """What is known of photos."""

    @property
    def resemblances(self) -> Resemblances:
        """Photos that resemble each other, and marks on them."""

    @property
    def erased(self) -> ErasedPhotos:
        """What is kept of photos that are erased."""


class CaseWork(Protocol):
    """One transaction on cases alone."""

    @property
    def cases(self) -> Cases:
        """The cases."""

    @property
    def assignments(self) -> Assignments:
        """Who has which case in hand."""

    @property
    def goldens(self) -> Goldens:
        """Which cases are golden."""

    @property
    def photos(self) -> Photos:
        """What is known of photos: only to look at."""


class CaseDatabase(Protocol):
    """Where cases are kept."""

    def changing_cases(self) -> AbstractContextManager[CaseWork]:
        """Give a transaction that is committed at the end; an error rolls all of it back."""

    def seeing_cases(self) -> AbstractContextManager[CaseWork]:
        """Give a transaction to read in: it blocks nobody, and must change nothing."""

    def changing_clusters(self) -> AbstractContextManager[ClusterWork]:
        """Give a transaction that is committed at the end; an error rolls all of it back."""

    def marks(self) -> Iterator[HarmlessMark]:
        """Give every mark, newest first."""


class CaseRecords(Protocol):
    """What is kept on cases, to read."""

    def page(self, query: CaseQuery, after: Placed | None, size: int) -> list[Case]:
        """Return the next cases, at most ``size``, in the order of the query; ``after`` None: from the first one on."""

    def is_known(self, what: Named, name: str) -> bool:
        """Return whether a request was ever decided that has this id, or is of this order, buyer or merchant."""

    def categories(self) -> list[str]:
        """Return the categories of goods that there are cases of."""

    def case(self, name: str, viewer: Viewer | None = None) -> Case:
        """Return the case of this id, or the newest of the request of this id; errors as of :meth:`file`."""

    def file(self, name: str, viewer: Viewer | None = None) -> CaseFile:
        """Return all that is kept on the case of this id, or on the newest of the request of this id.

        To a ``viewer`` a golden case looks as when they had it in hand. :class:`streams.errors.NotFound` when there is
        none, or it is golden and may still be given to the viewer.
        """

    def tells_an_appealed_verdict(self, case: Case) -> bool:
        """Return whether the case was opened for a verdict that is appealed, or met a photo that one found forged."""

    def seen_by(self, case: Case, viewer: Viewer) -> Case:
        """Return the case as it looks to the viewer; errors as of :meth:`file`."""

    def golden_among(self, requests: Collection[str], viewer: Viewer) -> Mapping[str, GoldenCase | None]:
        """Return those of these requests whose case is golden, each as the viewer sees it; None: they must not know."""

    def golden_known_as(self, request_id: str, viewer: Viewer) -> GoldenCase | None:
        """Return the golden case that the viewer knows by this id of its request; None: there is none."""

    def activity(self, case: Case, until_ms: int) -> Activity:
        """Return what the case's buyer and merchant did in the weeks up to ``until_ms``."""

    def cluster(self, name: str) -> tuple[str, list[ClusterMember], int | None]:
        """Return the name of the case's cluster and all that was decided in it, oldest first; errors as :meth:`file`.

        The third value is when the first verdict came that is appealed now in the cluster; None: none is.
        """
