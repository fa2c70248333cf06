"""How far a request has come: what was decided on it, and the cases that people decide."""

from dataclasses import dataclass
from typing import Protocol

from streams.cases.case import Case
from streams.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedContent:
    """The decision on one content of a request, and whose request it is."""

    request_digest: str
    verdict: str
    decided_at_ms: int
    merchant_id: str
    buyer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What became of a request: its contents, oldest first, and their cases, newest first."""

    request_id: str
    contents: tuple[DecidedContent, ...]
    cases: tuple[Case, ...]

    @property
    def cleared(self) -> DecidedContent | None:
        """The content that a machine cleared. None: none was, or several were, and each is objected to on its case."""
        found = [one for one in self.contents if one.verdict == "CLEAR"]
        return found[0] if len(found) == 1 else None


class RequestRecords(Protocol):
    """What is kept on requests; calls block."""

    def progress(self, request_id: str) -> Progress:
        """Return what is kept on a request; empty where nothing was decided under this id."""


class Requests:
    """Tells how far requests have come."""

    def __init__(self, records: RequestRecords) -> None:
        self._records = records

    def progress(self, request_id: str) -> Progress:
        """Return how far a request has come; :class:`NotFound` where nothing was decided on it yet."""
        found = self._records.progress(request_id)
        if not found.contents:
            raise not_decided(request_id)
        return found

    def is_decided(self, request_id: str) -> bool:
        """Return whether anything was decided on a request."""
        return bool(self._records.progress(request_id).contents)


def not_decided(request_id: str) -> NotFound:
    """Return the error for a request that is unknown, and for one that somebody may not see: both sound alike."""
    return NotFound(f"nothing is decided on request {request_id}: no decision means hold")
