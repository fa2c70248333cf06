"""Photos and videos that a party uploads: kept as our own copy first, then a follow-up like any other."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, Protocol, TypeVar

from schemas.names import Role, request_pointer
from streams.cases.acts import AuditAct
from streams.cases.asked import Party
from streams.cases.case import Case
from streams.cases.sent_evidence import SentMedium
from streams.casework.parties.further_evidence import FurtherEvidence, Taken
from streams.errors import Invalid, MediaUnreadable

T = TypeVar("T")

AT_ONCE = 8
"""Files that one call may bring."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """One uploaded file: what its bytes are, and how to read them again from the start."""

    sha256: str
    kind: Literal["photo", "video"]
    pieces: Callable[[], Iterator[bytes]]


class UploadStore(Protocol):
    """The evidence store, as uploads need it; raises :class:`streams.errors.StoreUnavailable`. Calls block."""

    def keep(self, pointer: str, pieces: Iterator[bytes], uri: str) -> bool:
        """Return whether the bytes are newly kept under the pointer; False: they were kept before.

        Raises :class:`streams.errors.MediaUnreadable` for a file that is too large, or was erased.
        """

    def forget(self, pointer: str, sha256: str) -> None:
        """Remove a pointer that was stored just now, and its bytes unless others need them."""


class Uploads:
    """Keeps uploaded files, and hands them on as a follow-up."""

    def __init__(self, store: UploadStore, further: FurtherEvidence) -> None:
        self._store = store
        self._further = further

    def offer(
        self,
        case: Case,
        party: Party,
        files: Sequence[Uploaded],
        take: Callable[[Sequence[SentMedium]], T],
        *,
        taken: Callable[[T], bool],
    ) -> T:
        """Return what ``take`` returns for these files, which are kept before it is called.

        New files are removed again where ``take`` raises, or what it returns is not ``taken``; not those that somebody
        sent at the same time, and whose call was taken. A file has one name in its case: sent again, it is known.
        Raises :class:`Invalid` for too many files, or one sent twice.
        """
        if not 0 < len(files) <= AT_ONCE or len({file.sha256 for file in files}) < len(files):
            msg = f"send 1 to {AT_ONCE} files that differ"
            raise Invalid(msg)
        new, done = list[Uploaded](), False
        try:
            told = take([self._kept(case, party, file, new) for file in files])
            done = taken(told)
        finally:
            if not done:
                self._take_back(case, party, new)
        with suppress(MediaUnreadable):  # erased since; where another call took these very files back, they come again
            for file in files:
                self._kept(case, party, file, [])
        return told

    def send(self, case: Case, act: AuditAct, party: Party, media: Sequence[SentMedium], version: int | None) -> Taken:
        """Return what was taken of uploaded media; see :meth:`FurtherEvidence.send`."""
        if {one.media_id for one in media} & set(self._further.media_of(case.case_id)):
            msg = "these files are on the case already: send others"
            raise Invalid(msg)
        return self._further.send(case.case_id, act, party, media, version=version)

    def _take_back(self, case: Case, party: Party, files: Sequence[Uploaded]) -> None:
        """Remove files that were new, unless they are the case's by now: a call with the same files was taken.

        It may be taken between the look and the removal: so one looks once more, as that call does.
        """
        for file in files:
            media_id = _media_id(case, party, file)
            if media_id not in self._further.media_of(case.case_id):
                self._store.forget(_pointer(case, party, media_id), file.sha256)
                if media_id in self._further.media_of(case.case_id):
                    self._kept(case, party, file, [])

    def _kept(self, case: Case, party: Party, file: Uploaded, new: list[Uploaded]) -> SentMedium:
        """Return the medium that this file is from now on, and add the file to ``new`` if it was not kept before."""
        media_id = _media_id(case, party, file)
        uri = f"uploads/{case.case_id}/{media_id}"
        if self._store.keep(_pointer(case, party, media_id), file.pieces(), uri):
            new.append(file)
        return SentMedium(uri=uri, media_id=media_id, kind=file.kind, sha256=file.sha256)


def _media_id(case: Case, party: Party, file: Uploaded) -> str:
    return f"u-{blake2b(f'{case.case_id}/{party}/{file.sha256}'.encode(), digest_size=16).hexdigest()}"


def _pointer(case: Case, party: Party, media_id: str) -> str:
    role: Role = "claim" if party == "buyer" else "reference"
    return request_pointer(case.request_id, case.request_digest, role, media_id)
