"""``bench evaluate``: how well the evidence tells photos apart, on pairs made from a folder of clean photos."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from streams.cli.printing import AsJson, print_json, print_table, progress

if TYPE_CHECKING:  # what measures is loaded when it is used
    from collections.abc import Sequence

    from streams.bench.evaluation.breakdown import Condition
    from streams.bench.evaluation.goals import Row
    from streams.bench.evaluation.report import Report

_BAR = 30
_JUDGED = ("cleared", "accused", "likened")

Folder = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, metavar="DIR", help="Clean photos, in any depth.")
]
Part = Annotated[
    Literal["dev", "held-out", "all"], typer.Option(help="Which half of the photos, by a hash of their names.")
]
MostPairs = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many pairs of each kind.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same pairs.")]
Labels = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Columns file, product, variant: what belongs together. [DIR/labels.tsv]"),
]
Given = Annotated[
    Path | None,
    typer.Option("--pairs", exists=True, dir_okay=False, metavar="FILE", help="Pairs as for `inspect`, with a `mask`."),
]
Edited = Annotated[
    list[Path] | None,
    typer.Option(exists=True, file_okay=False, metavar="DIR", help="Real edits, as its `pairs.tsv` lists them; again."),
]
Honest = Annotated[
    list[Path] | None,
    typer.Option(exists=True, file_okay=False, metavar="DIR", help="Honest photos beside their packshots; again."),
]
Out = Annotated[
    Path | None, typer.Option(file_okay=False, metavar="DIR", help="Write outcomes, and the worst cases as pictures.")
]


def evaluate(  # noqa: PLR0913 - each is an option of the command
    folder: Folder,
    *,
    part: Part = "all",
    limit: MostPairs = None,
    seed: Seed = 1,
    labels: Labels = None,
    pairs: Given = None,
    edited: Edited = None,
    honest: Honest = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Measure what is found, who is accused, what is cleared, masks and cost. Needs no broker and no database.

    Pairs are made from a folder of clean photos: damage with a known mask, laundering, photos that only look alike, and
    photos of printed goods. All of them take the better part of an hour; `--limit 200` takes some minutes.
    """
    from streams.bench.evaluation import run  # noqa: PLC0415 - loaded when it is used
    from streams.bench.evaluation.photo_set import open_photo_set  # noqa: PLC0415
    from streams.bench.evaluation.plan import Counts  # noqa: PLC0415
    from streams.bench.evaluation.report import report, write  # noqa: PLC0415
    from streams.bench.evaluation.subject import Product  # noqa: PLC0415

    subject = Product()
    others = run.Given(pairs, tuple(edited or ()), tuple(honest or ()))
    wanted = run.cases(open_photo_set(folder, part, labels), Counts().limited(limit), seed, others)
    with progress("pairs", len(wanted)) as tell:
        outcomes = list(run.evaluate(subject, wanted, tell))
    found = report(outcomes)
    if not as_json:
        _show(found)
    for path in write(out, subject, wanted, outcomes) if out else ():
        typer.echo(f"wrote {path}", err=True)
    if as_json:
        rows = [msgspec.to_builtins(row) | {"met": row.met} for row in found.goals]
        print_json(msgspec.to_builtins(found) | {"goals": rows})


def _show(found: "Report") -> None:
    for error in found.errors:
        typer.echo(f"error: {error}", err=True)
    for title, conditions in (("kind", found.by_question), ("damage", found.by_damage), ("sent", found.by_way)):
        headings = (
            title,
            "pairs",
            "derived",
            "at least",
            "right one",
            "hit",
            "IoU",
            "tolerant",
            "false regions",
            *_JUDGED,
        )
        print_table(headings, map(_condition, conditions))
    print_table(
        ("stage", "pairs", "mean CPU ms", "95 % below"),
        ((each.name, each.pairs, each.mean_ms, each.p95_ms) for each in found.stages),
    )
    print_table(
        ("score", "pairs", "derived", ""),
        (
            (
                f"{each.at_least:g} to {each.at_most:g}",
                each.pairs,
                f"{each.derived:.1%}",
                "█" * round(_BAR * each.derived),
            )
            for each in found.calibration
        ),
    )
    print_table(("goal", "at", "figure", "95 % interval", "pairs", "met"), map(_goal, found.goals))


def _goal(row: "Row") -> "Sequence[object]":
    met = {True: "yes", False: "NO", None: "not measured" if row.figure is None else "no goal"}[row.met]
    bound = None if row.goal is None else f"{'>=' if row.at_least else '<='} {_value(row, row.goal)}"
    interval = None if row.low is None else f"{_value(row, row.low)} to {_value(row, row.high)}"
    figure = None if row.figure is None else _value(row, row.figure)
    if row.hits is not None and row.unit == "share":
        figure = f"{figure} ({row.hits} of {row.count})"
    return (row.what, bound, figure, interval, row.count or None, met)


def _value(row: "Row", value: float | None) -> str:
    if value is None:
        return ""
    return {"share": f"{value:.2%}", "IoU": f"{value:.3f}", "ms": f"{value:.0f} ms", "errors": f"{value:.0f}"}[row.unit]


def _condition(each: "Condition") -> "Sequence[object]":
    shares = (each.found, each.found_low, each.right_reference, each.hit)
    return (
        each.name,
        each.pairs,
        *(None if share is None else f"{share:.1%}" for share in shares),
        *(None if value is None else f"{value:.2f}" for value in (each.iou, each.tolerant)),
        None if each.false_regions is None else f"{each.false_regions:.1%}",
        *(None if share is None else f"{share:.1%}" for share in (each.cleared, each.accused, each.likened)),
    )
