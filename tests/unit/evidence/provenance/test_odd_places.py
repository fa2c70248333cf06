"""Labels, settings and source types in places that no standard gives them, and spelled as no standard has it."""

import base64
import gzip
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote

import pytest
from PIL import TiffImagePlugin

from streams.evidence.provenance.packing import MOST_BYTES, MOST_IN_ALL_BYTES, Packed
from streams.evidence.provenance.report import Report, examine
from tests.photos import a_picture, jpeg, png, saved
from tests.unit.evidence.provenance.files import (
    SMALL,
    a_label,
    box,
    chunk,
    gif_comment,
    gif_with,
    heic_with,
    itxt,
    jpeg_exif,
    jpeg_iptc,
    jpeg_with,
    jpeg_xmp,
    labelled_packet,
    packet,
    png_with,
    segment,
    text_chunk,
    tiff_block,
    user_comment,
)
from tests.unit.evidence.provenance.video_files import attached, element, full, keyed, matroska_with, mp4_with

Place = Callable[[bytes], bytes]

SETTINGS = b'Prompt:{"3": {"class_type": "KSampler", "inputs": {"seed": 7}}}'
AIGC = json.dumps({"AIGC": json.loads(a_label())}, ensure_ascii=False)
TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def resource(number: int, data: bytes) -> bytes:
    """A JPEG segment with one of Photoshop's resources, behind one that says nothing."""
    parts = ((0x03ED, bytes(16)), (number, data))
    return segment(
        0xED,
        b"Photoshop 3.0\x00"
        + b"".join(b"8BIM" + struct.pack(">HHI", kind, 0, len(own)) + own + bytes(len(own) % 2) for kind, own in parts),
    )


def resources(data: bytes) -> bytes:
    return segment(0xED, b"Photoshop 3.0\x00" + data)


