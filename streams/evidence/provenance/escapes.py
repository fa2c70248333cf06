"""Texts as they were before programs on their way escaped them: for HTML, addresses or JSON, once or over and over."""

import html
import re
from urllib.parse import unquote

_MOST_TIMES = 4
"""How often one text was escaped at most: by a page, a service behind it, and what that stores it in."""
_HTML = re.compile(r"&(?:quot|amp|#\d|#x|lt|gt|apos)", re.IGNORECASE)
_ADDRESS = re.compile(r"%(?:22|25|7B|3A|0A)", re.IGNORECASE)
_JSON = re.compile(r"\\u([0-9a-fA-F]{4})")
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_NARROW = {sign: sign - 0xFEE0 for sign in range(0xFF01, 0xFF5F)}
"""Chinese keyboards write Latin letters and digits as wide as Chinese ones."""
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_BLANK = " \t\r\n\x00\ufeff"


def unescaped(text: str) -> str:
    """Return a text without blanks around it and signs that nobody sees, in plain letters, and nothing escaped."""
    text = text.strip(_BLANK)
    if not text.isascii():
        text = _UNSEEN.sub("", text)
        text = text.translate(_NARROW) if _WIDE.search(text) else text
    for _ in range(_MOST_TIMES):
        plain = _once(text)
        if plain == text:
            break
        text = plain
    return text


def _once(text: str) -> str:
    if "&" in text and _HTML.search(text):
        text = html.unescape(text)
    if "%" in text and _ADDRESS.search(text):
        text = unquote(text)
    return _JSON.sub(lambda sign: chr(int(sign[1], 16)), text) if "\\u" in text else text
