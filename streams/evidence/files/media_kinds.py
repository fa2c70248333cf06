"""What a file is, by its first bytes: a video or a picture, whatever it was sent as."""

from dataclasses import dataclass

HEAD_BYTES = 512
"""The first bytes of a file that are enough to say what it is."""


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """A container of videos: its name for people, FFmpeg's name for it, and its media type."""

    name: str
    demuxer: str
    media_type: str


_BOXES = "mov,mp4,m4a,3gp,3g2,mj2"
MP4 = VideoFormat("MP4", _BOXES, "video/mp4")
QUICKTIME = VideoFormat("QUICKTIME", _BOXES, "video/quicktime")
MATROSKA = VideoFormat("MATROSKA", "matroska,webm", "video/x-matroska")
WEBM = VideoFormat("WEBM", "matroska,webm", "video/webm")

_EBML = b"\x1aE\xdf\xa3"
_WITHOUT_BRANDS = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
"""The first box of QuickTime movies from before there were brands."""
AVIF_BRANDS = frozenset({b"avif", b"avis", b"avio", b"MA1A", b"MA1B"})
HEVC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
PICTURE_BRANDS = (
    AVIF_BRANDS
    | HEVC_BRANDS
    | {b"mif1", b"mif2", b"mif3", b"msf1", b"miaf", b"MiHB", b"MiHE", b"MiHM", b"MiPr", b"1pic", b"jpeg", b"jpgs"}
)
"""Brands that say that boxes hold a picture; the last ones leave open how it is coded."""
_NO_VIDEOS = PICTURE_BRANDS | {b"crx ", b"M4A ", b"M4B ", b"M4P ", b"F4A "}
"""Brands of pictures, of cameras' raw files, and of sound."""
_OWN = frozenset({b"isom", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  ", b"dash", b"MSNV", b"XAVC", b"f4v ", b"F4V "})


def video_format(head: bytes) -> VideoFormat | None:
    """Return which video container a file is, by its first :data:`HEAD_BYTES`; None where it is no video."""
    if head.startswith(_EBML):
        return WEBM if b"webm" in head[:64] else MATROSKA
    if head[4:8] == b"ftyp":
        brand, size = head[8:12], min(int.from_bytes(head[:4], "big"), HEAD_BYTES)
        brands = {head[at : at + 4] for at in (8, *range(16, size, 4))}
        if brand in _NO_VIDEOS or (
            brand not in _OWN and brand[:3] not in {b"iso", b"3gp", b"3g2"} and brands & _NO_VIDEOS
        ):
            return None
        return QUICKTIME if brand == b"qt  " else MP4
    return QUICKTIME if head[4:8] in _WITHOUT_BRANDS else None
