"""What ``inspect`` prints of one claim for a person at a terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.cli.inspect.inspecting import Finding, Pair
from streams.cli.inspect.words import origins, rows, verdict
from streams.cli.printing import plain
from streams.wording.folding import Folding
from streams.wording.tables import texts

_REGIONS_SHOWN = 10


def report(pair: Pair, finding: Finding) -> Iterator[RenderableType]:
    """Give the finding part by part, what matters first."""
    said = verdict(finding)
    style = "bold green" if not finding.derived and finding.error is None else "bold yellow"
    yield Text(plain(f"{said.zh} / {said.en}"), style)
    yield _facts(pair, finding)
    for reason in finding.reasons:
        yield Padding(Folding(plain(f"{reason.code}: {reason.text.zh}")), (0, 0, 0, 2))
        yield Padding(Folding(plain(reason.text.en)), (0, 0, 0, 2))
    if finding.regions:
        yield _regions(finding)
    if finding.provenance:
        yield _table((_said("origin"), "", ""), list(origins(finding)))
    reading = texts("inspection/report")["reading"]
    yield _table((reading.zh, reading.en, _said("value")), list(rows(finding)))
    if finding.error is not None:
        yield Text(plain(finding.error), "bold red")


def _facts(pair: Pair, finding: Finding) -> RenderableType:
    facts = [(_said("claim"), pair.claim)]
    if finding.shown_reference is not None:
        which = f"{finding.shown_reference + 1} / {len(pair.references)}"
        facts.append((f"{_said('nearest_reference')} {which}", pair.references[finding.shown_reference]))
    if finding.altered_fraction is not None:
        facts.append((_said("altered"), f"{finding.altered_fraction:.2%}"))
    table = Table.grid(padding=(0, 2))
    for name, value in facts:
        table.add_row(Folding(name, "dim"), Folding(plain(value)))
    return Padding(table, (0, 0, 0, 2))


def _regions(finding: Finding) -> RenderableType:
    shown = [tuple(map(str, region)) for region in finding.regions[:_REGIONS_SHOWN]]
    left = len(finding.regions) - len(shown)
    title = _said("regions") + (_said("more_regions", left=left) if left else "")
    return _table(tuple(map(_said, ("left", "top", "width", "height"))), shown, title)


def _said(name: str, **values: object) -> str:
    return texts("inspection/report")[name].filled(**values).both


def _table(headings: tuple[str, ...], body: list[tuple[str, ...]], title: str | None = None) -> RenderableType:
    table = Table(*headings, title=title, title_justify="left", title_style="", header_style="bold", box=None)
    for row in body:
        table.add_row(*(Folding(plain(cell)) for cell in row))
    return Padding(table, (1, 0, 0, 2))
