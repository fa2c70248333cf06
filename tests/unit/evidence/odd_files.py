"""Odd and broken files, one table: what each is, and its right end.

A file is either looked at (``seen``: the picture that it should show) or refused (``why``: a part of the sentence for
people). Everything is drawn or put together here.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import pillow_heif
from PIL import Image, ImageOps, PngImagePlugin

from tests.photos import (
    QUICKLY,
    a_jpeg_that_claims,
    a_picture,
    a_png_that_claims,
    a_png_with_a_text_bomb,
    jpeg,
    png,
    saved,
)

PICTURE = a_picture(1, 320, 240)
OTHER = a_picture(2, 320, 240)
DAMAGED = "the picture is damaged or incomplete"
NO_PICTURE = "the file is no picture that can be read"
TOO_LARGE = "more pixels than may be looked at|pixels; at most 1,000,000 are looked at"
TOO_LONG = "pixels; in its format no side of more than 32,768 is looked at"
HUGE = 40_000


@dataclass(frozen=True, slots=True)
class OddFile:
    """``seen`` and ``why`` exclude each other; ``off`` is the mean difference in grey levels that is let pass."""

    name: str
    photo: bytes
    seen: Image.Image | None = None
    why: str = ""
    off: float = 3.0
    frames: int = 1


def odd_files() -> Iterator[OddFile]:
    """Give the whole table."""
    yield from sound_files()
    for part in (_foreign, _broken, _too_large, _too_costly):
        yield from part()


@cache
def sound_files() -> tuple[OddFile, ...]:
    """Return the files that people can see, and a few more of the same formats."""
    parts = (
        _jpegs,
        _pngs,
        _with_much_metadata,
        _tiffs,
        _heifs,
        _branded,
        _turned_by,
        _others,
        _of_several_pictures,
    )
    return tuple(file for part in parts for file in part())


@cache
def _of_256_colours() -> Image.Image:
    """The picture with a palette: choosing its colours takes a fifth of a second."""
    return PICTURE.quantize(256)


def _jpegs() -> Iterator[OddFile]:
    plain, grey = jpeg(PICTURE), PICTURE.convert("L")
    yield OddFile("progressive JPEG", jpeg(PICTURE, progressive=True), PICTURE)
    yield OddFile("grey JPEG", jpeg(grey), grey)
    yield OddFile("JPEG with full colour resolution", jpeg(PICTURE, subsampling=0), PICTURE)
    yield OddFile("CMYK JPEG, inverted as Adobe's are", jpeg(PICTURE.convert("CMYK")), PICTURE, off=5)
    yield OddFile("YCCK JPEG", _ycck(), PICTURE, off=5)
    yield OddFile("JPEG with restart markers", jpeg(PICTURE, restart_marker_rows=1), PICTURE)
    yield OddFile("JPEG with an archive behind it", plain + b"PK\x03\x04" + bytes(5_000), PICTURE)
    yield OddFile(
        "JPEG with a segment of nonsense", plain[:2] + b"\xff\xef\x00\x10" + b"nonsense" * 2 + plain[20:], PICTURE
    )
    yield OddFile("JPEG with a broken colour profile", jpeg(PICTURE, icc_profile=b"no profile" * 20), PICTURE)
    yield OddFile("JPEG with unreadable EXIF", jpeg(PICTURE, exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff"), PICTURE)
    yield OddFile("JPEG of EXIF orientation 9", jpeg(PICTURE, exif=_turned(9)), PICTURE)
    yield OddFile("JPEG on its side", jpeg(PICTURE, exif=_turned(6)), PICTURE.transpose(Image.Transpose.ROTATE_270))


def _pngs() -> Iterator[OddFile]:
    grey = PICTURE.convert("L")
    wide = np.asarray(PICTURE).astype(np.uint16)[..., ::-1] * 257
    clear = PICTURE.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(PICTURE.size))
    flat = Image.alpha_composite(Image.new("RGBA", PICTURE.size, "white"), clear)
    yield OddFile("16-bit grey PNG", png(Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)), grey, off=0.1)
    yield OddFile("16-bit colour PNG", _encoded(".png", wide), PICTURE, off=1)
    opaque = np.dstack([wide, np.full(wide.shape[:2], 65_535, np.uint16)])
    yield OddFile("16-bit PNG with alpha", _encoded(".png", opaque), PICTURE, off=1)
    yield OddFile("palette PNG", png(_of_256_colours()), PICTURE)
    yield OddFile("PNG with alpha", png(clear), flat, off=1)
    yield OddFile("palette PNG with alpha", png(clear.quantize(256)), flat, off=6)
    yield OddFile("PNG with one clear colour", _with_a_clear_colour(), Image.new("RGB", (64, 64), "white"), off=0)
    yield OddFile("grey PNG with alpha", png(clear.convert("LA")), flat.convert("L"), off=1)
    black = grey.convert("1")
    yield OddFile("1-bit PNG", png(black), black, off=0)
    yield OddFile("4-bit grey PNG", _four_bits(grey), grey, off=8)
    yield OddFile(
        "PNG with a gamma of its own", _with_chunk(png(PICTURE), b"gAMA", struct.pack(">I", 100_000)), PICTURE, off=0.1
    )
    yield OddFile("PNG with an unknown chunk", _with_chunk(png(PICTURE), b"zzZz", bytes(1_000)), PICTURE, off=0.1)
    yield OddFile("PNG with words behind its end", png(PICTURE) + b"and more", PICTURE, off=0.1)


def _with_much_metadata() -> Iterator[OddFile]:
    """Sound pictures whose metadata is long, broken or made to be slow: that says nothing of the pixels."""
    plain, as_png, noise = jpeg(PICTURE), png(PICTURE), np.random.default_rng(1).bytes(1_700_000)
    wrong = bytearray(_with_chunk(as_png, b"tEXt", b"Comment\x00words"))
    wrong[33 + 8 + 4] ^= 1
    text = b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + zlib.compress(b"<x>" + b"many words " * 200_000 + b"</x>")
    small = a_picture(width=64, height=64)
    yield OddFile("PNG with a bomb of text", a_png_with_a_text_bomb(), small, off=0.1)
    yield OddFile("PNG with a colour profile of 1.7 MB", png(PICTURE, icc_profile=noise), PICTURE, off=0.1)
    yield OddFile("PNG with XMP of 2 MB", _with_chunk(as_png, b"iTXt", text), PICTURE, off=0.1)
    yield OddFile("PNG whose text has a wrong checksum", bytes(wrong), PICTURE, off=0.1)
    yield OddFile(
        "PNG whose colour profile is none", _with_chunk(as_png, b"iCCP", b"no\x00\x00profile"), PICTURE, off=0.1
    )
    many = b"".join(_chunk(b"tEXt", b"Comment\x00words") for _ in range(20_000))
    yield OddFile("PNG with twenty thousand texts", as_png[:33] + many + as_png[33:], PICTURE, off=0.1)
    yield OddFile("JPEG with a colour profile of 1.7 MB", jpeg(PICTURE, icc_profile=noise), PICTURE)
    yield OddFile("JPEG with twenty thousand segments", plain[:2] + b"\xff\xe5\x00\x02" * 20_000 + plain[2:], PICTURE)
    stuffed = plain[:2] + b"\xff" * 300_000 + b"\x00" + plain[2:]
    yield OddFile("JPEG with padding that leads nowhere", stuffed, PICTURE)
    yield OddFile("JPEG with a megabyte of padding", plain[:2] + b"\xff" * 1_000_000 + plain[2:], PICTURE)
    broken = b"\xff\xed\x00\x19Photoshop 3.0\x008BIM\x04" + b"\xff\xe2\x00\x0aMPF\x00II*\x00"
    yield OddFile("JPEG with broken segments of other programs", plain[:2] + broken + plain[2:], PICTURE)
    yield OddFile(
        "WebP with a colour profile of 1.7 MB", saved(PICTURE, "WEBP", icc_profile=noise, quality=90), PICTURE
    )
    yield OddFile("TIFF with a colour profile of 1.7 MB", saved(PICTURE, "TIFF", icc_profile=noise), PICTURE, off=0.1)
    yield OddFile("AVIF with XMP of 2 MB", saved(PICTURE, "AVIF", quality=90, speed=10, xmp=b"<x>" + noise), PICTURE)
    yield OddFile("HEIC with XMP of 2 MB", saved(PICTURE, "HEIF", quality=90, xmp=b"<x>" + noise), PICTURE)
    gif = saved(_of_256_colours(), "GIF")
    start = 13 + 768
    comments = (b"\x21\xfe" + b"\xff" + b"c" * 255 + b"\x00") * 4_000
    yield OddFile("GIF with thousands of comments", gif[:start] + comments + gif[start:], PICTURE)


def _tiffs() -> Iterator[OddFile]:
    grey = PICTURE.convert("L")
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        yield OddFile(f"TIFF, {compression}", saved(PICTURE, "TIFF", compression=compression), PICTURE, off=0.1)
    yield OddFile("TIFF with JPEG inside", saved(PICTURE, "TIFF", compression="jpeg"), PICTURE, off=5)
    yield OddFile("TIFF of a fax", saved(grey.convert("1"), "TIFF", compression="group4"), grey.convert("1"), off=0)
    yield OddFile("CMYK TIFF", saved(PICTURE.convert("CMYK"), "TIFF"), PICTURE, off=3)
    yield OddFile("palette TIFF", saved(_of_256_colours(), "TIFF"), PICTURE)
    wide = np.asarray(grey).astype(np.uint16) * 257
    yield OddFile("16-bit grey TIFF", saved(Image.fromarray(wide), "TIFF"), grey, off=0.1)
    big_endian = Image.frombytes("I;16B", PICTURE.size, wide.astype(">u2").tobytes())
    yield OddFile("16-bit grey TIFF, big-endian", saved(big_endian, "TIFF"), grey, off=0.1)
    colours = np.asarray(PICTURE).astype(np.uint16)[..., ::-1] * 257
    yield OddFile("16-bit colour TIFF", _encoded(".tiff", colours), PICTURE, off=1)
    for order in "<>":
        for packed in (False, True):
            about = f"BigTIFF, {'II' if order == '<' else 'MM'}, {'packed' if packed else 'raw'}"
            yield OddFile(f"{about}, in one strip", big_tiff(order, packed=packed), PICTURE, off=0.1)
            yield OddFile(f"{about}, in strips", big_tiff(order, rows=50, packed=packed), PICTURE, off=0.1)
    scientific = "scientific format"
    yield OddFile("floating-point TIFF", saved(grey.convert("F"), "TIFF"), why=scientific)
    yield OddFile("32-bit TIFF", saved(grey.convert("I"), "TIFF"), why=scientific)


def big_tiff(order: str, rows: int = 240, *, packed: bool) -> bytes:
    """The picture as a BigTIFF, whose places are numbers of 64 bits, in strips of so many rows."""
    pixels, width, height = PICTURE.tobytes(), *PICTURE.size
    strips = [pixels[at : at + 3 * width * rows] for at in range(0, len(pixels), 3 * width * rows)]
    strips = [zlib.compress(strip) for strip in strips] if packed else strips
    starts = [16 + sum(map(len, strips[:number])) for number in range(len(strips))]
    behind, at = b"", 16 + sum(map(len, strips))
    entries = b""
    for tag, kind, values in (
        (256, 3, [width]),
        (257, 4, [height]),
        (258, 3, [8, 8, 8]),
        (259, 3, [8 if packed else 1]),
        (262, 3, [2]),
        (273, 16, starts),
        (277, 3, [3]),
        (278, 16, [rows]),
        (279, 16, [len(strip) for strip in strips]),
    ):
        value = struct.pack(f"{order}{len(values)}{'HIQ'[min(kind - 3, 2)]}", *values)
        if len(value) > 8:
            value, behind = struct.pack(f"{order}Q", at + len(behind)), behind + value
        entries += struct.pack(f"{order}HHQ", tag, kind, len(values)) + value.ljust(8, b"\x00")
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HHHQ", 43, 8, 0, at + len(behind))
    tags = struct.pack(f"{order}Q", len(entries) // 20) + entries + bytes(8)
    return head + b"".join(strips) + behind + tags


def _heifs() -> Iterator[OddFile]:
    grey = PICTURE.convert("L")
    upright = PICTURE.transpose(Image.Transpose.ROTATE_270)
    clear = PICTURE.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(PICTURE.size))
    flat = Image.alpha_composite(Image.new("RGBA", PICTURE.size, "white"), clear)
    yield OddFile("HEIC", saved(PICTURE, "HEIF", quality=90), PICTURE)
    yield OddFile("grey HEIC", saved(grey, "HEIF", quality=90), grey)
    yield OddFile("HEIC with alpha", saved(clear, "HEIF", quality=90), flat)
    yield OddFile("HEIC of 10 bits", _deep_heic(), PICTURE)
    yield OddFile("HEIC in tiles, as telephones write it", saved(PICTURE, "HEIF", quality=90, tile_size=128), PICTURE)
    yield OddFile("HEIC on its side", saved(PICTURE, "HEIF", quality=90, exif=_turned(6)), upright)
    yield OddFile("HEIC of two pictures", _heic_of(PICTURE, OTHER), PICTURE, frames=2)
    yield OddFile("HEIC with a thumbnail", saved(PICTURE, "HEIF", quality=90, thumbnails=[64]), PICTURE)
    yield OddFile("AVIF", saved(PICTURE, "AVIF", quality=90, speed=10), PICTURE)
    yield OddFile("AVIF with alpha", saved(clear, "AVIF", quality=90, speed=10), flat)
    yield OddFile("AVIF on its side", saved(PICTURE, "AVIF", quality=90, speed=10, exif=_turned(6)), upright)


def _branded() -> Iterator[OddFile]:
    """Files of boxes under every first brand that a picture may have; the other brands and the boxes say the rest."""
    avif, heic = saved(PICTURE, "AVIF", quality=90, speed=10), saved(PICTURE, "HEIF", quality=90)
    for major in (b"miaf", b"MA1A", b"MA1B", b"mif1", b"msf1"):
        yield OddFile(f"AVIF of the brand {major.decode()}", avif[:8] + major + avif[12:], PICTURE)
    general = avif[:8] + b"mif1" + avif[12:16] + b"mif1miaf" * ((int.from_bytes(avif[:4], "big") - 16) // 8)
    yield OddFile("AVIF of general brands alone", general + avif[len(general) :], PICTURE)
    for file, coded, major in (
        (avif, "AVIF", b"avio"),
        (heic, "HEIC", b"mif2"),
        (heic, "HEIC", b"MiHB"),
    ):
        size = int.from_bytes(file[:4], "big")
        alone = file[:8] + major + file[12:16] + major * ((size - 16) // 4) + file[size:]
        yield OddFile(f"{coded} of the brand {major.decode()} alone", alone, PICTURE)
    for major in (b"mif1", b"msf1", b"heix", b"heim", b"hevc", b"miaf"):
        yield OddFile(f"HEIC of the brand {major.decode()}", heic[:8] + major + heic[12:], PICTURE)


def _turned_by() -> Iterator[OddFile]:
    """Pictures that say how they are to be turned, in ways that browsers follow and in ways that they do not."""
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    )
    lying = PICTURE.transpose(Image.Transpose.ROTATE_270)
    for name in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF"):
        options: dict[str, Any] = {"xmp": xmp, "quality": 90} if name in {"JPEG", "WEBP", "AVIF"} else {}
        if name == "PNG":
            photo = _with_chunk(png(PICTURE), b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + xmp)
        elif name == "TIFF":
            photo = saved(PICTURE, "TIFF", tiffinfo={700: xmp})
        else:
            photo = saved(PICTURE, name, **options)
        yield OddFile(f"{name} that XMP alone would turn", photo, PICTURE, off=4)
    for kind, name in ((1, "BYTE"), (3, "SHORT"), (4, "LONG")):
        for order in "<>":
            exif = _turned(6, kind, order)
            about = f"on its side, said as {name}, {'II' if order == '<' else 'MM'}"
            yield OddFile(f"JPEG {about}", jpeg(PICTURE, exif=exif), lying)
            yield OddFile(f"PNG {about}", png(PICTURE, exif=exif), lying, off=0.1)
            yield OddFile(f"WebP {about}", saved(PICTURE, "WEBP", exif=exif), lying, off=5)
    for number in (0, 9, 255):
        yield OddFile(f"JPEG of orientation {number} in a byte", jpeg(PICTURE, exif=_turned(number, 1)), PICTURE)
    yield OddFile("JPEG of orientation in letters", jpeg(PICTURE, exif=_turned(0x36, 2)), PICTURE)
    late = png(PICTURE)
    chunk = _chunk(b"eXIf", _turned(6).removeprefix(b"Exif\x00\x00"))
    yield OddFile("PNG with its orientation behind the pixels", late[:-12] + chunk + late[-12:], PICTURE, off=0.1)
    both = jpeg(PICTURE, exif=_turned(3), xmp=xmp)
    yield OddFile("JPEG turned by EXIF against XMP", both, PICTURE.transpose(Image.Transpose.ROTATE_180))


def _others() -> Iterator[OddFile]:
    clear = Image.new("P", (64, 64), 0)
    clear.putpalette([0, 0, 0] * 256)
    yield OddFile("WebP", saved(PICTURE, "WEBP", quality=90), PICTURE)
    yield OddFile("WebP without loss", saved(PICTURE, "WEBP", lossless=True), PICTURE, off=0.1)
    yield OddFile(
        "WebP on its side", saved(PICTURE, "WEBP", exif=_turned(8)), PICTURE.transpose(Image.Transpose.ROTATE_90), off=5
    )
    yield OddFile("GIF", saved(_of_256_colours(), "GIF"), PICTURE)
    yield OddFile(
        "GIF that is clear all over", saved(clear, "GIF", transparency=0), Image.new("L", (64, 64), 255), off=0
    )
    yield OddFile("BMP", saved(PICTURE, "BMP"), PICTURE, off=0.1)
    yield OddFile("palette BMP", saved(_of_256_colours(), "BMP"), PICTURE)
    yield OddFile("1-bit BMP", saved(PICTURE.convert("1"), "BMP"), PICTURE.convert("1"), off=0)
    yield OddFile("one pixel", png(Image.new("RGB", (1, 1), "red")), Image.new("RGB", (1, 1), "red"))
    yield OddFile("a line of pixels", png(PICTURE.crop((0, 0, 320, 1))), PICTURE.crop((0, 0, 320, 1)))


def _of_several_pictures() -> Iterator[OddFile]:
    both: dict[str, Any] = {"save_all": True, "append_images": [OTHER]}
    yield OddFile("animated GIF", saved(PICTURE, "GIF", **both), PICTURE, off=8, frames=2)
    yield OddFile("animated WebP", saved(PICTURE, "WEBP", quality=95, **both), PICTURE, off=5, frames=2)
    yield OddFile("animated PNG", saved(PICTURE, "PNG", **both), PICTURE, off=0.1, frames=2)
    hidden = saved(PICTURE, "PNG", default_image=True, **both)
    yield OddFile("animated PNG whose first picture only old viewers show", hidden, PICTURE, off=0.1, frames=2)
    yield OddFile("animated AVIF", saved(PICTURE, "AVIF", quality=90, speed=10, **both), PICTURE, frames=2)
    yield OddFile("TIFF of two pages", saved(PICTURE, "TIFF", **both), PICTURE, off=0.1, frames=2)
    yield OddFile("MPO of a camera", saved(PICTURE, "MPO", quality=90, **both), PICTURE, frames=2)


def _foreign() -> Iterator[OddFile]:
    small = PICTURE.resize((64, 64))
    named = {
        "PDF": b"%PDF-1.7\n" + bytes(100),
        "PostScript": saved(small, "EPS"),
        "PSD": b"8BPS\x00\x01" + bytes(100),
        "JPEG 2000": saved(small, "JPEG2000"),
        "JPEG XL": b"\x00\x00\x00\x0cJXL \r\n\x87\n" + bytes(100),
        "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "HTML": b"<!DOCTYPE html><title>not found</title>",
        "ICO": saved(small, "ICO"),
        "PNM": saved(small, "PPM"),
        "ZIP": b"PK\x03\x04" + bytes(100),
        "camera raw": b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(100),
        "MP4 video": b"\x00\x00\x00\x18ftypisom" + bytes(100),
        "QuickTime video": b"\x00\x00\x00\x14ftypqt  " + bytes(100),
        "AVI video": b"RIFF\x00\x01\x00\x00AVI LIST" + bytes(100),
        "Matroska or WebM video": b"\x1aE\xdf\xa3" + bytes(100),
    }
    for name, photo in named.items():
        yield OddFile(f"{name} named as a photo", photo, why=f"the file is of the format {name}; only JPEG, PNG")
    yield OddFile("nothing", b"", why="the file is empty")
    yield OddFile("one byte", b"\xff", why=NO_PICTURE)
    yield OddFile("words", b"this is no picture, whatever its name says", why=NO_PICTURE)
    yield OddFile("zeros", bytes(10_000), why=NO_PICTURE)
    yield OddFile("a photo that something scrambled", bytes(byte ^ 0x55 for byte in jpeg(PICTURE)), why=NO_PICTURE)
    yield OddFile("a photo sent as text", b"data:image/jpeg;base64,/9j/4AAQSkZJRgABAQ", why=NO_PICTURE)
    yield OddFile("a TGA picture", saved(small, "TGA"), why=NO_PICTURE)


def _broken() -> Iterator[OddFile]:
    for name in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"):
        whole = saved(
            _of_256_colours() if name == "GIF" else PICTURE, name, **({"speed": 10} if name == "AVIF" else {})
        )
        yield OddFile(f"{name} cut in half", whole[: len(whole) // 2], why=f"{DAMAGED}|{NO_PICTURE}")
    progressive = jpeg(PICTURE, progressive=True)
    yield OddFile("progressive JPEG without its last scans", progressive[: len(progressive) * 2 // 3], why=DAMAGED)
    yield OddFile("JPEG of a header alone", jpeg(PICTURE)[:200], why=f"{DAMAGED}|{NO_PICTURE}")
    yield OddFile("JPEG of no height", a_jpeg_that_claims(320, 0), why=f"{DAMAGED}|{NO_PICTURE}")
    yield OddFile("JPEG without its end marker", jpeg(PICTURE).removesuffix(b"\xff\xd9"), why=DAMAGED)
    scratched = bytearray(png(PICTURE))
    scratched[len(scratched) // 2] ^= 0xFF
    yield OddFile("PNG with one wrong byte", bytes(scratched), why=DAMAGED)
    yield OddFile("PNG without pixels", a_png_that_claims(64, 64), why=DAMAGED)
    yield OddFile("HEIC of a name alone", b"\x00\x00\x00\x18ftypheic" + bytes(100), why=DAMAGED)


def _too_large() -> Iterator[OddFile]:
    yield OddFile("PNG of 1.6 gigapixels", a_png_that_claims(HUGE, HUGE), why=TOO_LARGE)
    yield OddFile("JPEG of 1.6 gigapixels", a_jpeg_that_claims(HUGE, HUGE), why=TOO_LARGE)
    sizes = struct.pack(">II", 320, 240)
    heic = saved(PICTURE, "HEIF").replace(
        b"ispe" + bytes(4) + sizes, b"ispe" + bytes(4) + struct.pack(">II", HUGE, HUGE)
    )
    yield OddFile("HEIC of 1.6 gigapixels", heic, why=TOO_LARGE)
    avif = saved(PICTURE, "AVIF", speed=10).replace(sizes, struct.pack(">II", HUGE, HUGE))
    yield OddFile("AVIF of 1.6 gigapixels", avif, why=TOO_LONG)
    for size in ((HUGE, 1), (1, HUGE)):
        line = saved(PICTURE.resize(size), "AVIF", speed=10)
        yield OddFile(f"AVIF of {size[0]} x {size[1]} pixels", line, why=TOO_LONG)
    gif = saved(_of_256_colours(), "GIF")
    yield OddFile("GIF of 1.6 gigapixels", gif[:6] + struct.pack("<HH", HUGE, HUGE) + gif[10:], why=TOO_LARGE)
    bmp = saved(PICTURE, "BMP")
    yield OddFile("BMP of 1.6 gigapixels", bmp[:18] + struct.pack("<ii", HUGE, HUGE) + bmp[26:], why=TOO_LARGE)
    large = saved(Image.new("L", (1_200, 1_000)), "TIFF", compression="tiff_lzw")
    yield OddFile("TIFF of more pixels than may be", large, why=TOO_LARGE)
    yield OddFile("WebP of more pixels than may be", saved(Image.new("L", (1_200, 1_000)), "WEBP"), why=TOO_LARGE)


def _too_costly() -> Iterator[OddFile]:
    """Small files that would take a decoder seconds or minutes, where no honest file has so many parts."""
    parts = "split into more than"
    scans = jpeg(Image.new("L", (320, 240)), progressive=True)
    last = scans.rfind(b"\xff\xda")
    yield OddFile(
        "JPEG of three thousand scans", scans[:-2] + scans[last:-2] * 3_000 + scans[-2:], why="passes over its pixels"
    )
    hidden = scans[:-2] + b"\xff\xfe\x00\x04\xff\xd9" + scans[last:-2] * 3_000 + scans[-2:]
    yield OddFile("JPEG of three thousand scans behind a false end", hidden, why="passes over its pixels")
    whole = jpeg(Image.new("L", (320, 240)))
    frame, last = whole.find(b"\xff\xc0"), whole.rfind(b"\xff\xda")
    apart = whole[: frame + 9] + b"\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00" + whole[frame + 13 : -2]
    apart = apart.replace(b"\xff\xc0\x00\x0b", b"\xff\xc0\x00\x11") + whole[last:-2] * 3_000 + whole[-2:]
    yield OddFile("JPEG whose colours are in three thousand scans of their own", apart, why="passes over its pixels")
    again = whole[:-2] + whole[last:-2] * 3_000 + whole[-2:]
    yield OddFile("JPEG whose one scan is there three thousand times", again, why=DAMAGED)
    yield OddFile("JPEG of more segments than may be", scans[:2] + b"\xff\xe5\x00\x02" * 70_000 + scans[2:], why=parts)
    small = png(a_picture(width=64, height=64))
    empty = _chunk(b"IDAT", b"")
    yield OddFile("PNG of more chunks than may be", small[:33] + empty * 70_000 + small[33:], why=parts)
    gif = saved(a_picture(width=64, height=64).quantize(16), "GIF")
    start = 13 + 48
    yield OddFile("GIF of endless comments", gif[:start] + b"\x21\xfe\x01c\x00" * 600_000 + gif[start:], why=parts)
    strips = saved(PICTURE, "TIFF")
    place = strips.index(struct.pack("<HH", 273, 4)) + 4
    yield OddFile(
        "TIFF of a million strips", strips[:place] + struct.pack("<I", 1_000_000) + strips[place + 4 :], why=parts
    )


def _turned(orientation: int, kind: int = 3, order: str = "<") -> bytes:
    """An EXIF block with nothing but an orientation, written in the given type."""
    width = {1: "B3x", 2: "B3x", 3: "H2x", 4: "I"}[kind]
    head = (b"II*\x00" if order == "<" else b"MM\x00*") + struct.pack(order + "IH", 8, 1)
    return b"Exif\x00\x00" + head + struct.pack(order + "HHI" + width + "I", 0x0112, kind, 1, orientation, 0)


def _ycck() -> bytes:
    """A JPEG of luma, colours and black: a CMYK file whose channels are those, and whose Adobe marker says so."""
    inverted = ImageOps.invert(PICTURE).convert("YCbCr")
    black = Image.new("L", PICTURE.size, 255)
    stored = Image.merge("CMYK", [ImageOps.invert(band) for band in (*inverted.split(), black)])
    photo = bytearray(jpeg(stored, quality=95, subsampling=0))
    marker = photo.index(b"Adobe\x00")
    photo[marker + 11] = 2
    return bytes(photo)


def _deep_heic() -> bytes:
    deep = np.asarray(PICTURE).astype(np.uint16) * 257
    file = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", PICTURE.size, deep.tobytes()).save(file, quality=90, enc_params=QUICKLY)
    return file.getvalue()


def _heic_of(*pictures: Image.Image) -> bytes:
    several = pillow_heif.HeifFile()  # type: ignore[no-untyped-call] # pillow-heif leaves its types out here
    for picture in pictures:
        several.add_from_pillow(picture)
    file = io.BytesIO()
    several.save(file, quality=90, enc_params=QUICKLY)
    return file.getvalue()


def _encoded(suffix: str, pixels: Any) -> bytes:
    return bytes(cv2.imencode(suffix, pixels)[1])


def _with_a_clear_colour() -> bytes:
    return png(Image.new("RGB", (64, 64), (10, 20, 30)), transparency=(10, 20, 30))


def _four_bits(grey: Image.Image) -> bytes:
    """A PNG of 16 shades: two pixels in a byte, each row behind a byte that says it is not filtered."""
    shades = np.asarray(grey) >> 4
    rows = np.pad(shades[:, ::2] << 4 | shades[:, 1::2], ((0, 0), (1, 0)))
    file = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    file.seek(0, io.SEEK_END)
    PngImagePlugin.putchunk(file, b"IHDR", struct.pack(">IIBBBBB", *grey.size, 4, 0, 0, 0, 0))
    PngImagePlugin.putchunk(file, b"IDAT", zlib.compress(rows.tobytes()))
    PngImagePlugin.putchunk(file, b"IEND")
    return file.getvalue()


def _with_chunk(photo: bytes, name: bytes, content: bytes) -> bytes:
    behind_header = 33
    return photo[:behind_header] + _chunk(name, content) + photo[behind_header:]


def _chunk(name: bytes, content: bytes) -> bytes:
    file = io.BytesIO()
    PngImagePlugin.putchunk(file, name, content)
    return file.getvalue()
