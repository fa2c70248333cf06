"""Who looked at which photo: on record before the photo is shown."""

from collections.abc import Sequence
from typing import Protocol

from streams.cases.case import Case
from streams.cases.record.disclosure import PhotoView


class PhotoViewRecords(Protocol):
    """Where views of photos are kept; calls block."""

    def note(self, view: PhotoView) -> None:
        """Store a view."""

    def of(self, subject_ids: Sequence[str]) -> list[PhotoView]:
        """Return the views of photos of these cases or requests, oldest first."""


class PhotoViews:
    """Keeps who looked at photos."""

    def __init__(self, records: PhotoViewRecords) -> None:
        self._records = records

    def note(self, view: PhotoView) -> None:
        """Put a view on record."""
        self._records.note(view)

    def of(self, case: Case) -> list[PhotoView]:
        """Return who looked at the case's photos, oldest first, also before the request became a case."""
        return self._records.of((case.case_id, case.request_id))
