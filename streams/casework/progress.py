"""How far a request has come: what was decided on it, and the cases that people decide."""

from dataclasses import dataclass
from typing import Protocol

from streams.cases.case import Case
from streams.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedContent:
    """What was decided on one content of a request, and whose that is."""

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
        """The content that a machine cleared; None where none was, or several: then each is objected to on its case."""
        found = [one for one in self.contents if one.verdict == "CLEAR"]
        return found[0] if len(found) == 1 else None


class RequestRecords(Protocol):
    """What is kept on requests; calls block."""

    def progress(self, request_id: str) -> Progress:
        """Return what is kept on a request: nothing where none was decided under this id."""


class Requests:
    """Says how far requests have come."""

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
    """Return what is said of a request that is unknown, and of one that somebody may not see."""
    return NotFound(f"nothing is decided on request {request_id}: no decision means hold")
