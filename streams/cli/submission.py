"""A file of records to submit: one JSON object a line, each read before any is sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from schemas.codec import decode
from schemas.digest import request_digest
from schemas.errors import ContractError
from schemas.records import RefundRequested
from schemas.records.base import Record
from schemas.topics import Topic

Identity = tuple[str, str]
"""Which content of which request: its id and digest."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that keeps the contract: where it stands, its bytes, and what they hold."""

    number: int
    raw: bytes
    record: Record

    def key(self, topic: Topic) -> bytes:
        """Return the key that the contract gives this record."""
        return str(getattr(self.record, topic.key)).encode()

    def identity(self) -> Identity | None:
        """Return what a decision will name; None for records that are not decided on."""
        if not isinstance(self.record, RefundRequested):
            return None
        return (self.record.request_id, request_digest(self.record))


@dataclass(frozen=True, slots=True)
class BadLine:
    """One line that breaks the contract, and how."""

    number: int
    why: str


def lines(file: IO[bytes], topic: Topic) -> Iterator[Line | BadLine]:
    """Give the lines of ``file`` from its beginning, as records of ``topic``; empty ones are passed over."""
    file.seek(0)
    for number, raw in enumerate(file, 1):
        content = raw.strip()
        if content:
            try:
                yield Line(number, content, decode(topic.record, content))
            except ContractError as exc:
                yield BadLine(number, str(exc))
