"""Photos are fetched from where the platform keeps them, and from nowhere else."""

import hashlib
import os
import socket
from pathlib import Path

import pytest
from obstore.store import LocalStore, S3Store

from streams.adapters.storage.files import PIECE, FetchLimits, IsVideo, Room
from streams.adapters.storage.media import Folder, Media, open_media
from streams.adapters.storage.ranges import ranges
from streams.adapters.storage.s3 import open_bucket
from streams.errors import MediaUnreadable, StoreUnavailable
from streams.evidence.files.video_file import VideoFile
from tests.contract.photos.conftest import Place, a_folder
from tests.photos import a_picture
from tests.real.s3 import S3Server
from tests.videos import a_video

LIMITS = FetchLimits(size_bytes=1_000, answer_s=60.0)


def media(place: Place, limits: FetchLimits = LIMITS) -> Media:
    return open_media(place.url, ("photos.example",), limits)


def test_a_photo_is_fetched_whole(place: Place) -> None:
    place.put("claims/c1.jpg", b"photo")
    place.put("照片/图 1.jpg", "照片".encode())
    assert media(place).fetch("claims/c1.jpg") == b"photo"
    assert media(place).fetch("照片/图 1.jpg") == "照片".encode()


def test_an_empty_file_is_fetched_as_it_is(place: Place) -> None:
    place.put("empty.jpg", b"")
    assert media(place).fetch("empty.jpg") == b""


@pytest.mark.parametrize("uri", ["claims/none.jpg", "claims", "claims/c1.jpg/more", "x" * 1_000])
def test_a_photo_that_is_missing_says_so(place: Place, uri: str) -> None:
    place.put("claims/c1.jpg", b"photo")
    with pytest.raises(MediaUnreadable, match=r"the photo is not in the media store|the photo's address is not a file"):
        media(place).fetch(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "../secret.jpg",
        "claims/../../secret.jpg",
        "claims/./c1.jpg",
        "claims//c1.jpg",
        "/etc/passwd",
        "\\\\host\\share",
        "claims/",
        "..",
        "file:///etc/passwd",
        "s3://other/secret.jpg",
        "http://photos.example/a.jpg",
        "ftp://photos.example/a.jpg",
    ],
)
def test_an_address_outside_the_store_is_refused(place: Place, uri: str) -> None:
    with pytest.raises(MediaUnreadable, match="the photo's address is outside the media store"):
        media(place).fetch(uri)


def test_a_file_at_the_limit_is_fetched_and_one_byte_more_is_too_large(place: Place) -> None:
    place.put("most.jpg", bytes(1_000))
    place.put("more.jpg", bytes(1_001))
    assert len(media(place).fetch("most.jpg")) == 1_000
    with pytest.raises(MediaUnreadable, match="the file has 1,001 bytes; at most 1,000 are looked at"):
        media(place).fetch("more.jpg")


def test_a_file_that_holds_more_than_it_says_is_read_whole() -> None:
    process = Folder(Path("/proc/self"), Room(1_000_000))  # its files say that they are empty
    assert process.fetch("cmdline") == Path("/proc/self/cmdline").read_bytes()
    with pytest.raises(MediaUnreadable, match="at most 3 are looked at"):
        Folder(Path("/proc/self"), Room(3)).fetch("cmdline")


def test_the_evidence_beside_the_media_cannot_be_named_by_a_claim(tmp_path: Path) -> None:
    place = a_folder(tmp_path / "media")
    a_folder(tmp_path / "media.evidence").put("blobs/x", b"secret")
    with pytest.raises(MediaUnreadable):
        media(place).fetch("../media.evidence/blobs/x")
    with pytest.raises(MediaUnreadable):
        media(place).fetch(".evidence/blobs/x")


def test_a_link_that_leads_outside_the_folder_is_refused_and_one_within_it_is_followed(tmp_path: Path) -> None:
    place = a_folder(tmp_path / "media")
    place.put("real.jpg", b"photo")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (tmp_path / "media" / "out.jpg").symlink_to(tmp_path / "secret.jpg")
    (tmp_path / "media" / "up").symlink_to(tmp_path)
    (tmp_path / "media" / "in.jpg").symlink_to("real.jpg")
    (tmp_path / "media" / "circle.jpg").symlink_to("circle.jpg")
    for uri in ("out.jpg", "up/secret.jpg"):
        with pytest.raises(MediaUnreadable, match="outside the media store"):
            media(place).fetch(uri)
    with pytest.raises(MediaUnreadable):
        media(place).fetch("circle.jpg")
    assert media(place).fetch("in.jpg") == b"photo"


