"""What pages are made of: the page (HTML) and its PDF are made of the same blocks."""

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part; the first one is that of the whole."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences; ``code`` is to be typed as it stands."""

    text: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A table; without ``headings`` each row is a name and its value. ``wide`` says how much room each column takes."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the package by its path, with what it is; some have no bytes that a page can show."""

    path: str
    caption: str


Block = Heading | Paragraph | Rows | Picture
_UNSEEN = re.compile(r"[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""Signs that nobody sees and that turn, or part, what stands beside them; those that join letters stay."""


def seen(block: Block) -> Block:
    """Return the block with each sign that nobody sees named in its place, as ``〔U+202E〕``.

    Else words of a party could be read in another order than they were written in, by a court too.
    """
    if isinstance(block, Rows):
        return replace(block, rows=tuple(tuple(map(_named, row)) for row in block.rows))
    if isinstance(block, Picture):
        return replace(block, caption=_named(block.caption))
    return replace(block, text=_named(block.text))


def _named(text: str) -> str:
    return _UNSEEN.sub(lambda found: f"〔U+{ord(found[0]):04X}〕", text)