def tag_of_numbers(tag: int, data: bytes) -> bytes:
    """EXIF whose one tag is numbers of 16 bits that spell a text."""
    data += b" " * (len(data) % 2)
    entry = struct.pack("<HHII", tag, 3, len(data) // 2, 26)
    return b"II*\x00" + struct.pack("<IH", 8, 1) + entry + bytes(4) + data


def tag_of_fractions(tag: int, data: bytes) -> bytes:
    """EXIF whose one tag is numbers of 64 bits that spell a text."""
    data += b" " * (-len(data) % 8)
    return b"II*\x00" + struct.pack("<IHHHII", 8, 1, tag, 12, len(data) // 8, 26) + bytes(4) + data


def with_thumbnail(photo: bytes) -> bytes:
    """EXIF with nothing but a thumbnail, in its second directory."""
    at = 8 + 6 + 2 + 2 * 12 + 4
    tags = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, at, 0x0202, 4, 1, len(photo), 0)
    return b"II*\x00" + struct.pack("<IHI", 8, 0, 14) + tags + photo


def resources_in_parts(data: bytes, most: int = 65_000) -> bytes:
    """A JPEG with resources that are too long for one segment: each part but the first continues the one before."""
    return jpeg_with(*(resources(data[at : at + most]) for at in range(0, len(data), most)))


def record(number: int, data: bytes, *, group: int = 2) -> bytes:
    """A text of IPTC's older form; from 32 KB on its length stands in a field of its own."""
    length = struct.pack(">H", len(data)) if len(data) < 0x8000 else b"\x80\x04" + struct.pack(">I", len(data))
    return b"\x1c" + bytes([group, number]) + length + data


def of_photoshop(number: int, data: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data


def in_iptc(*records: bytes) -> bytes:
    return of_photoshop(0x0404, b"".join(records))


def profile(kind: str, data: bytes) -> bytes:
    """A PNG with a profile as ImageMagick writes it."""
    return png_with(text_chunk(f"Raw profile type {kind}", f"\n{kind}\n {len(data)}\n{data.hex()}\n", packed=True))


def packed_exif(data: bytes) -> bytes:
    return png_with(chunk(b"zxIf", b"\x00" + len(data).to_bytes(4) + data))


def webp_chunk(kind: bytes, data: bytes) -> bytes:
    plain = saved(SMALL, "WEBP")
    grown = plain + kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
    return grown[:4] + struct.pack("<I", len(grown) - 8) + grown[8:]


def with_longer(photo: bytes, kind: bytes, said: bytes) -> bytes:
    """A PNG whose last chunk of a kind goes on with a text."""
    at = photo.rindex(kind)
    end = at + 4 + int.from_bytes(photo[at - 4 : at], "big")
    return photo[: at - 4] + chunk(kind, photo[at + 4 : end] + said) + photo[end + 4 :]


def webp_pixels_and(said: bytes) -> bytes:
    """A WebP whose picture's chunk goes on with a text."""
    plain = saved(SMALL, "WEBP", quality=80)
    own = plain[20 : 20 + int.from_bytes(plain[16:20], "little")] + said
    grown = plain[:16] + struct.pack("<I", len(own)) + own + bytes(len(own) % 2)
    return grown[:4] + struct.pack("<I", len(grown) - 8) + grown[8:]


def gif_pixels_and(said: bytes) -> bytes:
    """A GIF whose picture goes on with a text in sub-blocks of its own."""
    plain = saved(SMALL.quantize(64), "GIF")
    blocks = (said[at : at + 255] for at in range(0, len(said), 255))
    return plain[:-2] + b"".join(bytes([len(block)]) + block for block in blocks) + plain[-2:]


def webp_frame(kind: bytes, data: bytes) -> bytes:
    """A WebP of two frames, the last of which has a chunk of a program's own."""
    plain = saved(SMALL, "WEBP", save_all=True, append_images=[SMALL.rotate(180)])
    frame = plain.rindex(b"ANMF")
    (length,) = struct.unpack_from("<I", plain, frame + 4)
    own = kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
    grown = plain[: frame + 4] + struct.pack("<I", length + len(own)) + plain[frame + 8 : frame + 8 + length] + own
    return grown[:4] + struct.pack("<I", len(grown) - 8) + grown[8:]


def gif_application(name: bytes, data: bytes) -> bytes:
    return gif_with(b"\x21\xff\x0b" + name + gif_comment(data)[2:])


def bmp_with(between: bytes = b"", after: bytes = b"") -> bytes:
    plain = saved(SMALL, "BMP")
    pixels = int.from_bytes(plain[10:14], "little")
    return plain[:10] + struct.pack("<I", pixels + len(between)) + plain[14:pixels] + between + plain[pixels:] + after


def profiled_bmp(data: bytes) -> bytes:
    """A BMP of the newest kind, whose colour profile stands behind the pixels and is counted in its length."""
    plain = saved(SMALL, "BMP")
    pixels = plain[54:]
    about = struct.pack("<IiiHHIIiiII", 124, *SMALL.size, 1, 24, 0, len(pixels), 2835, 2835, 0, 0) + bytes(16)
    about += b"DEBM" + bytes(48) + struct.pack("<IIII", 4, 124 + len(pixels), len(data), 0)
    return b"BM" + struct.pack("<IHHI", 138 + len(pixels) + len(data), 0, 0, 138) + about + pixels + data


def counted_bmp(data: bytes) -> bytes:
    """A BMP that counts what stands behind its pixels in its length; as OS/2 wrote it."""
    plain = saved(SMALL, "BMP")
    width, height = SMALL.size
    about = struct.pack("<IHHHH", 12, width, height, 1, 24)
    return b"BM" + struct.pack("<IHHI", len(plain) - 28 + len(data), 0, 0, 26) + about + plain[54:] + data


def over_segments(data: bytes, code: int, head: bytes = b"") -> bytes:
    """A JPEG with a text that is too long for one segment: the second goes on where the first is full."""
    most = 65_533 - len(head)
    text = b" " * (most - 20) + data if not head else data
    return jpeg_with(*(segment(code, head + text[at : at + most]) for at in range(0, len(text), most)))


def long_packet(said: bytes) -> bytes:
    """A JPEG whose XMP goes on in a second segment, amid what it says."""
    head = b"http://ns.adobe.com/xap/1.0/\x00"
    room = 65_533 - len(head) - in_description(said).index(escape(said.decode()).encode()) - 20
    return over_segments(in_description(b" " * room + said), 0xE1, head)


def a_large_tiff(data: bytes = b"") -> bytes:
    """A TIFF of a million bytes and more, with a tag of 32-bit numbers that spell a text."""
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    if data:
        data += b" " * (-len(data) % 4)
        directory.tagtype[0xC9F4] = 4
        directory[0xC9F4] = struct.unpack(f"<{len(data) // 4}I", data)
    return saved(a_picture(2, 700, 600), "TIFF", tiffinfo=directory)


def a_film(data: bytes) -> bytes:
    """A photo with the film of its moment, in which ``data`` is a tag."""
    return jpeg(SMALL) + mp4_with(keyed({"com.example.note": data.decode()}))


PLACES: Mapping[str, Place] = {
    "IPTC, any record": lambda said: jpeg_with(jpeg_iptc(230, said)),
    "IPTC instructions": lambda said: jpeg_with(jpeg_iptc(40, said)),
    "Photoshop's EXIF": lambda said: jpeg_with(resource(0x0422, tiff_block({0x010E: said}))),
    "Photoshop's resources in two segments": lambda said: resources_in_parts(
        in_iptc(record(230, bytes(30_000)), record(231, bytes(30_000)), record(120, b" " * 10_000 + said))
    ),
    "Photoshop's EXIF in two segments": lambda said: resources_in_parts(
        of_photoshop(0x0422, tiff_block({0x010E: b" " * 69_900 + said}))
    ),
    "IPTC, a record of more than 32 KB": lambda said: jpeg_with(resources(in_iptc(record(120, b" " * 40_000 + said)))),
    "IPTC, a record of another group": lambda said: jpeg_with(resources(in_iptc(record(10, said, group=8)))),
    "Photoshop, a resource of no meaning": lambda said: jpeg_with(resource(0x0FA0, said)),
    "Photoshop, a resource in UTF-16": lambda said: jpeg_with(resource(0x0FA1, in_utf16(said))),
    "Photoshop's caption": lambda said: jpeg_with(resource(0x03F0, bytes([len(said)]) + said)),
    "an EXIF tag of numbers": lambda said: jpeg_with(jpeg_exif(tag_of_numbers(0xC9F2, said))),
    "ImageDescription in UTF-32": lambda said: jpeg_with(
        jpeg_exif(tiff_block({0x010E: said.decode().encode("utf-32-be")}))
    ),
    "UserComment in UTF-32": lambda said: jpeg_with(
        jpeg_exif(user_comment(said.decode(), b"UNICODE\x00", "utf-32-le"))
    ),
    "PNG, a text without its keyword": lambda said: png_with(chunk(b"tEXt", said)),
    "Photoshop's XMP": lambda said: jpeg_with(resource(0x0424, in_description(said))),
    "a long MakerNote": lambda said: jpeg_with(jpeg_exif(tiff_block({}, {0x927C: bytes(5_000) + said}))),
    "an EXIF tag of no name and no type": lambda said: jpeg_with(jpeg_exif(tiff_block({0xC9F1: said}))),
    "PNG EXIF behind its name": lambda said: png_with(chunk(b"eXIf", b"Exif\x00\x00" + tiff_block({0x010E: said}))),
    "PNG, packed EXIF": lambda said: packed_exif(zlib.compress(tiff_block({0x010E: said}))),
    "PNG, packed EXIF without its length": lambda said: png_with(
        chunk(b"zxIf", zlib.compress(b"Exif\x00\x00" + tiff_block({0x010E: said})))
    ),
    "PNG profile of EXIF without its name": lambda said: profile("exif", tiff_block({0x010E: said})),
    "PNG profile in capitals": lambda said: profile("EXIF", b"Exif\x00\x00" + tiff_block({0x010E: said})),
    "PNG profile of another kind": lambda said: profile("generic", said),
    "PNG, a chunk of a program's own": lambda said: png_with(chunk(b"prVt", said)),
    "PNG, a packed chunk of a program's own": lambda said: png_with(chunk(b"prVt", zlib.compress(said))),
    "PNG, a chunk of a program's own that is packed behind its length": lambda said: png_with(
        chunk(b"prVt", len(said).to_bytes(4) + zlib.compress(said))
    ),
    "PNG, a packed text misspelt": lambda said: png_with(chunk(b"ztXt", b"a\x00\x00" + zlib.compress(said))),
    "PNG, a text that is packed and does not say so": lambda said: png_with(itxt("Comment", zlib.compress(said))),
    "PNG, a text packed by gzip": lambda said: png_with(chunk(b"zTXt", b"Comment\x00\x00" + gzip.compress(said))),
    "PNG, a text packed without a head": lambda said: png_with(
        chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(said)[2:-4])
    ),
    "PNG, behind the packed pixels": lambda said: with_longer(png(SMALL), b"IDAT", said),
    "PNG, behind the packed pixels of a frame": lambda said: with_longer(
        saved(SMALL, "PNG", save_all=True, append_images=[SMALL.rotate(180)]), b"fdAT", said
    ),
    "PNG, as a text's language": lambda said: png_with(chunk(b"iTXt", b"Comment\x00\x00\x00" + said + b"\x00\x00a")),
    "PNG, as a text's keyword": lambda said: png_with(chunk(b"tEXt", said + b"\x00a")),
    "PNG, where a manifest should be": lambda said: png_with(chunk(b"caBX", said)),
    "PNG, behind its header": lambda said: png(SMALL)[:8] + chunk(b"IHDR", png(SMALL)[16:29] + said) + png(SMALL)[33:],
    "PNG, in its end": lambda said: png(SMALL)[:-12] + chunk(b"IEND", said),
    "PNG, packed behind its end": lambda said: png(SMALL) + zlib.compress(said),
    "JPEG, before its end": lambda said: jpeg(SMALL)[:-2] + said + jpeg(SMALL)[-2:],
    "JPEG, a packed comment": lambda said: jpeg_with(segment(0xFE, gzip.compress(said))),
    "JPEG, a packed segment": lambda said: jpeg_with(segment(0xE4, b"MINE\x00" + zlib.compress(said))),
    "JPEG, a packed EXIF tag": lambda said: jpeg_with(jpeg_exif(tiff_block({0xC9F1: zlib.compress(said)}))),
    "WebP, a packed chunk": lambda said: webp_chunk(b"NOTE", zlib.compress(said)),
    "WebP, behind the packed pixels": webp_pixels_and,
    "AVIF, behind the packed pixels": lambda said: saved(SMALL, "AVIF", speed=10) + box(b"mdat", bytes(99) + said),
    "GIF, behind the packed pixels": gif_pixels_and,
    "PNG, XMP under another keyword": lambda said: png_with(text_chunk("xmp", in_description(said).decode())),
    "PNG, far behind its end": lambda said: png(SMALL) + bytes(200_000) + said,
    "WebP, a chunk of a program's own": lambda said: webp_chunk(b"NOTE", said),
    "WebP, behind its end": lambda said: saved(SMALL, "WEBP") + said,
    "GIF, a program's own extension": lambda said: gif_application(b"SOMETOOL1.0", said),
    "GIF, plain text": lambda said: gif_with(b"\x21\x01\x0c" + bytes(12) + gif_comment(said)[2:]),
    "BMP, before its pixels": bmp_with,
    "BMP, behind its pixels": lambda said: bmp_with(after=said),
    "BMP, its colour profile": profiled_bmp,
    "BMP, behind its pixels and counted with them": counted_bmp,
    "JPEG, between two segments": jpeg_with,
    "JPEG, a comment over two segments": lambda said: over_segments(said, 0xFE),
    "JPEG, XMP over two segments": long_packet,
    "a large TIFF, a tag of numbers": a_large_tiff,
    "a large TIFF, behind its tags": lambda said: a_large_tiff() + said,
    "MP4, beside its fragments": lambda said: mp4_with(after=box(b"moof", box(b"udta", box(b"prmt", said)))),
    "MP4, in the index of fragments": lambda said: mp4_with(after=box(b"mfra", box(b"free", said))),
    "Matroska, an element of no meaning": lambda said: matroska_with(element(0x4DFF, said)),
    "Matroska, a filler among tags": lambda said: matroska_with(element(0x1254C367, element(0xEC, said))),
    "Matroska, the name of a tag": lambda said: matroska_with(
        element(0x1254C367, element(0x7373, element(0x67C8, element(0x45A3, said))))
    ),
    "HEIC, a box of no meaning": lambda said: heic_with() + box(b"free", said),
    "AVIF, a movie's tags": lambda said: (
        saved(SMALL, "AVIF") + box(b"moov", box(b"udta", keyed({"description": said.decode()})))
    ),
    "JPEG, XMP in UTF-16": lambda said: jpeg_with(jpeg_xmp(in_description(said).decode().encode("utf-16-le"))),
    "JPEG comment in UTF-16": lambda said: jpeg_with(segment(0xFE, said.decode().encode("utf-16-be"))),
    "JPEG comment with XMP": lambda said: jpeg_with(segment(0xFE, in_description(said))),
    "JPEG, any segment in UTF-16": lambda said: jpeg_with(segment(0xE9, b"Own\x00" + in_utf16(said))),
    "JPEG, between two pictures": lambda said: jpeg(SMALL) + said + jpeg(SMALL),
    "JPEG, amid what is far behind its end": lambda said: jpeg_with(after=bytes(300_000) + said + bytes(300_000)),
    "JPEG, the comment of its thumbnail": lambda said: jpeg_with(
        jpeg_exif(with_thumbnail(jpeg_with(segment(0xFE, said))))
    ),
    "EXIF, behind its last tag": lambda said: jpeg_with(jpeg_exif(tiff_block({0x010E: b"a cup"}) + said)),
    "EXIF, a tag of fractions": lambda said: jpeg_with(jpeg_exif(tag_of_fractions(0xC9F3, said))),
    "XMP, a comment": lambda said: jpeg_with(jpeg_xmp(packet(elements=f"<!-- {said.decode()} -->"))),
    "XMP, an instruction": lambda said: jpeg_with(jpeg_xmp(packet(elements=f"<?note {said.decode()}?>"))),
    "XMP, behind its end": lambda said: jpeg_with(jpeg_xmp(packet() + said)),
    "PNG, its colour profile": lambda said: png_with(chunk(b"iCCP", b"icc\x00\x00" + zlib.compress(bytes(128) + said))),
    "WebP, its colour profile": lambda said: webp_chunk(b"ICCP", bytes(128) + said),
    "WebP, a frame's own chunk": lambda said: webp_frame(b"NOTE", said),
    "JPEG, far behind its end": lambda said: jpeg_with(after=b"\x01" * 200_000 + said),
    "UserComment that calls UTF-8 UNICODE": lambda said: jpeg_with(
        jpeg_exif(tiff_block({}, {0x9286: b"UNICODE\x00" + said}))
    ),
    "UserComment in small letters": lambda said: jpeg_with(
        jpeg_exif(user_comment(said.decode(), b"unicode\x00", "utf-16-be"))
    ),
    "UserComment that calls UTF-8 JIS": lambda said: jpeg_with(
        jpeg_exif(tiff_block({}, {0x9286: b"JIS\x00\x00\x00\x00\x00" + said}))
    ),
    "the film behind a photo": a_film,
    "MP4, Windows' own tags": lambda said: mp4_with(box(b"udta", box(b"Xtra", bytes(12) + in_utf16(said)))),
    "MP4, user data of no meaning": lambda said: mp4_with(box(b"udta", box(b"prmt", said))),
    "MP4, a list in XML": lambda said: mp4_with(
        full(b"meta", full(b"hdlr", bytes(4) + b"mp7t" + bytes(13)) + full(b"xml ", b"<d>" + said + b"</d>"))
    ),
    "MP4, a filler": lambda said: mp4_with(after=box(b"free", said)),
    "MP4, a box with an id of its own": lambda said: mp4_with(box(b"uuid", bytes(range(16)) + said)),
    "MP4, the name of a track": lambda said: mp4_with(box(b"trak", box(b"mdia", full(b"hdlr", bytes(20) + said)))),
    "Matroska, an attached file of no kind": lambda said: matroska_with(attached("a.bin", "", said)),
    "Matroska, about an attached file": lambda said: matroska_with(
        element(0x1941A469, element(0x61A7, element(0x467E, said) + element(0x466E, b"cover.png")))
    ),
    "Matroska, its own file name": lambda said: matroska_with(element(0x1549A966, element(0x7384, said))),
    "Matroska, the name of a track": lambda said: matroska_with(
        element(0x1654AE6B, element(0xAE, element(0x536E, said)))
    ),
    "Matroska, a chapter": lambda said: matroska_with(element(0x1043A770, element(0x45B9, element(0x85, said)))),
    "Matroska, a filler": lambda said: matroska_with(element(0xEC, said)),
}  # fmt: skip


def in_utf16(said: bytes) -> bytes:
    return said.decode().encode("utf-16-le")


def in_description(said: bytes) -> bytes:
    return packet(
        'xmlns:d="http://purl.org/dc/elements/1.1/"', f"<d:description>{escape(said.decode())}</d:description>"
    )


def states(photo: bytes) -> dict[str, str]:
    return {one.kind: one.state for one in examine(photo).findings}


def declared(report: Report) -> object:
    return next((one.value for one in report.readings if one.name == "declared_ai"), None)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_settings_are_found_where_nobody_looks_for_them(place: Place) -> None:
    report = examine(place(SETTINGS))
    assert [one.state for one in report.findings if one.kind == "generator"] == ["present"]
    assert declared(report) is True


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_label_is_found_where_nobody_looks_for_it(place: Place) -> None:
    report = examine(place(AIGC.encode()))
    assert [one.state for one in report.findings if one.kind == "gb45438"] == ["present"]


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_what_honest_programs_write_there_says_nothing(place: Place) -> None:
    found = states(place("这张照片没有使用 AIGC; retouched with care, steps: none".encode()))
    assert (found["generator"], found["gb45438"]) == ("absent", "absent")


def bare(said: bytes) -> bytes:
    """Packed without a head or a checksum."""
    return zlib.compress(said)[2:-4]


def zipped(said: bytes) -> bytes:
    """A zip of two files, the second of which says it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "a cup of a potter, and nothing else")
        archive.writestr("流程.json", said)
    return file.getvalue()


PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64encode,
    "base64 in lines": base64.encodebytes,
    "base64 for addresses, without its end": lambda said: base64.urlsafe_b64encode(said).rstrip(b"="),
    "base64 as an address": lambda said: b"data:application/json;base64," + base64.b64encode(said),
    "base64 in a text of JSON": lambda said: b'{"meta": "' + base64.b64encode(said) + b'"}',
    "base64 behind a sentence": lambda said: (
        b"as an app of ours writes it, behind some words: " + base64.b64encode(said)
    ),
    "base64 of UTF-16": lambda said: base64.b64encode(in_utf16(said)),
    "base64 of base64": lambda said: base64.b64encode(base64.b64encode(said)),
    "base64 of zlib": lambda said: base64.b64encode(zlib.compress(said)),
    "base64 of gzip": lambda said: base64.b64encode(gzip.compress(said)),
    "zlib of base64": lambda said: zlib.compress(base64.b64encode(said)),
    "hex digits": lambda said: said.hex().encode(),
    "hex digits in capitals": lambda said: said.hex().upper().encode(),
    "hex digits of zlib": lambda said: zlib.compress(said).hex().encode(),
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "packed without a head": bare,
    "a zip": zipped,
}
IN_WORDS = [way for way in PACKED if way.startswith(("base64", "hex"))]
ANY_BYTES: Mapping[str, Place] = {
    "PNG text": lambda said: png_with(chunk(b"tEXt", b"Comment\x00" + said)),
    "packed PNG text": lambda said: png_with(chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(said))),
    "JPEG comment": lambda said: jpeg_with(segment(0xFE, said)),
    "JPEG segment": lambda said: jpeg_with(segment(0xE4, b"MINE\x00" + said)),
    "ImageDescription": lambda said: jpeg_with(jpeg_exif(tiff_block({0x010E: said}))),
    "UserComment": lambda said: jpeg_with(jpeg_exif(tiff_block({}, {0x9286: b"ASCII\x00\x00\x00" + said}))),
    "IPTC caption": lambda said: jpeg_with(jpeg_iptc(120, said)),
    "WebP chunk": lambda said: webp_chunk(b"NOTE", said),
    "GIF comment": lambda said: gif_with(gif_comment(said)),
    "HEIC EXIF": lambda said: heic_with(exif=b"Exif\x00\x00" + tiff_block({0x010E: said})),
    "AVIF box": lambda said: saved(SMALL, "AVIF", speed=10) + box(b"free", said),
    "behind a JPEG": lambda said: jpeg(SMALL) + said,
}  # fmt: skip
ANY_WORDS: Mapping[str, Place] = {
    "XMP": lambda said: jpeg_with(jpeg_xmp(in_description(said))),
    "MP4 comment": lambda said: mp4_with(keyed({"comment": said.decode()})),
}
HONEST = "这张照片没有使用 AIGC; retouched with care, steps: none".encode()


@pytest.mark.parametrize("way", PACKED)
def test_what_is_packed_or_in_letters_is_read_wherever_it_stands(way: str) -> None:
    for name, place in {**ANY_BYTES, **(ANY_WORDS if way in IN_WORDS else {})}.items():
        pack = PACKED[way]
        assert states(place(pack(SETTINGS)))["generator"] == "present", name
        assert states(place(pack(AIGC.encode())))["gb45438"] == "present", name
        found = states(place(pack(HONEST)))
        assert (found["generator"], found["gb45438"]) == ("absent", "absent"), name


@pytest.mark.parametrize("draw", range(8))
def test_letters_that_say_nothing_are_no_trace(draw: int) -> None:
    noise = random.Random(draw).randbytes(9_000)  # noqa: S311 - no secret
    for said in (base64.b64encode(noise), noise.hex().encode(), base64.b64encode(zlib.compress(noise)), noise):
        for name, place in ANY_BYTES.items():
            found = states(place(said))
            assert (found.get("generator"), found.get("gb45438")) == ("absent", "absent"), name


def test_no_more_is_unpacked_of_one_file_than_is_looked_at() -> None:
    bomb = zlib.compress(bytes(50_000_000))
    photo = png_with(*(chunk(b"tEXt", b"Comment\x00" + base64.b64encode(bomb)) for _ in range(40)))
    assert states(photo)["generator"] == "absent"
    packed = Packed()
    assert sum(len(part) for _ in range(40) for part in packed.within(bomb)) <= MOST_IN_ALL_BYTES + MOST_BYTES


WRITTEN: Mapping[str, str] = {
    "small letters": AIGC.replace("AIGC", "aigc"),
    "full-width colon": f"AIGC：{a_label()}",
    "a text": f'AIGC="{a_label()}"',
    "escaped for HTML": escape(AIGC),
    "escaped as numbers": AIGC.replace('"', "&#34;"),
    "escaped for an address": quote(AIGC),
    "in a text of JSON": json.dumps({"data": AIGC}, ensure_ascii=False),
    "in a text of a text of JSON": json.dumps({"data": json.dumps({"x": AIGC})}),
    "as Python writes it": str(json.loads(AIGC)),
    "behind other words": f"exported by an app; {AIGC}",
    "in an object of its own": f"AIGC\n{AIGC}",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_a_label_is_read_however_it_is_written(text: str) -> None:
    for photo in (
        jpeg_with(jpeg_exif(user_comment(text))),
        jpeg_with(segment(0xFE, text.encode())),
        png_with(itxt("Comment", text.encode())),
        jpeg_with(jpeg_xmp(in_description(text.encode()))),
    ):
        assert [one.state for one in examine(photo).findings if one.kind == "gb45438"] == ["present"]


SOURCE_TYPES = (
    "trainedalgorithmicmedia", "TrainedAlgorithmicMedia", "trained Algorithmic Media", "Created using Generative AI",
    "Edited using Generative AI", f"{TYPES}trainedAlgorithmicMedia?lang=en", "digsrctype#trainedAlgorithmicMedia",
    "compositeSynthetic", f"{TYPES}compositeSynthetic/", "http://c2pa.org/digitalsourcetype/trainedAlgorithmicData",
)  # fmt: skip


@pytest.mark.parametrize("value", SOURCE_TYPES)
@pytest.mark.parametrize("name", ["DigitalSourceType", "DigitalSourcefileType"])
def test_a_source_type_of_ai_counts_however_it_is_spelled(name: str, value: str) -> None:
    space = 'xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    assert declared(examine(jpeg_with(jpeg_xmp(packet(space, f"<i:{name}>{value}</i:{name}>"))))) is True


@pytest.mark.parametrize("value", ["algorithmicMedia", "algorithmicallyEnhanced", "digitalArt", "screenCapture"])
def test_other_source_types_are_no_ai(value: str) -> None:
    space = 'xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    photo = jpeg_with(jpeg_xmp(packet(space, f"<i:DigitalSourceType>{TYPES}{value}</i:DigitalSourceType>")))
    assert declared(examine(photo)) is False


SIGNATURE = b"Signature: " + b"Zm9yZ2VkIGN1cA" * 6
UUID = b"7c9e6679-7425-40de-944b-e07fc1f90ae7"
NOTED = {
    "Grok's signature": jpeg_with(jpeg_exif(tiff_block({0x010E: SIGNATURE, 0x013B: UUID}))),
    "Samsung's editor": jpeg_with(after=b'PhotoEditor_Re_Edit_Data{"originalPath":"x","genAIType":2}SEFT'),
    "a workflow of ComfyUI's newer form": png_with(
        itxt("note", b'{"state": {"lastNodeId": 9, "lastLinkId": 4}, "nodes": [], "version": 1}')
    ),
    "JSON that names the source type": png_with(itxt("info", b'{"digitalSourceType":"trainedAlgorithmicMedia"}')),
    "IPTC's AI version": jpeg_with(jpeg_xmp(packet('xmlns:i="urn:i" i:AISystemVersionUsed="v7"'))),
    "Flux, as its own script writes it": jpeg_with(jpeg_exif(tiff_block({0x0131: b"AI generated;img2img;flux"}))),
    **{
        f"Photoshop's history, {step}": jpeg_with(
            jpeg_xmp(packet('xmlns:p="http://ns.adobe.com/photoshop/1.0/"', f"<p:History>打开\n{step}\n</p:History>"))
        )
        for step in ("Generative Fill", "创成式填充", "生成式扩展", "生成填色", "創成式擴展")
    },
    "Apple's eraser": jpeg_with(jpeg_iptc(110, b"Apple Photos Clean Up")),
}  # fmt: skip


@pytest.mark.parametrize("photo", NOTED.values(), ids=NOTED)
def test_what_programs_note_of_a_model_is_a_trace(photo: bytes) -> None:
    assert states(photo)["generator"] == "present"


@pytest.mark.parametrize(
    "photo",
    [
        jpeg_with(jpeg_exif(tiff_block({0x010E: SIGNATURE, 0x013B: b"Anna"}))),
        jpeg_with(after=b'PhotoEditor_Re_Edit_Data{"originalPath":"x","genAIType":0}SEFT'),
        png_with(itxt("APPLICATION", b"GIMP")),
        jpeg_with(jpeg_exif(tiff_block({0x0131: b"Snapseed;AI denoise;export"}))),
        jpeg_with(
            jpeg_xmp(packet('xmlns:p="http://ns.adobe.com/photoshop/1.0/"', "<p:History>内容识别填充</p:History>"))
        ),
    ],
)
def test_what_only_looks_like_it_is_no_trace(photo: bytes) -> None:
    assert states(photo)["generator"] == "absent"


def test_the_camera_of_a_film_and_a_photo_is_one_camera() -> None:
    tags = {"com.android.manufacturer": "Google", "com.android.model": "Pixel 8"}
    photo = jpeg_with(jpeg_exif(tiff_block({0x010F: b"Google\x00", 0x0110: b"Pixel 8\x00"})))
    report = examine(photo + mp4_with(keyed(tags)))
    assert [one.detail for one in report.findings if one.kind == "camera"] == ["Google Pixel 8"]


def test_a_label_in_photoshops_xmp_and_in_its_place_is_one_label() -> None:
    photo = jpeg_with(jpeg_xmp(labelled_packet()), resource(0x0424, labelled_packet()))
    (found,) = [one for one in examine(photo).findings if one.kind == "gb45438"]
    assert found.state == "present"


def test_parts_of_no_meaning_that_say_nothing_are_not_read() -> None:
    noise = zlib.compress(bytes(range(256)) * 40)
    for photo in (png_with(chunk(b"prVt", noise)), webp_chunk(b"NOTE", noise), bmp_with(noise)):
        assert states(photo)["generator"] == "absent"


@pytest.mark.parametrize(
    "cut", [b"", b"no such packing", zlib.compress(tiff_block({0x010E: b"a cup of a potter"}))[:-9]]
)
def test_packed_exif_that_cannot_be_unpacked_is_unmeasured_never_absent(cut: bytes) -> None:
    photo = packed_exif(cut)
    [origin] = [one for one in examine(photo).readings if one.name == "provenance"]
    assert origin.unmeasured is not None
    assert "generator" not in states(photo), "nobody can say that it is absent"