def test_a_pipe_a_device_and_a_folder_are_refused_and_never_opened(tmp_path: Path) -> None:
    place = a_folder(tmp_path / "media")
    os.mkfifo(tmp_path / "media" / "pipe.jpg")
    (tmp_path / "media" / "folder.jpg").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "media" / "socket.jpg"))
        for uri in ("pipe.jpg", "folder.jpg", "socket.jpg"):
            with pytest.raises(MediaUnreadable, match="the photo's address is not a file"):
                media(place).fetch(uri)
    device = open_media("file:///dev", (), LIMITS)
    with pytest.raises(MediaUnreadable, match="the photo's address is not a file"):
        device.fetch("zero")


def test_a_folder_that_is_gone_is_a_store_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="check SENTINEL_MEDIA_URL"):
        open_media((tmp_path / "gone").as_uri(), (), LIMITS).fetch("claims/c1.jpg")


@pytest.mark.s3
def test_a_bucket_that_is_missing_is_a_store_that_does_not_answer(s3: S3Server) -> None:
    assert s3.port
    with pytest.raises(StoreUnavailable, match="check SENTINEL_MEDIA_URL"):
        open_media("s3://no-such-bucket/prefix", (), LIMITS).fetch("claims/c1.jpg")


@pytest.mark.s3
def test_a_server_that_refuses_or_never_answers_is_a_store_that_does_not_answer(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = f"s3://{s3.new_bucket()}"
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        refused = open_media(bucket, (), LIMITS)
        with pytest.raises(StoreUnavailable, match="the media store does not answer"):
            refused.fetch("c1.jpg")
        silent.listen()
        with pytest.raises(StoreUnavailable, match="the media store does not answer"):
            open_media(bucket, (), FetchLimits(1_000, 0.3)).fetch("c1.jpg")


@pytest.fixture(scope="module")
def video() -> bytes:
    return a_video([a_picture(1, 64, 48)], 1)


def test_a_video_is_read_in_ranges_onto_the_disk_and_has_a_limit_of_its_own(place: Place, video: bytes) -> None:
    place.put("film.jpg", video + bytes(2 * PIECE))
    place.put("more.mp4", video + bytes(3 * PIECE))
    limits = FetchLimits(size_bytes=1_000, answer_s=60.0, video_bytes=len(video) + 2 * PIECE)
    fetched = media(place, limits).fetch("film.jpg")
    assert isinstance(fetched, VideoFile)
    with fetched:
        assert fetched.sha256() == hashlib.sha256(video + bytes(2 * PIECE)).hexdigest()
    with pytest.raises(MediaUnreadable, match=f"at most {limits.video_bytes:,} are looked at"):
        media(place, limits).fetch("more.mp4")


def test_a_video_that_was_not_expected_is_not_fetched(place: Place, video: bytes) -> None:
    place.put("film.jpg", video + bytes(PIECE))
    with pytest.raises(IsVideo):
        media(place).fetch("film.jpg", videos=False)


def test_a_photo_of_more_than_a_piece_is_fetched_whole(place: Place) -> None:
    photo = os.urandom(PIECE + 5)
    place.put("large.jpg", photo)
    assert media(place, FetchLimits(2 * PIECE, 5.0)).fetch("large.jpg") == photo


def test_a_file_that_changes_while_it_is_read_is_tried_again(place: Place) -> None:
    place.put("film.mp4", bytes(3 * PIECE))
    pieces = ranges(open_bucket_or_folder(place), "film.mp4")
    next(pieces)
    place.put("film.mp4", bytes(3 * PIECE) + b"more")
    with pytest.raises(StoreUnavailable, match="changed while it was read"):
        next(pieces)


def open_bucket_or_folder(place: Place) -> S3Store | LocalStore:
    if place.url.startswith("s3"):
        return open_bucket(place.url, 5.0)
    return LocalStore(place.url.removeprefix("file://"))
