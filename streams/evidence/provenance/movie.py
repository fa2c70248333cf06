"""Tags of an MP4 or QuickTime movie: of the movie and of its tracks, as telephones, cameras and programs write them.

Three manners occur, often side by side: boxes in ``udta`` whose name says what they hold (``©mak``), iTunes' list in
``meta`` by such names, and QuickTime's list in ``meta`` by names that ``keys`` spells out (``com.android.model``,
``AIGC``).
"""

from collections.abc import Iterator
from itertools import islice

from streams.evidence.provenance.blocks import LEAST_UNKNOWN_BYTES, MOST_UNKNOWN_BYTES, Bytes, Walk
from streams.evidence.provenance.boxes import Box, inner_boxes
from streams.evidence.provenance.gb45438 import is_label

XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The box of this id holds an XMP packet."""

C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The box of this id holds a C2PA manifest."""
_FRAMES = frozenset({b"mdat", b"sidx", b"ftyp"})
_OF_FRAMES = {b"moof": frozenset({b"mfhd", b"traf"}), b"mfra": frozenset({b"tfra", b"mfro"})}
"""Boxes that say where frames are, and those in them that say nothing else."""

LONGEST_TEXT = 4 * 1024 * 1024
"""A graph of ComfyUI has a megabyte; cover pictures are passed over."""
_LARGEST_XMP = 16 * 1024 * 1024
_MOST_KEYS = 1_024
_LANGUAGE = 2
_UTF16 = 2
_PICTURES = frozenset({13, 14, 27})
"""Kinds of values in a list: JPEG, PNG and BMP."""
_LABELLED = frozenset({b"AIGC", b"aigc"})
_3GPP = frozenset({b"titl", b"dscp", b"auth", b"cprt", b"perf", b"manu", b"modl"})
_PLAIN = frozenset({b"FIRM", b"CNCV", b"CNFV"})
"""Boxes of cameras' makers that hold a bare text: GoPro's firmware, Canon's firmware and model."""


def walk(file: Bytes, box: Box, found: Walk) -> None:
    """Add what one of a movie's outermost boxes says of its origin."""
    kind, start, end = box
    if kind == b"moov":
        for inner in inner_boxes(file, start, end, found):
            if inner[0] == b"trak":
                for part in inner_boxes(file, *inner[1:], found):
                    _tags(file, part, found)
            else:
                _tags(file, inner, found)
    elif kind in _OF_FRAMES:
        for inner in inner_boxes(file, start, end, found):
            if inner[0] not in _OF_FRAMES[kind]:
                _tags(file, inner, found)
    elif kind not in _FRAMES:
        _tags(file, box, found)


def _unknown(file: Bytes, box: Box, found: Walk) -> None:
    """Keep what may be said in a box that has another meaning, or none to us."""
    kind, start, end = box
    if LEAST_UNKNOWN_BYTES <= end - start <= MOST_UNKNOWN_BYTES:
        found.add_unknown(_name(kind), file[start:end])


def packet(file: Bytes, start: int, end: int, found: Walk) -> None:
    """Add an XMP packet."""
    found.complete &= end - start <= _LARGEST_XMP
    found.add("xmp", "XMP", file[start : min(end, start + _LARGEST_XMP)])


def _tags(file: Bytes, box: Box, found: Walk) -> None:
    kind, start, end = box
    if kind == b"udta":
        for inner in inner_boxes(file, start, end, found):
            _user_data(file, inner, found)
    elif kind == b"cmov":  # packed by an old QuickTime: nobody knows what it says
        found.complete = False
    else:
        _metadata(file, box, found)


def _metadata(file: Bytes, box: Box, found: Walk) -> None:
    kind, start, end = box
    if kind == b"meta":
        _meta(file, start, end, found)
    elif kind == b"uuid" and file[start : start + 16] == XMP:
        packet(file, start + 16, end, found)
    elif not (kind == b"uuid" and file[start : start + 16] == C2PA):
        _unknown(file, box, found)


def _user_data(file: Bytes, box: Box, found: Walk) -> None:
    kind, start, end = box
    if kind == b"XMP_":
        packet(file, start, end, found)
    elif kind in _LABELLED | _PLAIN:
        _add(file, _name(kind), (start, end), found)
    elif kind in _3GPP:
        _add(file, _name(kind), (start + 4 + _LANGUAGE, end), found)
    elif kind[:1] == b"\xa9":
        _international(file, box, found)
    else:
        _metadata(file, box, found)


def _international(file: Bytes, box: Box, found: Walk) -> None:
    """Add QuickTime's texts, one for each language, each after its length and language; some write iTunes' here."""
    kind, start, end = box
    if file[start + 4 : start + 8] == b"data":
        _values(file, _name(kind), (start, end), found)
        return
    while start + 4 <= end and found.step():
        length = int.from_bytes(file[start : start + 2], "big")
        _add(file, _name(kind), (start + 4, min(end, start + 4 + length)), found)
        start += 4 + length


def _meta(file: Bytes, start: int, end: int, found: Walk) -> None:
    """Add what a list says. QuickTime's ``meta`` is a plain box, ISO's begins with a version."""
    plain = file[start + 4 : start + 8] == b"hdlr"
    keys: list[str] = []
    for kind, first, stop in inner_boxes(file, start if plain else start + 4, end, found):
        if kind == b"keys":
            keys = list(_keys(file, first, stop, found))
        elif kind == b"ilst":
            for item in inner_boxes(file, first, stop, found):
                _item(file, item, keys, found)
        else:
            _unknown(file, (kind, first, stop), found)


def _keys(file: Bytes, start: int, end: int, found: Walk) -> Iterator[str]:
    count = int.from_bytes(file[start + 4 : start + 8], "big")
    found.complete &= count <= _MOST_KEYS
    for _space, first, stop in islice(inner_boxes(file, start + 8, end, found), _MOST_KEYS):
        yield file[first : min(stop, first + 256)].decode("utf-8", "replace")


def _item(file: Bytes, item: Box, keys: list[str], found: Walk) -> None:
    kind, start, end = item
    number = int.from_bytes(kind, "big")
    if kind == b"----":  # named by a box of its own
        parts = {inner: (first, stop) for inner, first, stop in inner_boxes(file, start, end, found)}
        first, stop = parts.get(b"name", (0, 0))
        name = file[first + 4 : min(stop, first + 256)].decode("utf-8", "replace")
    else:
        name = keys[number - 1] if 1 <= number <= len(keys) else _name(kind)
    _values(file, name, (start, end), found)


def _values(file: Bytes, name: str, place: tuple[int, int], found: Walk) -> None:
    for kind, start, end in inner_boxes(file, *place, found):
        if kind == b"data":
            meant = int.from_bytes(file[start + 1 : start + 4], "big")
            if meant not in _PICTURES:
                _add(file, name, (start + 8, end), found, wide=meant == _UTF16)


def _add(file: Bytes, name: str, place: tuple[int, int], found: Walk, *, wide: bool = False) -> None:
    start, end = place
    found.complete &= end - start <= LONGEST_TEXT
    value = file[start : min(end, start + LONGEST_TEXT)]
    if wide:
        value = value.decode("utf-16-be", "replace").encode()
    value = value.strip(b"\x00 ")
    if value or is_label(name):
        found.add("tag", name, value)


def _name(kind: bytes) -> str:
    return kind.decode("latin-1")
