"""Odd and broken files, one table: what each is, and its right end.

A file is either looked at (``seen``: the picture that it should show) or refused (``why``: a part of the sentence for
people). Everything is drawn or put together here.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pillow_heif
from PIL import Image, ImageOps, PngImagePlugin

from tests.photos import a_jpeg_that_claims, a_picture, a_png_that_claims, a_png_with_a_text_bomb, jpeg, png, saved

PICTURE = a_picture(1, 320, 240)
OTHER = a_picture(2, 320, 240)
DAMAGED = "the picture is damaged or incomplete"
NO_PICTURE = "the file is no picture that can be read"
TOO_LARGE = "more pixels than may be looked at|pixels; at most 1,000,000 are looked at"
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
    for part in (_foreign, _broken, _too_large):
        yield from part()


def sound_files() -> Iterator[OddFile]:
    """Give the files that people can see, and a few more of the same formats."""
    for part in (_jpegs, _pngs, _tiffs, _heifs, _others, _of_several_pictures):
        yield from part()


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
    yield OddFile("palette PNG", png(PICTURE.quantize(256)), PICTURE)
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


def _tiffs() -> Iterator[OddFile]:
    grey = PICTURE.convert("L")
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        yield OddFile(f"TIFF, {compression}", saved(PICTURE, "TIFF", compression=compression), PICTURE, off=0.1)
    yield OddFile("TIFF with JPEG inside", saved(PICTURE, "TIFF", compression="jpeg"), PICTURE, off=5)
    yield OddFile("TIFF of a fax", saved(grey.convert("1"), "TIFF", compression="group4"), grey.convert("1"), off=0)
    yield OddFile("CMYK TIFF", saved(PICTURE.convert("CMYK"), "TIFF"), PICTURE, off=3)
    yield OddFile("palette TIFF", saved(PICTURE.quantize(256), "TIFF"), PICTURE)
    wide = np.asarray(grey).astype(np.uint16) * 257
    yield OddFile("16-bit grey TIFF", saved(Image.fromarray(wide), "TIFF"), grey, off=0.1)
    big_endian = Image.frombytes("I;16B", PICTURE.size, wide.astype(">u2").tobytes())
    yield OddFile("16-bit grey TIFF, big-endian", saved(big_endian, "TIFF"), grey, off=0.1)
    colours = np.asarray(PICTURE).astype(np.uint16)[..., ::-1] * 257
    yield OddFile("16-bit colour TIFF", _encoded(".tiff", colours), PICTURE, off=1)
    scientific = "scientific format"
    yield OddFile("floating-point TIFF", saved(grey.convert("F"), "TIFF"), why=scientific)
    yield OddFile("32-bit TIFF", saved(grey.convert("I"), "TIFF"), why=scientific)


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


def _others() -> Iterator[OddFile]:
    clear = Image.new("P", (64, 64), 0)
    clear.putpalette([0, 0, 0] * 256)
    yield OddFile("WebP", saved(PICTURE, "WEBP", quality=90), PICTURE)
    yield OddFile("WebP without loss", saved(PICTURE, "WEBP", lossless=True), PICTURE, off=0.1)
    yield OddFile(
        "WebP on its side", saved(PICTURE, "WEBP", exif=_turned(8)), PICTURE.transpose(Image.Transpose.ROTATE_90), off=5
    )
    yield OddFile("GIF", saved(PICTURE.quantize(256), "GIF"), PICTURE)
    yield OddFile(
        "GIF that is clear all over", saved(clear, "GIF", transparency=0), Image.new("L", (64, 64), 255), off=0
    )
    yield OddFile("BMP", saved(PICTURE, "BMP"), PICTURE, off=0.1)
    yield OddFile("palette BMP", saved(PICTURE.quantize(256), "BMP"), PICTURE)
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
        whole = saved(PICTURE, name, **({"speed": 10} if name == "AVIF" else {}))
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
    yield OddFile("PNG with a bomb of text", a_png_with_a_text_bomb(), why=DAMAGED)
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
    yield OddFile("AVIF of 1.6 gigapixels", avif, why=f"{TOO_LARGE}|{DAMAGED}|{NO_PICTURE}")
    gif = saved(PICTURE, "GIF")
    yield OddFile("GIF of 1.6 gigapixels", gif[:6] + struct.pack("<HH", HUGE, HUGE) + gif[10:], why=TOO_LARGE)
    bmp = saved(PICTURE, "BMP")
    yield OddFile("BMP of 1.6 gigapixels", bmp[:18] + struct.pack("<ii", HUGE, HUGE) + bmp[26:], why=TOO_LARGE)
    large = saved(Image.new("L", (1_200, 1_000)), "TIFF", compression="tiff_lzw")
    yield OddFile("TIFF of more pixels than may be", large, why=TOO_LARGE)
    yield OddFile("WebP of more pixels than may be", saved(Image.new("L", (1_200, 1_000)), "WEBP"), why=TOO_LARGE)


def _turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


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
    pillow_heif.from_bytes("RGB;16", PICTURE.size, deep.tobytes()).save(file, quality=90)
    return file.getvalue()


def _heic_of(*pictures: Image.Image) -> bytes:
    several = pillow_heif.HeifFile()  # type: ignore[no-untyped-call] # pillow-heif leaves its types out here
    for picture in pictures:
        several.add_from_pillow(picture)
    file = io.BytesIO()
    several.save(file, quality=90)
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
    file = io.BytesIO()
    PngImagePlugin.putchunk(file, name, content)
    behind_header = 33
    return photo[:behind_header] + file.getvalue() + photo[behind_header:]
