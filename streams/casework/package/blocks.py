"""What pages are made of: the page (HTML) and its PDF are made of the same blocks."""

from dataclasses import dataclass


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
