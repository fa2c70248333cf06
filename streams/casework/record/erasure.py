"""Erasing a person's photos everywhere: marked first, so that nothing brings them back, and in the database last.

The database names what is to be erased until all else is gone, so whatever a crash leaves is completed by a repeat.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from streams.cases.acts import AuditAct
from streams.cases.record.erasure import (
    MarkedPhoto,
    Needs,
    PersonsPhoto,
    Plan,
    erased,
    parts_since,
    photos_of,
    silenced,
)
from streams.cases.record.erasure import plan as planned
from streams.casework.ports import CaseDatabase
from streams.casework.record.erasure_ports import ErasedSightings, ErasureRecords, OnRead, PhotoStore
from streams.errors import NotAllowed
from streams.wording.dates import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased. ``gone`` are the bytes that exist no more; other people's photos, or goods', need the rest.

    ``since`` is the offset in the log of sightings where the tombstones begin; ``keys_of`` are the persons whose key
    to the audit trail was destroyed.
    """

    erasure_id: str
    marked: tuple[MarkedPhoto, ...]
    gone: frozenset[str]
    since: int
    keys_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a search for erased photos still found: nothing, where all is done.

    ``kept`` are keys in the evidence store. ``measured`` are sightings of which the database still has a fingerprint or
    a SHA-256, ``written`` those of which the log has more than a tombstone. ``found`` are those that a search in one of
    this host's ``replicas`` (folders) still finds; None: there is no replica here, so nobody searched. ``readable``
    counts what can still be read of persons whose keys went: audit entries, drafts, notes, what the judge saw.
    ``overwritten`` says that what was deleted is gone from the database's own files, too.
    """

    kept: tuple[str, ...]
    measured: tuple[str, ...]
    written: tuple[str, ...]
    found: tuple[str, ...] | None
    replicas: tuple[str, ...]
    readable: int = 0
    overwritten: bool = True

    @property
    def left(self) -> bool:
        """Whether something is still found."""
        found = self.kept or self.measured or self.written or self.found or self.readable
        return bool(found) or not self.overwritten

    @property
    def holds(self) -> bool:
        """Whether all was searched and nothing is left: where nobody searched, nothing is proved."""
        return not self.left and self.found is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Erases photos wherever something is kept of them, and proves that they are gone."""

    database: CaseDatabase
    records: ErasureRecords
    store: PhotoStore
    sightings: ErasedSightings

    def unknown(self, persons: Iterable[str]) -> list[str]:
        """Return those of the persons on whom no request was ever decided; most of the time they are misspelt."""
        return [person for person in persons if not self.records.claims_of([person])]

    def find(self, persons: Collection[str]) -> list[PersonsPhoto]:
        """Return the claim photos of these persons, wherever something is kept of them."""
        return [
            photo
            for claim in self.records.claims_of(persons)
            for photo in photos_of(claim, self.store.photos_of(claim.request_id, claim.request_digest))
        ]

    def plan(self, persons: Collection[str], needs: Needs) -> Plan:
        """Return what is to be erased of these persons, and what has to stay."""
        return planned(self.find(persons), needs, persons, self.records.claims_of(persons))

    def require_no_hold(self, persons: Collection[str]) -> None:
        """Raise :class:`NotAllowed` if a legal hold stands on one of these persons; the error names the first."""
        for hold in self.records.holds(persons):
            msg = (
                f"a legal hold is on {hold.person}, placed by {hold.placed_by} on {moment(hold.placed_at_ms)} "
                f"({hold.note}): nothing was erased; --lift-hold lifts it"
            )
            raise NotAllowed(msg)

    def erase(self, plan: Plan, act: AuditAct, on_done: Callable[[int], None]) -> Erased:
        """Return what was erased; ``on_done`` is told how many photos are gone from the evidence store.

        Raises :class:`NotAllowed` where a legal hold was placed since the plan was made, and errors of the database,
        the store and the broker. Whatever they leave undone is completed by a repeat.
        """
        self.require_no_hold(plan.persons)
        erasure_id = self.records.begin(act)
        marked = tuple(self.store.mark(photo, act.at_ms) for photo in plan.going)
        late = parts_since(plan.going, self.store.photos_of)  # whoever looks at a video now finds it marked
        marked += tuple(self.store.mark(photo, act.at_ms) for photo in late)
        plan = replace(plan, going=(*plan.going, *late))
        since = self.sightings.bury([photo.sighting_id for photo in plan.going])
        gone = self.store.take_away(marked, on_done)
        for one in marked:
            self.store.finish(one)
        finish(self.database, erasure_id, plan, gone, act)
        return Erased(erasure_id=erasure_id, marked=marked, gone=gone, since=since, keys_of=plan.keys_of)

    def prove(self, persons: Collection[str], done: Erased, on_read: OnRead) -> Proof:
        """Return what is still found of what was erased; ``on_read`` is told how far a replica has read the log."""
        names = {one.photo.sighting_id for one in done.marked}
        now = self.find(persons)
        alike = [like for one in done.marked if (like := one.photo.photo.fingerprint) is not None]
        replicas = tuple(self.sightings.replicas())
        found = tuple(sorted(self.sightings.found(names, alike, on_read))) if replicas else None
        return Proof(
            kept=tuple(self.store.left_of(done.marked, done.gone)),
            measured=tuple(one.sighting_id for one in now if one.measured and one.sighting_id in names),
            written=tuple(sorted(self.sightings.written(names, done.since))),
            found=found,
            replicas=replicas,
            readable=self.records.readable(done.keys_of) if done.keys_of else 0,
            overwritten=self.records.overwritten(),
        )


def looked_for(plan: Plan) -> Erased:
    """Return what a search has to look for where nothing is erased: everything that the plan would erase."""
    marked = tuple(
        MarkedPhoto(photo, () if photo.photo.sha256 is None else (photo.photo.sha256,)) for photo in plan.going
    )
    return Erased(erasure_id="", marked=marked, gone=frozenset(), since=0, keys_of=plan.keys_of)


def finish(database: CaseDatabase, erasure_id: str, plan: Plan, gone: Collection[str], act: AuditAct) -> None:
    """Clear what the database keeps of the erased photos, and of the bytes that are ``gone``.

    Each case says so in its audit trail; photos that were cleared before are not noted again. Where the person's key
    goes, the rest of what the trail says of them cannot be read any more: that is said as well, because an entry that
    cannot be read and of which nobody says that it was erased is a broken one.
    """
    of_case: dict[str, list[str]] = defaultdict(list)
    for photo in plan.going:
        if photo.case_id is not None and photo.measured:
            of_case[photo.case_id].append(photo.photo.media_id)
    with database.changing_clusters() as work:
        work.erased.clear(plan.going, gone)
        unreadable = set(work.erased.readable_cases(plan.keys_of))
        cases = {case.case_id: case for case in work.cases.locked(unreadable.union(of_case))}
        work.cases.apply([erased(cases[name], erasure_id, media, act) for name, media in of_case.items()])
        work.cases.apply([silenced(cases[name], erasure_id, act) for name in sorted(unreadable)])
        work.erased.destroy_keys(plan.keys_of)
        work.erased.end(erasure_id, photos=len(plan.going), staying=len(plan.staying), at_ms=act.at_ms)
