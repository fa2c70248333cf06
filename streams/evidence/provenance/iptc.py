"""Texts of IPTC's older form (IIM), which Photoshop keeps among its own resources, and those resources."""

import re
from collections.abc import Container, Iterator

_RECORD = re.compile(rb"\x1c([\x01-\x09])(.)(?:\x80\x04(....)|([\x00-\x7f].))", re.DOTALL)
"""The mark of a record, its group, its number, and how long it is: from 32 KB on in a field of four bytes."""
_TEXTS = b"\x02"
"""The group whose records have the names below."""
_NAMES = {5: "Title", 25: "Keywords", 40: "Instructions", 65: "Software", 80: "Artist", 105: "Headline", 110: "Credit"}
_NAMES |= {115: "Source", 116: "Copyright", 120: "Caption", 122: "Writer"}
_RESOURCE, _MARK = b"8BIM", b"\x1c"
_LEAST_RESOURCE, _LEAST_RECORD = 12, 5
"""Bytes of a resource, and of a record, that is empty."""
EXIF = frozenset({0x0422, 0x0423})
"""Photoshop's resources that hold an EXIF block."""
_MOST = 1_000


def texts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of every text record in a block, whatever stands around the records."""
    at = 0
    for _ in range(_MOST):
        found = _RECORD.search(data, at)
        if found is None:
            return
        at = found.end() + int.from_bytes(found[3] or found[4], "big")
        group, number = found[1][0], found[2][0]
        name = _NAMES.get(number) if found[1] == _TEXTS else None
        yield name or f"{group}:{number}", data[found.end() : at]


def resources(data: bytes, wanted: Container[int]) -> Iterator[bytes]:
    """Yield the content of Photoshop's resources of the ``wanted`` numbers."""
    yield from (data[start:end] for number, start, end in _resources(data) if number in wanted)


def cut(data: bytes) -> bool:
    """Return whether a part is missing of the last resource, or of the last record where records stand alone."""
    ends = [end for _, _, end in _resources(data)]
    if ends:
        return ends[-1] > len(data)
    at = 0
    while at < len(data) and (found := _RECORD.match(data, at)):
        at = found.end() + int.from_bytes(found[3] or found[4], "big")
    return at > len(data) or (0 < len(data) - at < _LEAST_RECORD and data[at : at + 1] == _MARK)


def _resources(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the number of each of Photoshop's resources, where its content begins, and where that ends as it says."""
    at = data.find(_RESOURCE)
    for _ in range(_MOST):
        if at < 0:
            return
        if at + _LEAST_RESOURCE > len(data):
            yield 0, at, at + _LEAST_RESOURCE
            return
        start = at + 6 + (data[at + 6] // 2 + 1) * 2  # behind a name, whose length with its own byte is even
        end = start + 4 + int.from_bytes(data[start : start + 4], "big")
        yield int.from_bytes(data[at + 4 : at + 6], "big"), start + 4, end
        at = data.find(_RESOURCE, end)
