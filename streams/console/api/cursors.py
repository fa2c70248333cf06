"""Cursors: where the next page of a list begins. Opaque to callers, and of no use to steer a query."""

import base64
import binascii
from dataclasses import dataclass

import msgspec

from streams.cases.record.query import CaseOrder, Placed
from streams.errors import Invalid

_BIGGEST = 2**53


class Place(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is kept of the last case of a page."""

    order: CaseOrder
    case_id: str
    opened_at_ms: int
    score: int
    due_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Cursors:
    """Writes and reads the cursors of lists in one order."""

    order: CaseOrder

    def after(self, case: Placed) -> str:
        """Return the cursor of the page that follows ``case``."""
        place = Place(self.order, case.case_id, case.opened_at_ms, case.score, case.due_at_ms)
        return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")

    def read(self, cursor: str | None) -> Place | None:
        """Return after which case the page begins; None: it is the first one.

        Raises :class:`Invalid` for what is no cursor, or one of another order.
        """
        if cursor is None:
            return None
        try:
            place = msgspec.json.decode(
                base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True), type=Place
            )
        except (ValueError, binascii.Error, msgspec.DecodeError):
            place = None
        if place is None or place.order is not self.order or not _fits(place):
            msg = "cursor: give the next_cursor of a page that was asked for in the same order"
            raise Invalid(msg)
        return place


def _fits(place: Place) -> bool:
    return all(abs(number) < _BIGGEST for number in (place.opened_at_ms, place.score, place.due_at_ms or 0))
