"""Text folded to a width on a screen: Chinese folds after any character, but as people set it; Latin words stay whole.

rich folds at spaces only: a Chinese sentence would break at each of its few Latin words and nowhere else.
"""

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_WIDE = "\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_OPENS = "“‘（《〈【「『〔"
_CLOSES = "”’）》〉】」』〕，。、；：？！…"
_PIECE = re.compile(rf"[{_OPENS}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENS}{_CLOSES}]+)?[{_CLOSES}]*\s*")
"""What is never parted: a Chinese character or a Latin word, with what must not end or begin a line beside it."""


class Folding:
    """A renderable of ``text``, folded to the width that it is given; ``style`` is rich's."""

    def __init__(self, text: str, style: str = "") -> None:
        self._text = text
        self._style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give the text line by line."""
        yield Text("\n".join(folded(self._text, options.max_width)), self._style, no_wrap=True, overflow="ignore")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return the least and the most cells that the text may take."""
        least, most = widest_word(self._text), widest(self._text)
        return Measurement(min(least, options.max_width), min(most, options.max_width))


def widest_word(text: str) -> int:
    """Return the cells of the widest piece that is not parted: a text folded to fewer has words that are cut."""
    return max(cell_len(piece.rstrip()) for line in text.split("\n") for piece in _pieces(line))


def widest(text: str) -> int:
    """Return the cells of the longest line of a text that is not folded."""
    return max(map(cell_len, text.split("\n")))


def folded(text: str, width: int) -> list[str]:
    """Return the lines of ``text``, none wider than ``width`` cells: a Chinese character takes two.

    What is wider by itself, as an address, is cut at the width. Line ends stay.
    """
    return [line for given in text.split("\n") for line in _lines(given, max(width, 2))]


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _pieces(text):
        if cell_len(line) + cell_len(piece.rstrip()) <= width:
            line += piece
            continue
        if line.strip():
            yield line.rstrip()
        *whole, line = chop_cells(piece, width)
        yield from whole
    yield line.rstrip()


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(text)[:-1] or [""]
