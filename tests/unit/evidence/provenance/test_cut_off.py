"""Metadata that breaks off is unmeasured, wherever it is cut: what was cut off is never said to be absent."""

from collections.abc import Callable, Mapping

import pytest

from streams.evidence.provenance.report import Report, examine
from tests.photos import saved
from tests.unit.evidence.provenance.files import (
    SMALL,
    box,
    chunk,
    gif_comment,
    gif_with,
    gif_xmp,
    heic_with,
    itxt,
    jpeg_exif,
    jpeg_with,
    jpeg_xmp,
    png_with,
    tiff_block,
    tiff_with,
)
from tests.unit.evidence.provenance.test_odd_places import (
    SETTINGS,
    in_description,
    in_iptc,
    profile,
    record,
    resources,
    webp_chunk,
)
from tests.unit.evidence.provenance.video_files import XMP, itunes, matroska_with, mp4_with, simple, tags

Place = Callable[[bytes], bytes]

NOTE = b"A note about this cup, nothing else. " * 6
EXIF = tiff_block({0x010E: NOTE, 0x010F: b"Canon\x00"}, {0x9286: b"ASCII\x00\x00\x00" + NOTE + SETTINGS})
PACKET = in_description(NOTE + SETTINGS)
RECORDS = record(5, NOTE) + record(120, NOTE + SETTINGS)

BLOCKS: Mapping[str, tuple[bytes, Place]] = {
    "JPEG EXIF": (EXIF, lambda block: jpeg_with(jpeg_exif(block))),
    "PNG EXIF": (EXIF, lambda block: png_with(chunk(b"eXIf", block))),
    "PNG profile": (EXIF, lambda block: profile("exif", b"Exif\x00\x00" + block)),
    "WebP EXIF": (EXIF, lambda block: webp_chunk(b"EXIF", block)),
    "HEIC EXIF": (EXIF, lambda block: heic_with(exif=b"Exif\x00\x00" + block)),
    "JPEG XMP": (PACKET, lambda block: jpeg_with(jpeg_xmp(block))),
    "PNG XMP": (PACKET, lambda block: png_with(itxt("XML:com.adobe.xmp", block))),
    "WebP XMP": (PACKET, lambda block: webp_chunk(b"XMP ", block)),
    "GIF XMP": (PACKET, lambda block: gif_with(gif_xmp(block))),
    "TIFF XMP": (PACKET, lambda block: tiff_with({700: block})),
    "MP4 XMP": (PACKET, lambda block: mp4_with(box(b"uuid", XMP + block))),
    "JPEG IPTC": (in_iptc(RECORDS), lambda block: jpeg_with(resources(block))),
    "PNG IPTC": (in_iptc(RECORDS), lambda block: profile("8bim", block)),
    "TIFF, Photoshop's resources": (in_iptc(RECORDS), lambda block: tiff_with({0x8649: block})),
    "TIFF, records alone": (RECORDS, lambda block: tiff_with({0x83BB: block})),
}
FILES: Mapping[str, bytes] = {
    "JPEG": jpeg_with(jpeg_exif(EXIF)),
    "PNG": png_with(itxt("parameters", NOTE + SETTINGS), late=True),
    "WebP": webp_chunk(b"EXIF", EXIF),
    "GIF": gif_with(gif_comment(NOTE + SETTINGS)),
    "TIFF": tiff_with({0x010E: NOTE + SETTINGS}),
    "AVIF": saved(SMALL, "AVIF", exif=EXIF),
    "HEIC": heic_with(exif=b"Exif\x00\x00" + EXIF),
    "MP4": mp4_with(box(b"udta", itunes({b"\xa9cmt": NOTE + SETTINGS}))),
    "Matroska": matroska_with(tags(simple("COMMENT", (NOTE + SETTINGS).decode()))),
}
PARTS = 12


def said(report: Report) -> bool:
    """Whether a report names the generator, or says that not everything was read."""
    found = any(one.kind == "generator" and one.state == "present" for one in report.findings)
    return found or any(one.name == "provenance" and one.unmeasured is not None for one in report.readings)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_that_breaks_off_is_never_read_as_if_it_ended_there(name: str) -> None:
    block, place = BLOCKS[name]
    assert examine(place(block)).readings[0].unmeasured is None
    for part in range(1, PARTS):
        assert said(examine(place(block[: len(block) * part // PARTS]))), part


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_breaks_off_is_never_read_as_if_it_ended_there(name: str) -> None:
    file = FILES[name]
    assert examine(file).readings[0].unmeasured is None
    begins = max(16, file.index(SETTINGS[:8]) - len(NOTE) - 100)
    for part in range(PARTS):
        assert said(examine(file[: begins + (len(file) - begins) * part // PARTS])), part
