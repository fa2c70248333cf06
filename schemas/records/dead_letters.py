"""``dead.letters.v1``: a message that could not be read or used, whole, with why. Key as the original's."""

from typing import Annotated

import msgspec

from schemas.records.base import Count, Record, TimeMs

Base64 = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/]*={0,2}(?![\s\S])")]


class LetterError(Record):
    """What was wrong: a stable class to count by, and a message that says what to do."""

    class_: str = msgspec.field(name="class")
    message: str


class DeadLetter(Record):
    """The original message and where it stood: (topic, partition, offset) identifies it, so a repeat is recognised."""

    topic: str
    partition: Annotated[int, msgspec.Meta(ge=0)]
    offset: Annotated[int, msgspec.Meta(ge=0)]
    key_base64: Base64 | None
    value_base64: Base64 | None
    headers: list[tuple[str, Base64 | None]]
    stage: str
    error: LetterError
    attempts: Count
    first_seen_at_ms: TimeMs

    @property
    def identity(self) -> tuple[str, int, int]:
        """Where the original stands: equal identities are one letter."""
        return (self.topic, self.partition, self.offset)
