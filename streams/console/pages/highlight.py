"""A policy's text in pieces that the page colours: comments, names, texts, numbers, words of conditions."""

import re
from collections.abc import Iterator

_PIECES = re.compile(
    r"""(?P<comment>(?:(?<=\s)|^)\#.*$)
    |(?P<name>(?:^|(?<=[\s{,-]))[A-Za-z_][\w.-]*(?=:(?:\s|$)))
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')
    |(?P<number>(?<![\w.])-?\d[\d_]*(?:\.\d+)?(?![\w.]))
    |(?P<word>(?:&&|\|\||[<>=!]=?|(?<![\w.])(?:true|false|null|in)(?![\w.])))""",
    re.VERBOSE,
)


def pieces(line: str) -> Iterator[tuple[str, str]]:
    """Yield a line in pieces of (kind, text); the kind of plain text is empty."""
    at = 0
    for found in _PIECES.finditer(line):
        if found.start() > at:
            yield "", line[at : found.start()]
        yield found.lastgroup or "", found[0]
        at = found.end()
    if at < len(line):
        yield "", line[at:]


def changes(unified: str) -> Iterator[tuple[str, str]]:
    """Yield each line of a unified diff with its kind: file, place, added, gone, or empty."""
    for number, line in enumerate(unified.splitlines()):
        kind = {"+": "added", "-": "gone", "@": "place"}.get(line[:1], "")
        yield "file" if number < 2 else kind, line  # noqa: PLR2004 - two lines name the files
