"""Tags and attached files of a Matroska or WebM video."""

from collections.abc import Iterator

from streams.evidence.provenance.blocks import END_OF_FILE, LEAST_UNKNOWN_BYTES, MOST_UNKNOWN_BYTES, Bytes, Walk
from streams.evidence.provenance.gb45438 import is_label

_SEGMENT, _CLUSTER, _INFO, _TAGS, _ATTACHMENTS = 0x18538067, 0x1F43B675, 0x1549A966, 0x1254C367, 0x1941A469
_OUTERMOST = frozenset({_SEGMENT, 0x1A45DFA3, 0xEC})
"""A segment, the header before it, and an empty filler."""
_OF_INFO = {0x4D80: "MuxingApp", 0x5741: "WritingApp", 0x7BA9: "Title", 0x7384: "SegmentFilename"}
_OTHERS = {0x1654AE6B: "Tracks", 0x1043A770: "Chapters", 0xEC: "Void"}
"""Elements among whose bytes a text may stand that is none of theirs: a track's name, a chapter's, a filler.

So it may in any other, but for frames.
"""
_TAG, _SIMPLE, _NAME, _TEXTS = 0x7373, 0x67C8, 0x45A3, (0x4487, 0x4485)
_ATTACHED, _FILE_NAME, _MEDIA_TYPE, _DATA, _ABOUT = 0x61A7, 0x466E, 0x4660, 0x465C, 0x467E
_C2PA_TYPES = frozenset({"application/c2pa", "application/x-c2pa-manifest-store"})
_XMP_TYPE = "application/rdf+xml"

_LONGEST_TEXT = 4 * 1024 * 1024
_LARGEST_ATTACHED = 16 * 1024 * 1024
_LONGEST_NAME = 256
_DEEPEST = 4
"""Tags below tags that are read."""
_WIDEST_ID, _WIDEST_LENGTH = 4, 8
_TAIL = 65_536

Element = tuple[int, int, int]
"""Its id, where its content begins, and where that ends as it says."""


def walk(file: Bytes, found: Walk) -> None:
    """Add the metadata of a Matroska or WebM video.

    Clusters of frames are skipped. A cluster that was recorded live does not say how long it is, and is walked frame by
    frame.
    """
    at, end, segment_end = 0, len(file), 0
    while at < end and found.step():
        element = _element(file, at)
        if element is None:
            break
        kind, start, stop = element
        if at >= segment_end and kind not in _OUTERMOST:
            break
        found.broken |= stop is not None and stop > end
        if kind == _SEGMENT:
            at, segment_end = start, stop or end
        elif stop is None:
            found.broken |= kind != _CLUSTER
            at = start
        else:
            _take(file, (kind, start, min(stop, end)), found)
            at = stop
    if at < min(end, segment_end):
        found.broken = True
    elif tail := file[at : at + _TAIL]:
        found.add("bytes", END_OF_FILE, tail)


def _take(file: Bytes, element: Element, found: Walk) -> None:
    outer, start, end = element
    for kind, first, stop in _inside(file, start, end, found) if outer in {_INFO, _TAGS, _ATTACHMENTS} else ():
        if outer == _INFO and kind in _OF_INFO:
            _add(file, _OF_INFO[kind], (first, stop), found)
        elif outer == _TAGS and kind == _TAG:
            _tags(file, (first, stop), found, _DEEPEST)
        elif outer == _ATTACHMENTS and kind == _ATTACHED:
            _attached(file, (first, stop), found)
        else:
            _unknown(file, _OTHERS.get(kind, "element"), (first, stop), found)
    if outer not in {_INFO, _TAGS, _ATTACHMENTS, _CLUSTER}:
        _unknown(file, _OTHERS.get(outer, "element"), (start, end), found)


def _unknown(file: Bytes, name: str, place: tuple[int, int], found: Walk) -> None:
    start, end = place
    if LEAST_UNKNOWN_BYTES <= end - start <= MOST_UNKNOWN_BYTES:
        found.add_unknown(name, file[start:end])


def _tags(file: Bytes, place: tuple[int, int], found: Walk, depth: int) -> None:
    """Add a tag's texts, and those of the tags below it."""
    name = ""
    for kind, start, end in _inside(file, *place, found):
        if kind == _NAME:
            name = _name(file, start, end)
            _unknown(file, "TagName", (start, end), found)
        elif kind in _TEXTS:
            _add(file, name, (start, end), found)
        elif kind == _SIMPLE and depth:
            _tags(file, (start, end), found, depth - 1)
        elif kind == _SIMPLE:
            found.complete = False


def _attached(file: Bytes, place: tuple[int, int], found: Walk) -> None:
    """Add an attached file that is metadata, or is named as a label is."""
    parts = {kind: (start, end) for kind, start, end in _inside(file, *place, found)}
    name, media_type = (_name(file, *parts.get(part, (0, 0))) for part in (_FILE_NAME, _MEDIA_TYPE))
    start, end = parts.get(_DATA, (0, 0))
    if media_type in _C2PA_TYPES:
        found.add("jumbf", "attachment", file[start : min(end, start + _LARGEST_ATTACHED)])
    elif media_type == _XMP_TYPE or name.lower().endswith(".xmp"):
        found.complete &= end - start <= _LARGEST_ATTACHED
        found.add("xmp", "XMP", file[start : min(end, start + _LARGEST_ATTACHED)])
    elif media_type.startswith(("text/", "application/json")):
        _add(file, name.partition(".")[0], (start, end), found)
    else:
        _unknown(file, name, (start, end), found)
    _unknown(file, name, parts.get(_ABOUT, (0, 0)), found)


def _add(file: Bytes, name: str, place: tuple[int, int], found: Walk) -> None:
    start, end = place
    found.complete &= end - start <= _LONGEST_TEXT
    value = file[start : min(end, start + _LONGEST_TEXT)].strip(b"\x00 ")
    if value or is_label(name):
        found.add("tag", name, value)


def _name(file: Bytes, start: int, end: int) -> str:
    return file[start : min(end, start + _LONGEST_NAME)].rstrip(b"\x00").decode("utf-8", "replace")


def _inside(file: Bytes, at: int, end: int, found: Walk) -> Iterator[Element]:
    """Yield the elements inside another one; a damaged one, or one that ends after the outer one, is noted."""
    while at < end and found.step():
        kind, start, stop = _element(file, at) or (0, 0, None)
        if stop is None or stop > end:
            found.broken = True
        if stop is None:
            return
        yield kind, start, min(stop, end)
        at = stop


def _element(file: Bytes, at: int) -> tuple[int, int, int | None] | None:
    """Return the element at an offset, None where there is none; its end is None where it does not say that."""
    head = file[at : at + _WIDEST_ID + _WIDEST_LENGTH]
    width = _width(head[:1])
    wide = _width(head[width : width + 1])
    if not 1 <= width <= _WIDEST_ID or not wide or len(head) < width + wide:
        return None
    length = int.from_bytes(head[width : width + wide], "big") & ((1 << 7 * wide) - 1)
    start = at + width + wide
    unknown = length == (1 << 7 * wide) - 1
    return int.from_bytes(head[:width], "big"), start, None if unknown else start + length


def _width(first: bytes) -> int:
    """Return how many bytes the number has that begins with this byte; 0 where there is no such number."""
    return 9 - int.from_bytes(first, "big").bit_length() if first and first[0] else 0
