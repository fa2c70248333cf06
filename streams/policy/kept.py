"""What is kept of each judged request: its evidence and the facts as they were then, so that it can be judged again.

The record says nothing of the answer, which is stored as it was sent.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import cramjam
import msgspec
from cramjam import zstd

from schemas.records import EvidenceGathered
from streams.cases.photos.marks import UNMARKED, PhotoMarks
from streams.cases.photos.photos import names_in
from streams.errors import InputError
from streams.history.alike import Alike
from streams.history.merchants import MerchantRecord
from streams.history.windows import History
from streams.policy.question import Question, StoredPolicy

FORMAT = b"\x01"
"""The first byte of a chunk: another way to pack is another format."""
LEVEL = 1
LARGEST = 4_194_304
"""Bytes of a chunk before it is compressed, unless one record is larger."""


class UnreadableRecord(InputError):
    """What was kept of a request is not readable: damaged, or written by a newer version."""


class Kept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that the judge saw of one request, but the policy and the key of the random audit."""

    evidence: EvidenceGathered
    history: History
    content_changed: bool
    forged: tuple[str, ...] = ()
    harmless: tuple[tuple[str, str, str], ...] = ()
    held: bool = False
    human_review: bool = False
    merchant: MerchantRecord | None = None
    alike: Alike | None = None

    def question(self, policy: StoredPolicy, audit_key: bytes, decided_at_ms: int) -> Question:
        """Return the question that was asked then, put to ``policy``, held or not as that says."""
        marks = UNMARKED
        if self.forged or self.harmless:
            pairs = {(photo, other): mark for photo, other, mark in self.harmless}
            marks = PhotoMarks(forged=frozenset(self.forged), harmless=pairs)
        return Question(
            evidence=self.evidence,
            history=self.history,
            content_changed=self.content_changed,
            policy=policy,
            audit_key=audit_key,
            decided_at_ms=decided_at_ms,
            marks=marks,
            human_review=self.human_review,
            merchant=self.merchant,
            alike=self.alike,
        )


def kept(question: Question) -> Kept:
    """Return what is kept of a question: all but its policy; of marks, those on its own photos."""
    forged, harmless = _marks_of(question)
    return Kept(
        evidence=question.evidence,
        history=question.history,
        content_changed=question.content_changed,
        forged=forged,
        harmless=harmless,
        held=question.policy.held,
        human_review=question.human_review,
        merchant=question.merchant,
        alike=question.alike,
    )


def encoded(record: Kept) -> bytes:
    """Return a record as :func:`packed` takes it.

    Right after it was judged this takes half the time that it takes after a whole batch: what it reads is at hand then.
    """
    return _encoder.encode(record)


def packed(records: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield chunks that :func:`unpacked` reads, each with how many of the records it holds, in their order.

    One batch is one chunk, unless it is very large: records that are compressed together take a quarter of the room
    and of the time.
    """
    together: list[bytes] = []
    size = 0
    for one in records:
        if together and size + len(one) > LARGEST:
            yield _chunk(together), len(together)
            together, size = [], 0
        together.append(one)
        size += len(one)
    if together:
        yield _chunk(together), len(together)


def unpacked(chunk: bytes) -> list[Kept]:
    """Return the records of a chunk; :class:`UnreadableRecord` when it cannot be read."""
    with _readable():
        return _records.decode(_opened(chunk))


def record_in(chunk: bytes, request_id: str, request_digest: str) -> Kept | None:
    """Return what a chunk holds of one content of a request, None: nothing; errors as of :func:`unpacked`.

    A chunk holds up to a whole batch: a record without the digest in its bytes is passed over unread.
    """
    digest = request_digest.encode()
    with _readable():
        for raw in _packed_records.decode(_opened(chunk)):
            one = _record.decode(raw) if digest in bytes(raw) else None
            if one is not None and one.evidence.request.request_id == request_id:
                return one
    return None


def _opened(chunk: bytes) -> bytes:
    if chunk[:1] != FORMAT:
        msg = "what was kept has another format: a newer version of refund-sentinel wrote it"
        raise UnreadableRecord(msg)
    return bytes(zstd.decompress(chunk[1:]))


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (cramjam.DecompressionError, msgspec.MsgspecError) as exc:
        msg = f"what was kept is damaged ({exc})"
        raise UnreadableRecord(msg) from exc


def _chunk(encoded: Sequence[bytes]) -> bytes:
    """Return a chunk of records that are encoded already: a list of them, behind the byte that names the format."""
    header = b"\xdd" + len(encoded).to_bytes(4, "big")  # MessagePack's array with a 32-bit length
    return FORMAT + bytes(zstd.compress(header + b"".join(encoded), LEVEL))


def _marks_of(question: Question) -> tuple[tuple[str, ...], tuple[tuple[str, str, str], ...]]:
    marks = question.marks
    if not marks.forged and not marks.harmless:
        return (), ()
    names = names_in([question.evidence])
    harmless = sorted((photo, other, mark) for (photo, other), mark in marks.harmless.items() if names & {photo, other})
    return tuple(sorted(marks.forged & names)), tuple(harmless)


_encoder = msgspec.msgpack.Encoder()
_records = msgspec.msgpack.Decoder(list[Kept])
_packed_records = msgspec.msgpack.Decoder(list[msgspec.Raw])
_record = msgspec.msgpack.Decoder(Kept)
