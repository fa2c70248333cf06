"""What the database keeps of a person's photos: found, and cleared in one transaction once all else of them is gone.

Cleared are SHA-256 and fingerprints beside claims, matches and in the bank, marks that name the bytes, and what the
audit trail says of such marks: a chain still verifies without payloads. Decisions stay as they were sent.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b

from sqlalchemy import Connection, Engine, bindparam, delete, insert, or_, select, update

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.cases.erased_copies import clear_examples
from streams.adapters.sql.cases.erased_words import ErasedWords
from streams.adapters.sql.cases.follow_ups import clear_photos, photos_in
from streams.adapters.sql.cases.trail import COLUMNS, PersonKeys
from streams.adapters.sql.engine import overwritten, reading, writing
from streams.adapters.sql.kept import forget
from streams.adapters.sql.tables import (
    audit,
    case_evidence,
    cases,
    claims,
    erasures,
    follow_ups,
    forged_photos,
    harmless_photos,
    legal_holds,
    photo_matches,
)
from streams.cases.acts import AuditAct
from streams.cases.photos.harmless import NAMES_PHOTOS
from streams.cases.photos.photos import BY_BYTES, ClaimPhoto, stored, unpacked
from streams.cases.record.erasure import LegalHold, PersonsClaim, PersonsPhoto
from streams.cases.states import CaseState

_OF_CLAIM = (
    claims.c.request_id == bindparam("of_request"),
    claims.c.request_digest == bindparam("of_digest"),
)


class SqlErasureRecords:
    """Fulfils :class:`streams.casework.record.erasure_ports.ErasureRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lists = ArrayParameters(engine.dialect.name)

    def claims_of(self, persons: Collection[str]) -> list[PersonsClaim]:
        """Return everything that was decided for these persons, oldest first."""
        own = (cases.c.request_id == claims.c.request_id) & (cases.c.request_digest == claims.c.request_digest)
        statement = (
            select(claims.c.request_id, claims.c.request_digest, claims.c.photos, cases.c.case_id, cases.c.state)
            .outerjoin_from(claims, cases, own)
            .where(self._lists.among(claims.c.person))
            .order_by(claims.c.appended_at_ms, claims.c.request_id, claims.c.request_digest)
        )
        with reading(self._engine) as connection:
            found = connection.execute(statement, self._lists.given(persons)).all()
            sent = self._sent(connection, [row.case_id for row in found if row.case_id is not None])
            forged = self._forged(connection, [row.case_id for row in found if row.case_id is not None])
            later = self._later(connection, {row.request_id for row in found})
        return [
            PersonsClaim(
                request_id=row.request_id,
                request_digest=row.request_digest,
                photos=(*(() if row.photos is None else unpacked(row.photos)), *sent.get(row.case_id, ())),
                case_id=row.case_id,
                state=None if row.state is None else CaseState(row.state),
                forged=forged,
                later=later,
            )
            for row in found
        ]

    def readable(self, persons: Collection[str]) -> int:
        """Return how much of what was said of these persons can be read; see the port."""
        with reading(self._engine) as connection:
            in_trail = PersonKeys(connection.dialect).readable(connection, persons)
            return in_trail + ErasedWords(self._lists).left(connection, persons)

    def holds(self, persons: Collection[str]) -> list[LegalHold]:
        """Return the legal holds that stand on these persons, oldest first."""
        columns = [legal_holds.c[name] for name in LegalHold.__struct_fields__]
        standing = self._lists.among(legal_holds.c.person) & legal_holds.c.lifted_at_ms.is_(None)
        found = select(*columns).where(standing).order_by(legal_holds.c.hold_id)
        with reading(self._engine) as connection:
            return [LegalHold(**row) for row in connection.execute(found, self._lists.given(persons)).mappings()]

    def hold(self, persons: Collection[str], act: AuditAct) -> None:
        """Place a legal hold on each of these persons."""
        placed = {"placed_at_ms": act.at_ms, "placed_by": act.by, "note": act.note}
        with writing(self._engine) as connection:
            connection.execute(insert(legal_holds), [{"person": person} | placed for person in persons])

    def lift(self, persons: Collection[str], act: AuditAct) -> int:
        """Return how many legal holds on these persons were lifted."""
        standing = self._lists.among(legal_holds.c.person) & legal_holds.c.lifted_at_ms.is_(None)
        lifted = update(legal_holds).where(standing).values(lifted_at_ms=act.at_ms, lifted_by=act.by)
        with writing(self._engine) as connection:
            return connection.execute(lifted, self._lists.given(persons)).rowcount

    def overwritten(self) -> bool:
        """Return whether what was deleted is gone from the database's own files."""
        return overwritten(self._engine)

    def begin(self, act: AuditAct) -> str:
        """Return the id of an erasure that begins now; the only name kept with it is that of whoever erases."""
        erasure_id = f"e-{blake2b(f'{act.at_ms} {act.by} {act.note}'.encode(), digest_size=12).hexdigest()}"
        row = {"erasure_id": erasure_id, "begun_at_ms": act.at_ms, "begun_by": act.by, "note": act.note}
        with writing(self._engine) as connection:
            connection.execute(insert(erasures), row)
        return erasure_id

    def _sent(self, connection: Connection, case_ids: Sequence[str]) -> Mapping[str, list[ClaimPhoto]]:
        """Return by case the photos that the buyer sent on it later."""
        found: dict[str, list[ClaimPhoto]] = defaultdict(list)
        statement = select(follow_ups.c.case_id, follow_ups.c.media, follow_ups.c.photos).where(
            self._lists.among(follow_ups.c.case_id), follow_ups.c.party == "buyer"
        )
        for row in connection.execute(statement, self._lists.given(case_ids)):
            found[row.case_id] += photos_in(row.media, row.photos)
        return found

    def _forged(self, connection: Connection, case_ids: Sequence[str]) -> frozenset[str]:
        found = select(forged_photos.c.sighting_id).where(self._lists.among(forged_photos.c.case_id))
        return frozenset(connection.execute(found, self._lists.given(case_ids)).scalars())

    def _later(self, connection: Connection, requests: Collection[str]) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        statement = select(photo_matches.c.earlier_sighting_id, photo_matches.c.sha256).where(
            self._lists.among(photo_matches.c.earlier_request_id), photo_matches.c.sha256.is_not(None)
        )
        for sighting_id, sha256 in connection.execute(statement, self._lists.given(requests)):
            found[sighting_id].add(sha256)
        return {sighting_id: frozenset(of_later) for sighting_id, of_later in found.items()}


class SqlErasedPhotos:
    """Fulfils :class:`streams.casework.ports.ErasedPhotos`."""

    def __init__(self, connection: Connection, lists: ArrayParameters) -> None:
        self._connection = connection
        self._lists = lists
        self._keys = PersonKeys(connection.dialect)

    def clear(self, photos: Sequence[PersonsPhoto], gone: Collection[str]) -> None:
        """Clear what is kept of ``photos``, and the marks that name bytes which are ``gone``; no photos: nothing."""
        if not photos:
            return
        _clear_claims(self._connection, photos)
        self._clear_evidence(photos)
        self._clear_bank(photos)
        self._clear_matches(photos)
        self._clear_marks(photos, gone)
        self._forget_judgements(photos)

    def readable_cases(self, persons: Collection[str]) -> Collection[str]:
        """Return the ids of these persons' cases on whose trails something can still be read; nobody: none."""
        return self._keys.readable_cases(self._connection, persons) if persons else ()

    def destroy_keys(self, persons: Collection[str]) -> int:
        """Return how many keys of these persons, and payloads in clear, are no more; other words of theirs go too."""
        if not persons:
            return 0
        ErasedWords(self._lists).clear(self._connection, persons)
        return self._keys.destroy(self._connection, persons)

    def end(self, erasure_id: str, *, photos: int, staying: int, at_ms: int) -> None:
        """Store that an erasure is done; ``staying`` photos had to stay."""
        ended = {"finished_at_ms": at_ms, "photos": photos, "held": staying}
        self._connection.execute(update(erasures).where(erasures.c.erasure_id == erasure_id).values(**ended))

    def _forget_judgements(self, photos: Sequence[PersonsPhoto]) -> None:
        """Delete what the judge saw of these requests, and of later ones whose photos resemble these."""
        later = select(photo_matches.c.request_id).where(self._lists.among(photo_matches.c.earlier_sighting_id))
        found = self._connection.execute(later, self._sightings(photos)).scalars()
        requests = {photo.request_id for photo in photos}.union(found)
        forget(self._connection, self._lists, requests)
        clear_examples(self._connection, requests)

    def _clear_bank(self, photos: Sequence[PersonsPhoto]) -> None:
        nothing = {"sha256": None, "fingerprint_version": None, "fingerprint_bits": None}
        statement = update(forged_photos).where(self._lists.among(forged_photos.c.sighting_id)).values(**nothing)
        self._connection.execute(statement, self._sightings(photos))

    def _clear_evidence(self, photos: Sequence[PersonsPhoto]) -> None:
        """Delete what was gathered for the cases of these photos: fingerprints and hashes stand in it."""
        own = self._lists.given({photo.case_id for photo in photos if photo.case_id is not None})
        self._connection.execute(delete(case_evidence).where(self._lists.among(case_evidence.c.case_id)), own)

    def _clear_matches(self, photos: Sequence[PersonsPhoto]) -> None:
        as_earlier = update(photo_matches).where(self._lists.among(photo_matches.c.earlier_sighting_id))
        self._connection.execute(as_earlier.values(earlier_sha256=None), self._sightings(photos))
        as_later = update(photo_matches).where(
            photo_matches.c.request_id == bindparam("of_request"),
            photo_matches.c.request_digest == bindparam("of_digest"),
            photo_matches.c.media_id == bindparam("of_medium"),
        )
        self._connection.execute(
            as_later.values(sha256=None),
            [
                {"of_request": one.request_id, "of_digest": one.request_digest, "of_medium": one.photo.media_id}
                for one in photos
            ],
        )

    def _clear_marks(self, photos: Sequence[PersonsPhoto], gone: Collection[str]) -> None:
        """Delete the marks that name bytes which are gone; resemblances that they made harmless stay so."""
        names = [f"{BY_BYTES}{sha256}" for sha256 in gone]
        naming = or_(self._lists.among(harmless_photos.c.photo), self._lists.among(harmless_photos.c.other))
        self._connection.execute(delete(harmless_photos).where(naming), self._lists.given(names))
        requests = self._resembling({photo.request_id for photo in photos})
        statement = (
            select(*COLUMNS)
            .join_from(audit, cases, audit.c.case_id == cases.c.case_id)
            .where(self._lists.among(cases.c.request_id), audit.c.action.in_(NAMES_PHOTOS))
        )
        rows = self._connection.execute(statement, self._lists.given(requests)).mappings()
        for entry in self._keys.entries(self._connection, rows):
            if entry.payload is not None and any(name.encode() in entry.payload for name in names):
                one = update(audit).where(audit.c.case_id == entry.case_id, audit.c.seq == entry.seq)
                self._connection.execute(one.values(salt=None, payload=None))

    def _resembling(self, requests: Collection[str]) -> set[str]:
        """Return these requests, and all of which a photo resembles one of theirs."""
        earlier = select(photo_matches.c.earlier_request_id).where(
            self._lists.among(photo_matches.c.request_id), photo_matches.c.earlier_request_id.is_not(None)
        )
        later = select(photo_matches.c.request_id).where(self._lists.among(photo_matches.c.earlier_request_id))
        return {*requests, *self._connection.execute(earlier.union(later), self._lists.given(requests)).scalars()}

    def _sightings(self, photos: Sequence[PersonsPhoto]) -> dict[str, str]:
        return self._lists.given(photo.sighting_id for photo in photos)


def _clear_claims(connection: Connection, photos: Sequence[PersonsPhoto]) -> None:
    """Keep of each erased photo beside its claim that there was one, and nothing else."""
    erased: dict[tuple[str, str], set[str]] = defaultdict(set)
    for photo in photos:
        erased[photo.request_id, photo.request_digest].add(photo.photo.media_id)
    for (request_id, digest), media in erased.items():
        clear_photos(connection, request_id, digest, {name.partition("#")[0] for name in media})
        of_claim = {"of_request": request_id, "of_digest": digest}
        text = connection.execute(select(claims.c.photos).where(*_OF_CLAIM), of_claim).scalar()
        if text is not None:
            left = [ClaimPhoto(one.media_id) if one.media_id in media else one for one in unpacked(text)]
            connection.execute(update(claims).where(*_OF_CLAIM).values(photos=stored(left)), of_claim)
