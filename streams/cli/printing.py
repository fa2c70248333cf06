"""How commands print: tables for people, one JSON object a line for programs. Nothing printed can steer a terminal."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.padding import Padding
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from streams.cli.column_widths import Wants, widths
from streams.wording.folding import Folding, widest, widest_word

T = TypeVar("T")

NO_TERMINAL_COLUMNS = 80
FEWEST_COLUMNS = 20
DEFAULT_LIMIT = 50
_EDGES = 3
"""Cells beside each column: its edge, and a blank on either side."""
_SHORT = 24
"""Cells of a column that is not folded."""
_HEADINGS_SHARE = 3
"""Of a list's width, headings take a third at most."""
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NO_TEXT = re.compile("[\ud800-\udfff]")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Limit = Annotated[int, typer.Option("--limit", min=0, help="Show at most so many; 0 shows all.")]


def print_json(record: Mapping[str, Any]) -> None:
    """Print ``record`` as one line of JSON. A name of a file may be no UTF-8: U+FFFD stands for what is none."""
    try:
        line = msgspec.json.encode(record)
    except UnicodeEncodeError:
        line = msgspec.json.encode(_in_unicode(msgspec.to_builtins(record)))
    typer.echo(line.decode())


def _in_unicode(value: Any) -> Any:
    """Return ``value`` with U+FFFD for each byte that the system could not read as text (a surrogate, in Python)."""
    if isinstance(value, str):
        return _NO_TEXT.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_in_unicode(key): _in_unicode(one) for key, one in value.items()}
    return [_in_unicode(one) for one in value] if isinstance(value, list | tuple) else value


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print ``rows`` under ``headings``; an empty cell stands for None, and a column of nothing else is left out.

    Where words would have to be broken to make it fit, each row is printed as a list instead, and no rows as "none".
    """
    given = [["" if cell is None else plain(str(cell)) for cell in row] for row in rows]
    told = [place for place in range(len(headings)) if not given or any(row[place] for row in given)]
    to = console()
    wants = [_wants(place, headings[place], [row[place] for row in given]) for place in told]
    fitting = widths(wants, to.width - 1 - _EDGES * len(told))
    if fitting is None:
        if not given:
            to.print("none")
        for row in given:
            to.print(_as_list([(headings[place], row[place]) for place in told if row[place]], to.width))
        return
    table = Table(header_style="bold", row_styles=["", "dim"] if sys.stdout.isatty() else None)
    for place, width in zip(told, fitting, strict=True):
        table.add_column(Folding(headings[place]), width=width)
    for row in given:
        table.add_row(*(Folding(row[place]) for place in told))
    to.print(table)


def _wants(place: int, heading: str, cells: Sequence[str]) -> Wants:
    """Return what a column takes: a name to ask on with stays whole, and so does what is short, as a time."""
    most = max(map(widest, [heading, *cells]))
    whole = max(map(widest, cells), default=0)
    return Wants(
        max(widest_word(heading), whole) if place == 0 or whole <= _SHORT else max(map(widest_word, [heading, *cells])),
        most,
    )


def _as_list(cells: Sequence[tuple[str, str]], width: int) -> Table:
    """Return one row as a list: headings beside their cells, or above them where that leaves a cell too little room."""
    headings = max((widest(heading) for heading, _ in cells), default=0)
    beside = headings <= width // _HEADINGS_SHARE
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2 if beside else 0, 0, 0))
    for heading, cell in cells:
        if beside:
            table.add_row(Text(heading, "dim"), Folding(cell))
        else:
            table.add_row(Folding(heading, "dim"))
            table.add_row(Padding(Folding(cell), (0, 0, 0, 2)))
    table.add_row()
    return table


def console() -> Console:
    """Return what prints to standard output, as wide as :func:`columns`."""
    return Console(width=columns(), markup=False, highlight=False, emoji=False)


def columns() -> int:
    """Return how many columns what is printed may take.

    That is what ``COLUMNS`` says, or how wide the terminal is that shows it: standard output may go to a pager, and the
    terminal be at standard error. 80 where there is none.
    """
    given = os.environ.get("COLUMNS", "")
    if given.isdigit() and int(given) > 0:
        return max(int(given), FEWEST_COLUMNS)
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        try:
            return max(os.get_terminal_size(stream.fileno()).columns, FEWEST_COLUMNS)
        except (OSError, ValueError):  # no terminal, or closed
            continue
    return NO_TERMINAL_COLUMNS


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with how many are done; a terminal shows a bar on standard error meanwhile."""
    bar = Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function to call with how many are done of how many, where the total is not known before."""
    with progress(what, 100) as on_percent:
        yield lambda done, total: on_percent(100 * done // max(1, total))


def limited(items: Iterable[T], limit: int) -> Iterable[T]:
    """Return the first ``limit`` items, or all where it is 0."""
    return islice(items, limit or None)


def plain(text: str) -> str:
    """Return ``text`` with U+FFFD for what would steer a terminal or hide in it; tabs and line ends stay."""
    return _STEERING.sub("�", text)
