"""How commands print: tables for people, one JSON object a line for programs. Nothing printed can steer a terminal."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.measure import Measurement
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from streams.wording.folding import Folding

T = TypeVar("T")

NO_TERMINAL_COLUMNS = 200
DEFAULT_LIMIT = 50
_ANY_WIDTH = 10_000
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Limit = Annotated[int, typer.Option("--limit", min=0, help="Show at most so many; 0 shows all.")]


def print_json(record: Mapping[str, Any]) -> None:
    """Print ``record`` as one line of JSON."""
    typer.echo(msgspec.json.encode(record).decode())


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print ``rows`` under ``headings``; an empty cell stands for None, and a column of nothing else is left out.

    Where words would have to be broken to make it fit, each row is printed as a list instead.
    """
    given = [["" if cell is None else plain(str(cell)) for cell in row] for row in rows]
    told = [place for place in range(len(headings)) if not given or any(row[place] for row in given)]
    table = Table(header_style="bold", row_styles=["", "dim"] if sys.stdout.isatty() else None)
    for place in told:
        table.add_column(headings[place], overflow="fold", no_wrap=place == 0)  # a name to ask on with stays whole
    for row in given:
        table.add_row(*(Folding(row[place]) for place in told))
    to = console()
    if Measurement.get(to, to.options.update_width(_ANY_WIDTH), table).minimum <= to.width:
        to.print(table)
        return
    for row in given:
        to.print(_as_list([(headings[place], row[place]) for place in told if row[place]]))


def _as_list(cells: Sequence[tuple[str, str]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for heading, cell in cells:
        table.add_row(Text(heading, "dim"), Folding(cell))
    table.add_row()
    return table


def console() -> Console:
    """Return what prints to standard output; without a terminal its lines are long instead of folded at 80."""
    return Console(
        width=None if sys.stdout.isatty() else NO_TERMINAL_COLUMNS, markup=False, highlight=False, emoji=False
    )


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Give what to tell how many are done; a terminal shows it as a bar on standard error, until it is over."""
    bar = Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give what to tell how many are done of how many, where that is not known before; shown as :func:`progress`."""
    with progress(what, 100) as on_percent:
        yield lambda done, total: on_percent(100 * done // max(1, total))


def limited(items: Iterable[T], limit: int) -> Iterable[T]:
    """Return the first ``limit`` items, or all where it is 0."""
    return islice(items, limit or None)


def plain(text: str) -> str:
    """Return ``text`` with U+FFFD for what would steer a terminal or hide in it; tabs and line ends stay."""
    return _STEERING.sub("�", text)
