"""The photos that a case is about."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from streams.adapters.sql.tables import claims, photo_matches
from streams.cases.case import Case
from streams.cases.photos import ClaimPhoto, unpacked
from streams.errors import OperatorError


def photos_of(connection: Connection, case: Case) -> dict[str, ClaimPhoto]:
    """Return the claim photos of the case by media id.

    Of a claim that was decided before photos were kept, only those that are known to resemble others.
    """
    content = (claims.c.request_id == case.request_id) & (claims.c.request_digest == case.request_digest)
    kept = connection.execute(select(claims.c.photos).where(content)).scalar()
    if kept is not None:
        return {photo.media_id: photo for photo in unpacked(kept)}
    later = select(photo_matches.c.media_id).where(
        photo_matches.c.request_id == case.request_id, photo_matches.c.request_digest == case.request_digest
    )
    earlier = select(photo_matches.c.earlier_media_id).where(
        photo_matches.c.earlier_request_id == case.request_id, photo_matches.c.earlier_media_id.is_not(None)
    )
    return {media_id: ClaimPhoto(media_id) for media_id in connection.execute(later.union(earlier)).scalars()}


def no_photo(case: Case, media_id: str, known: Collection[str]) -> OperatorError:
    """Return the error for a photo that the case does not have."""
    has = ", ".join(sorted(known)) or "none"
    return OperatorError(f"case {case.case_id} has no photo {media_id}: its photos are: {has}")
