"""The photos that a case is about, and the bank of confirmed forgeries."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, select

from streams.adapters.sql.bulk_insert import BulkInsert
from streams.adapters.sql.cases.follow_ups import photos_sent
from streams.adapters.sql.queries import Queries
from streams.adapters.sql.round_trip import answered
from streams.adapters.sql.tables import claims, forged_photos, photo_matches
from streams.cases.case import Case
from streams.cases.photos.forgery import sighting_of
from streams.cases.photos.marks import PhotoMarks
from streams.cases.photos.photos import ClaimPhoto, unpacked

BANK_COLUMNS = [column.name for column in forged_photos.c]


class SqlPhotos:
    """Fulfils :class:`streams.casework.ports.Photos`."""

    def __init__(self, connection: Connection, queries: Queries, bank: BulkInsert) -> None:
        self._connection = connection
        self._queries = queries
        self._bank = bank

    def of(self, case: Case) -> dict[str, ClaimPhoto]:
        """Return the claim photos of the case by media id, those that the buyer sent later among them.

        Of a claim that was decided before photos were kept, only those that are known to resemble others.
        """
        content = (claims.c.request_id == case.request_id) & (claims.c.request_digest == case.request_digest)
        kept = self._connection.execute(select(claims.c.photos).where(content)).scalar()
        if kept is not None:
            return {photo.media_id: photo for photo in (*unpacked(kept), *photos_sent(self._connection, case.case_id))}
        later = select(photo_matches.c.media_id).where(
            photo_matches.c.request_id == case.request_id, photo_matches.c.request_digest == case.request_digest
        )
        earlier = select(photo_matches.c.earlier_media_id).where(
            photo_matches.c.earlier_request_id == case.request_id, photo_matches.c.earlier_media_id.is_not(None)
        )
        found = self._connection.execute(later.union(earlier)).scalars()
        return {media_id: ClaimPhoto(media_id) for media_id in found}

    def marks(self, names: Collection[str]) -> PhotoMarks:
        """Return what people found out about the photos of these names."""
        return answered(self._connection, lambda trip: self._queries.marks(trip, list(names)))

    def bank(self, case: Case, photos: Sequence[ClaimPhoto]) -> None:
        """Put photos of the case into the bank of confirmed forgeries."""
        rows = [
            {
                "case_id": case.case_id,
                "sighting_id": sighting_of(case, photo),
                "sha256": photo.sha256,
                "fingerprint_version": photo.fingerprint_version,
                "fingerprint_bits": photo.fingerprint_bits,
            }
            for photo in photos
        ]
        self._bank.run(self._connection, rows)

    def unbank(self, case_id: str) -> None:
        """Take the photos of the case out of the bank."""
        self._connection.execute(delete(forged_photos).where(forged_photos.c.case_id == case_id))

    def banked(self, case_id: str) -> list[str]:
        """Return the sightings of the case's photos that are in the bank."""
        found = select(forged_photos.c.sighting_id).where(forged_photos.c.case_id == case_id)
        return sorted(self._connection.execute(found).scalars())
