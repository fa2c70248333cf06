"""Files for tests that say something about their origin, in every container: by Pillow where it can, else by hand."""

import io
import json
import struct
import zlib
from html import escape
from typing import Any

import pillow_heif
from PIL import TiffImagePlugin

from tests.photos import a_picture, jpeg, png, saved

SMALL = a_picture(width=64, height=48)
TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
LABEL = {
    "Label": "1",
    "ContentProducer": "豆包",
    "ProduceID": "p-1",
    "ReservedCode1": "",
    "ContentPropagator": "",
    "PropagateID": "",
    "ReservedCode2": "",
}


def a_label(**changes: Any) -> str:
    """The JSON of a label, as Annex E has it; None leaves a field out."""
    fields = {key: value for key, value in (LABEL | changes).items() if value is not None}
    return json.dumps(fields, ensure_ascii=False)


def packet(attributes: str = "", elements: str = "", head: str = "") -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>' + head + '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {attributes}>{elements}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


def labelled_packet(label: str | None = None, prefix: str = "TC260") -> bytes:
    value = escape(a_label() if label is None else label, quote=False)
    return packet(f'xmlns:{prefix}="{TC260}"', f"<{prefix}:AIGC>{value}</{prefix}:AIGC>")


def labelled_attribute(label: str | None = None, prefix: str = "TC260") -> bytes:
    value = escape(a_label() if label is None else label)
    return packet(f'xmlns:{prefix}="{TC260}" {prefix}:AIGC="{value}"')


def tiff_block(
    values: dict[int, bytes], exif: dict[int, bytes] | None = None, *, order: str = "<", big: bool = False
) -> bytes:
    """A TIFF header with values of type UNDEFINED in its first directory, and others in EXIF's own."""
    number, entry = ("Q", "HHQQ") if big else ("I", "HHII")
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    head += struct.pack(order + "HHQ", 8, 0, 16) if big else struct.pack(order + "I", 8)
    directories = [dict(values)] + ([exif] if exif else [])
    body, at = b"", len(head)
    for place, directory in enumerate(directories):
        count = len(directory) + (1 if place == 0 and exif else 0)
        size = (8 if big else 2) + struct.calcsize(order + entry) * count + (8 if big else 4)
        data, entries = b"", b""
        for tag, value in sorted(directory.items()):
            inline = struct.calcsize(order + number)
            if len(value) <= inline:
                where = struct.unpack(order + number, value.ljust(inline, b"\x00"))[0]
            else:
                where = at + size + len(data)
                data += value
            entries += struct.pack(order + entry, tag, 7, len(value), where)
        if place == 0 and exif:
            entries += struct.pack(order + entry, 0x8769, 4, 1, at + size + len(data))
        kept = struct.pack(order + ("Q" if big else "H"), count) + entries + struct.pack(order + number, 0) + data
        body, at = body + kept, at + len(kept)
    return head + body


def user_comment(text: str, code: bytes = b"ASCII\x00\x00\x00", encoding: str = "utf-8", **how: Any) -> bytes:
    return tiff_block({}, {0x9286: code + text.encode(encoding)}, **how)


def segment(code: int, data: bytes) -> bytes:
    return b"\xff" + bytes([code]) + struct.pack(">H", len(data) + 2) + data


def jpeg_with(*segments: bytes, before_end: bytes = b"", after: bytes = b"") -> bytes:
    plain = jpeg(SMALL)
    return plain[:2] + b"".join(segments) + plain[2:-2] + before_end + plain[-2:] + after


def jpeg_xmp(data: bytes) -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + data)


def jpeg_exif_parts(block: bytes, most: int = 65_000) -> bytes:
    """An EXIF block in as many segments as it takes."""
    return b"".join(jpeg_exif(block[at : at + most]) for at in range(0, len(block), most))


def jpeg_iptc(record: int, text: bytes) -> bytes:
    """A JPEG segment with one text of IPTC's older form among Photoshop's resources."""
    data = b"\x1c\x02" + bytes([record]) + struct.pack(">H", len(text)) + text
    return segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(data)) + data)


def jpeg_exif(block: bytes) -> bytes:
    return segment(0xE1, b"Exif\x00\x00" + block)


def extended_xmp(data: bytes, parts: int = 2) -> bytes:
    size = -(-len(data) // parts)
    return b"".join(
        segment(
            0xE1,
            b"http://ns.adobe.com/xmp/extension/\x00"
            + b"A" * 32
            + struct.pack(">II", len(data), at)
            + data[at : at + size],
        )
        for at in reversed(range(0, len(data), size))
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_with(*chunks: bytes, late: bool = False) -> bytes:
    plain = png(SMALL)
    at = len(plain) - 12 if late else 33  # before IEND, or after IHDR
    return plain[:at] + b"".join(chunks) + plain[at:]


def itxt(keyword: str, text: bytes, *, packed: bool = False) -> bytes:
    body = zlib.compress(text) if packed else text
    return chunk(b"iTXt", keyword.encode("latin-1") + bytes([0, packed, 0, 0, 0]) + body)


def text_chunk(keyword: str, text: str, *, packed: bool = False) -> bytes:
    key = keyword.encode("latin-1") + b"\x00"
    if packed:
        return chunk(b"zTXt", key + b"\x00" + zlib.compress(text.encode()))
    return chunk(b"tEXt", key + text.encode())


def gif_with(extensions: bytes) -> bytes:
    plain = saved(SMALL.convert("P"), "GIF")
    return plain[:-1] + extensions + b";"


def gif_xmp(data: bytes) -> bytes:
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
    return b"\x21\xff\x0bXMP DataXMP" + data + trailer


def gif_comment(text: bytes) -> bytes:
    parts = [text[at : at + 255] for at in range(0, len(text), 255)]
    return b"\x21\xfe" + b"".join(bytes([len(part)]) + part for part in parts) + b"\x00"


def tiff_with(values: dict[int, bytes]) -> bytes:
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in values.items():
        directory.tagtype[tag] = 7
        directory[tag] = value
    return saved(SMALL, "TIFF", tiffinfo=directory)


def heic_with(xmp: bytes | None = None, exif: bytes | None = None) -> bytes:
    picture = pillow_heif.from_pillow(SMALL)
    file = io.BytesIO()
    about = {key: value for key, value in (("xmp", xmp), ("exif", exif)) if value is not None}
    picture.save(file, quality=50, **about)
    return file.getvalue()


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def an_mpo(second: bytes) -> bytes:
    """Two pictures in one file, the second as given."""
    return jpeg(SMALL) + second
