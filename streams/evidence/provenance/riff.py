"""Metadata of a WebP: its chunks of EXIF, XMP and C2PA."""

from streams.evidence.provenance.blocks import Walk


def walk(photo: bytes, found: Walk) -> None:
    """Add the metadata of a WebP."""
    at = 12
    while at + 8 <= len(photo) and found.step():
        kind, length = photo[at : at + 4], int.from_bytes(photo[at + 4 : at + 8], "little")
        end = at + 8 + length
        if kind in {b"XMP ", b"EXIF", b"C2PA"}:
            _chunk(kind, photo[at + 8 : end], found, clipped=end > len(photo))
        at = end + (length & 1)


def _chunk(kind: bytes, data: bytes, found: Walk, *, clipped: bool) -> None:
    if kind == b"XMP ":
        found.add("xmp", "XMP", data, clipped=clipped)
    elif kind == b"EXIF":
        found.add("exif", "EXIF", data.removeprefix(b"Exif\x00\x00"), clipped=clipped)
    else:
        found.add("jumbf", "C2PA", data, clipped=clipped)
