"""A file's first bytes say what it is, whatever it is called and was sent as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.evidence.files.media_kinds import HEAD_BYTES, video_format
from streams.evidence.files.video_file import VideoFile
from streams.evidence.provenance import isobmff, matroska
from streams.evidence.provenance.blocks import MOST_STEPS, Walk
from streams.evidence.provenance.report import examine
from tests.photos import a_picture, jpeg, saved
from tests.unit.evidence.provenance.files import box
from tests.unit.evidence.provenance.video_files import element
from tests.videos import a_video, animated

SMALL = a_picture(1, 64, 48)


def branded(major: bytes, *others: bytes) -> bytes:
    return box(b"ftyp", major + bytes(4) + b"".join(others))


VIDEOS = {
    "MP4": branded(b"isom", b"iso2", b"mp41"),
    "MP4 of Android": branded(b"mp42", b"isom"),
    "MP4 of a brand that nobody knows": branded(b"xyz1", b"mp42"),
    "3GP": branded(b"3gp5"),
    "iTunes": branded(b"M4V "),
    "QuickTime": branded(b"qt  "),
    "QuickTime from before there were brands": box(b"moov", bytes(40)),
    "QuickTime that begins with pictures": box(b"mdat", bytes(40)),
    "encoded MP4": a_video([SMALL], 1),
    "encoded Matroska": a_video([SMALL], 1, ".mkv"),
    "encoded WebM": a_video([SMALL], 1, ".webm"),
}
OTHERS = {
    "nothing": b"",
    "JPEG": jpeg(SMALL),
    "HEIC": saved(SMALL, "HEIF"),
    "AVIF": saved(SMALL, "AVIF"),
    "an animated AVIF": animated([SMALL, a_picture(2, 64, 48)], "AVIF"),
    "AVIF of another brand": branded(b"miaf", b"avif", b"mif1"),
    "HEIC of a brand that nobody knows": branded(b"xyz1", b"mif1", b"heic"),
    "camera raw": branded(b"crx ", b"isom"),
    "sound": branded(b"M4A ", b"mp42", b"isom"),
    "AVI": b"RIFF" + bytes(4) + b"AVI LIST",
    "a playlist": b"#EXTM3U",
}


@pytest.mark.parametrize("file", VIDEOS.values(), ids=VIDEOS)
def test_a_video_is_known_by_its_first_bytes(file: bytes) -> None:
    assert video_format(file[:HEAD_BYTES]) is not None


@pytest.mark.parametrize("file", OTHERS.values(), ids=OTHERS)
def test_what_is_no_video_is_none(file: bytes) -> None:
    assert video_format(file[:HEAD_BYTES]) is None


@given(
    st.sampled_from([*VIDEOS.values(), b"\x1aE\xdf\xa3", branded(b"isom") + box(b"moov", b"")]),
    st.binary(max_size=400),
)
def test_whatever_follows_the_first_bytes_is_read_in_memory_as_on_disk_and_raises_nothing(
    head: bytes, rest: bytes
) -> None:
    file = head[:200] + rest
    with VideoFile.of([file]) as on_disk:
        assert examine(on_disk) == examine(file)


@pytest.mark.parametrize(
    ("walk", "file"),
    [
        (isobmff.walk, branded(b"isom") + box(b"moov", box(b"free", b"") * (MOST_STEPS + 100))),
        (isobmff.walk, branded(b"isom") + box(b"free", b"") * (MOST_STEPS + 100)),
        (matroska.walk, b"\x1aE\xdf\xa3\x80" + element(0x18538067, b"\xec\x80" * (MOST_STEPS + 9))),
        (matroska.walk, element(0x18538067, element(0x1254C367, b"\xec\x80" * (MOST_STEPS + 9)))),
    ],
)  # fmt: skip
def test_a_file_of_millions_of_empty_parts_is_given_up_and_that_is_said(walk: object, file: bytes) -> None:
    assert callable(walk)
    found = Walk()
    walk(file, found)
    assert not found.complete


@pytest.mark.parametrize("brand", [b"avio", b"mif3", b"miaf", b"MiHB", b"MA1A"])
def test_a_picture_of_any_brand_alone_is_no_video(brand: bytes) -> None:
    assert video_format(b"\x00\x00\x00\x18ftyp" + brand + bytes(4) + brand * 2 + bytes(400)) is None
