"""Parts of a page about a case: names and values, tables, readings."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table

from schemas.records import Reading
from streams.cli.printing import plain
from streams.policy.variable import MINOR, RATE, SHARE
from streams.wording import money
from streams.wording.folding import Folding
from streams.wording.labels import in_both, label, unmeasured, yes_or_no


def reading_value(reading: Reading, currency: str) -> str:
    """Return a reading's value as people write it, or why there is none, in both languages."""
    if reading.unmeasured is not None:
        return unmeasured(reading)
    value = reading.value
    if isinstance(value, bool):
        return yes_or_no(value)
    if isinstance(value, int) and reading.unit == MINOR:
        return money.in_words(value, currency)
    if isinstance(value, float):
        return f"{value:.1%}" if reading.unit in {SHARE, RATE} else f"{value:g} {reading.unit or ''}".rstrip()
    return in_both(value, reading.unit) if isinstance(value, str) else f"{value} {reading.unit or ''}".rstrip()


def reading_row(reading: Reading, currency: str) -> tuple[str, ...]:
    """Return a reading's name in both languages, its photo and reference, and its value."""
    words = label(reading.name)
    return words.zh, words.en, reading.media_id or "", reading.reference_id or "", reading_value(reading, currency)


def indented(text: str) -> RenderableType:
    """Return a text, indented, that folds where the screen ends."""
    return Padding(Folding(plain(text)), (0, 0, 0, 2), expand=False)


def pairs(rows: Sequence[tuple[str, str]]) -> RenderableType:
    """Return names with their values beside."""
    made = Table(box=None, show_header=False, pad_edge=False)
    made.add_column(no_wrap=True, style="dim")
    made.add_column()
    for name, value in rows:
        made.add_row(name, Folding(plain(value)))
    return Padding(made, (0, 0, 0, 2), expand=False)


def table(headings: Sequence[str], rows: Sequence[tuple[str, ...]]) -> RenderableType:
    """Return rows under headings; a column of nothing is left out."""
    told = [place for place in range(len(headings)) if any(row[place] for row in rows)]
    made = Table(box=None, header_style="dim", pad_edge=False)
    for place in told:
        made.add_column(headings[place])
    for row in rows:
        made.add_row(*(Folding(plain(row[place])) for place in told))
    return Padding(made, (0, 0, 0, 4), expand=False)
