"""Texts of IPTC's older form (IIM), which Photoshop keeps among its own resources."""

import re
from collections.abc import Iterator

_RECORD = re.compile(rb"\x1c\x02(.)([\x00-\x7f].)", re.DOTALL)
_NAMES = {5: "Title", 25: "Keywords", 40: "Instructions", 65: "Software", 80: "Artist", 105: "Headline", 110: "Credit"}
_NAMES |= {115: "Source", 116: "Copyright", 120: "Caption", 122: "Writer"}
_MOST = 1_000


def texts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every text of a block that holds such records, whatever stands around them."""
    at = 0
    for _ in range(_MOST):
        found = _RECORD.search(data, at)
        if found is None:
            return
        at = found.end() + int.from_bytes(found[2], "big")
        if name := _NAMES.get(found[1][0]):
            yield name, data[found.end() : at]
