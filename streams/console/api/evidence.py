"""Files that a party sends on its case: bounded while they come in, kept, then looked at by the workers."""

from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, BinaryIO, cast

from fastapi import APIRouter, File, Form, HTTPException, Response, UploadFile

from streams.access.caller import party_of
from streams.access.idempotency import Answer
from streams.cases.sent_evidence import SentMedium
from streams.casework.parties.uploads import Uploaded
from streams.console.api.bodies import FollowUpAnswer, Party, SentAnswer, Text
from streams.console.api.views import answer, etag, own_case, shown
from streams.console.endpoints import Asking, CaseId, OnceUpload, Uses, Version, at
from streams.console.limits import too_large
from streams.errors import Invalid
from streams.evidence.files.media_kinds import HEAD_BYTES, video_format

router = APIRouter()

PIECE = 1024 * 1024
_PHOTOS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
"""How files of photos begin, beside those in boxes (HEIC, AVIF) and WebP."""


@at(router, "POST /api/v1/cases/{case_id}/evidence", answers=SentAnswer)
def send(  # noqa: PLR0913, PLR0917 - one parameter each
    case_id: CaseId,
    files: Annotated[list[UploadFile], File(min_length=1, max_length=8)],
    uses: Uses,
    caller: Asking,
    version: Version,
    once: OnceUpload,
    text: Annotated[Text | None, Form()] = None,
    party: Annotated[Party | None, Form()] = None,
) -> Response:
    """Return the case, and what was taken, after a party sent further photos and videos."""
    case = own_case(uses.files, case_id, caller)
    side = cast("Party", party_of(caller, party).value)
    came = [uploaded(file.file, uses.photo_bytes, uses.video_bytes) for file in files]
    once.add(*(one.sha256 for one in came), side, text or "")

    def work(media: Sequence[SentMedium]) -> Answer:
        done = uses.uploads.send(case, once.act(text or ""), side, media, version)
        follow_up = FollowUpAnswer(number=done.follow_up.number, media=[one.media_id for one in done.follow_up.media])
        return answer(SentAnswer(case=shown(done.case, caller), follow_up=follow_up), tag=etag(done.case))

    return uses.uploads.offer(case, side, came, lambda media: once.answer(partial(work, media)), taken=went_well)


def went_well(told: Response) -> bool:
    """Return whether an answer says that the call did what it asked for."""
    return told.status_code < HTTPStatus.BAD_REQUEST


def uploaded(file: BinaryIO, photo_bytes: int, video_bytes: int) -> Uploaded:
    """Return a file as it came: its SHA-256, kind, and a way to read it again.

    Raises ``HTTPException`` (413) where it is too large for its kind, :class:`Invalid` for no photo or video.
    """
    head = file.read(HEAD_BYTES)
    video = video_format(head) is not None
    most, size, digest = video_bytes if video else photo_bytes, len(head), sha256(head)
    if not video and not _may_be_photo(head):
        msg = (
            "a file is neither a photo (JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP) nor a video (MP4, MOV, WebM, MKV)"
        )
        raise Invalid(msg)
    while piece := file.read(PIECE):
        size += len(piece)
        digest.update(piece)
        if size > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large(most))
    return Uploaded(digest.hexdigest(), "video" if video else "photo", partial(_again, file))


def _may_be_photo(head: bytes) -> bool:
    return head.startswith(_PHOTOS) or head[4:8] == b"ftyp" or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def _again(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece
