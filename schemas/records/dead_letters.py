"""``dead.letters.v1``: a message that could not be read or used, whole, with why. Key as the original's."""

from typing import Annotated, ClassVar

import msgspec

from schemas.records.base import END, Code, Count, Record, SizeBytes, Text, TimeMs

Base64 = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?" + END,
        description="bytes in base64, padded",
        extra_json_schema={"contentEncoding": "base64"},
    ),
]
TopicName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9._\-]{1,249}" + END, description="a topic's name: 1-249 characters of A-Za-z0-9._-"
    ),
]
Place = Annotated[int, msgspec.Meta(ge=0, le=9_223_372_036_854_775_807)]


class LetterError(Record):
    """What was wrong: a stable class to count by, and a message that says what to do."""

    class_: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] = msgspec.field(name="class")
    message: Text


class DeadLetter(Record):
    """The original message and where it stood: (topic, partition, offset) identifies it, so a repeat is recognised.

    ``left_out_bytes`` is the size of an original too long to be carried: it is then found in its topic only.
    ``sent_again_as`` is the offset that the original got when it was sent again to its old partition: such a letter
    only marks that. A later letter with that offset is the same message, which failed again.
    """

    max_bytes: ClassVar[int] = 1536 * 1024  # the longest original in base64, and what is said of it

    topic: TopicName
    partition: Place
    offset: Place
    key_base64: Base64 | None
    value_base64: Base64 | None
    headers: list[tuple[str, Base64 | None]]
    stage: Code
    error: LetterError
    attempts: Count
    first_seen_at_ms: TimeMs
    left_out_bytes: SizeBytes | None = None
    sent_again_as: Place | None = None

    @property
    def identity(self) -> tuple[str, int, int]:
        """Where the original stands: equal identities are one letter."""
        return (self.topic, self.partition, self.offset)
