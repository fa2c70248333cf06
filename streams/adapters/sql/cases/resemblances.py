"""Photos that resemble each other, and the marks by which that means nothing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, delete, insert, or_, select, update

from schemas.names import claim_sighting
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.tables import harmless_photos, photo_matches
from streams.cases.case import Case
from streams.cases.photos.harmless import HarmlessMark, MatchedPhotos, MatchKey
from streams.cases.photos.marks import ANY

_MATCH = select(*(photo_matches.c[name] for name in MatchedPhotos.__dataclass_fields__))
_SET_HARMLESS = (
    update(photo_matches)
    .where(
        photo_matches.c.request_id == bindparam("of_request"),
        photo_matches.c.request_digest == bindparam("of_digest"),
        photo_matches.c.ordinal == bindparam("of_ordinal"),
    )
    .values(harmless_by=bindparam("by"))
)


class SqlResemblances:
    """Fulfils :class:`streams.casework.ports.Resemblances`."""

    def __init__(self, connection: Connection, lists: ArrayParameters) -> None:
        self._connection = connection
        self._lists = lists

    def known(self, mark_ids: Collection[str]) -> dict[str, HarmlessMark]:
        """Return those of these marks that are stored, by id."""
        found = select(harmless_photos).where(harmless_photos.c.mark_id.in_(mark_ids))
        return {row["mark_id"]: _mark(row) for row in self._connection.execute(found).mappings()}

    def add(self, marks: Sequence[HarmlessMark]) -> None:
        """Store new marks."""
        self._connection.execute(insert(harmless_photos), [_row(mark) for mark in marks])

    def remove(self, mark_id: str) -> None:
        """Delete a mark."""
        self._connection.execute(delete(harmless_photos).where(harmless_photos.c.mark_id == mark_id))

    def matches(self, case: Case, media_id: str, like: str) -> list[MatchedPhotos]:
        """Return the matches of a photo of the case with photos of ``like``, a request or a sighting."""
        sighting = claim_sighting(case.request_id, case.request_digest, media_id)
        own = (photo_matches.c.request_id == case.request_id) & (photo_matches.c.request_digest == case.request_digest)
        earlier = or_(photo_matches.c.earlier_sighting_id == like, photo_matches.c.earlier_request_id == like)
        as_later = own & (photo_matches.c.media_id == media_id) & earlier
        as_earlier = (photo_matches.c.earlier_sighting_id == sighting) & (photo_matches.c.request_id == like)
        return self._matches(_MATCH.where(or_(as_later, as_earlier)))

    def matches_of(self, requests: Sequence[str]) -> list[MatchedPhotos]:
        """Return the matches of photos of these requests with earlier photos."""
        statement = _MATCH.where(self._lists.among(photo_matches.c.request_id))
        return self._matches(statement, self._lists.given(requests))

    def marked_by(self, mark_id: str) -> list[MatchedPhotos]:
        """Return the matches that this mark makes harmless."""
        return self._matches(_MATCH.where(photo_matches.c.harmless_by == mark_id))

    def set_harmless(self, marks: Mapping[MatchKey, str | None]) -> None:
        """Store for each match the mark that makes it harmless; None: no mark does."""
        rows = [
            {"of_request": request_id, "of_digest": digest, "of_ordinal": ordinal, "by": mark_id}
            for (request_id, digest, ordinal), mark_id in marks.items()
        ]
        if rows:
            self._connection.execute(_SET_HARMLESS, rows)

    def _matches(self, statement: Select[Any], given: Mapping[str, str] | None = None) -> list[MatchedPhotos]:
        return [MatchedPhotos(**row) for row in self._connection.execute(statement, given or {}).mappings()]


def all_marks(connection: Connection) -> Iterator[HarmlessMark]:
    """Give every mark, newest first."""
    newest = (harmless_photos.c.marked_at_ms.desc(), harmless_photos.c.mark_id)
    found = connection.execute(select(harmless_photos).order_by(*newest)).mappings().all()
    return (_mark(row) for row in found)


def _row(mark: HarmlessMark) -> dict[str, object]:
    return {name: getattr(mark, name) for name in mark.__dataclass_fields__} | {"other": mark.other or ANY}


def _mark(row: RowMapping) -> HarmlessMark:
    return HarmlessMark(**{**row, "other": row["other"] or None})
