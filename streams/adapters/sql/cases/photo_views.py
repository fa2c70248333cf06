"""Views of photos as rows."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Engine, delete, select, tuple_

from streams.adapters.sql.bulk_insert import insert_or_leave
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.tables import photo_views
from streams.cases.record.disclosure import PhotoView


class SqlPhotoViews:
    """Fulfils :class:`streams.casework.photos.photo_views.PhotoViewRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, view: PhotoView) -> None:
        """Store a view."""
        with writing(self._engine) as connection:
            connection.execute(insert_or_leave(connection, photo_views), msgspec.structs.asdict(view))

    def of(self, subject_ids: Sequence[str]) -> list[PhotoView]:
        """Return the views of photos of these cases or requests, oldest first."""
        own = select(photo_views).where(photo_views.c.subject_id.in_(subject_ids))
        columns = (photo_views.c.at_ms, photo_views.c.viewer, photo_views.c.places, photo_views.c.view)
        with reading(self._engine) as connection:
            return [PhotoView(**row) for row in connection.execute(own.order_by(*columns)).mappings()]

    def purge(self, before_ms: int, limit: int) -> int:
        """Return how many views from before ``before_ms`` (Unix milliseconds) were deleted, the oldest ``limit``."""
        key = tuple(photo_views.primary_key.columns)
        oldest = select(*key).where(photo_views.c.at_ms < before_ms).order_by(photo_views.c.at_ms).limit(limit)
        with writing(self._engine) as connection:
            return connection.execute(delete(photo_views).where(tuple_(*key).in_(oldest))).rowcount
