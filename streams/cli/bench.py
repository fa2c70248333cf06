"""``bench …``: what this machine can do. Each figure is printed with its goal and with what it is compared with."""
# Over 250 lines because each benchmark is one command, with its options.

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from streams.cli.evaluate import Folder, MostPairs, Part, Seed, evaluate
from streams.cli.printing import AsJson, print_json, print_table, progress
from streams.settings import load

if TYPE_CHECKING:  # what measures is loaded when it is used
    from collections.abc import AsyncIterator, Sequence

    from streams.bench.figures import Figure

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Measure this machine, on a broker and a database for that alone (`make bench` brings both).",
)

app.command(epilog="Example: refund-sentinel bench evaluate photos/ --part held-out --limit 200 --out evaluation/")(
    evaluate
)

Turns = Annotated[int | None, typer.Option(min=1, max=100, help="How often; the median counts.")]


@app.command(epilog="Example: refund-sentinel bench decide --events 20000 --turns 3")
def decide(
    *,
    events: Annotated[int | None, typer.Option(min=100, max=1_000_000, help="Events in each turn.")] = None,
    turns: Turns = None,
    earlier: Annotated[
        int | None, typer.Option(min=0, max=10_000, help="Earlier claims of each person; with any, forty rules judge.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how fast decide is, beside its delivery mechanism alone."""
    from streams.bench.decide import measure  # noqa: PLC0415 - as below: loaded when it is used

    given = _given(events=events, turns=turns, earlier=earlier)
    _show([asyncio.run(measure(load(), _tell, **given))], as_json=as_json)


@app.command(epilog="Example: refund-sentinel bench policy --records 20000")
def policy(
    *,
    records: Annotated[int | None, typer.Option(min=1_000, max=1_000_000, help="Requests of the past.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure what rules, keeping the past, and backtests cost. Needs no broker and no database."""
    from streams.bench.policy import measure  # noqa: PLC0415

    _show(measure(_tell, **_given(records=records)), as_json=as_json)


@app.command(epilog="Example: refund-sentinel bench enrich --json")
def enrich(*, turns: Turns = None, as_json: AsJson = False) -> None:
    """Measure the processor time of a request's photos, beside bare decoding. Needs no broker and no database."""
    from streams.bench.enrich import measure  # noqa: PLC0415

    _show(asyncio.run(measure(load(), _tell, **_given(turns=turns))), as_json=as_json)


@app.command("photo-processes", epilog="Example: refund-sentinel bench photo-processes --turns 3")
def photo_processes(
    *,
    turns: Turns = None,
    requests: Annotated[int | None, typer.Option(min=2, max=1_000, help="Requests in each turn.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how many more photos two photo processes look at than one. Needs no broker and no database."""
    from streams.bench.photo_processes import measure  # noqa: PLC0415

    _show(asyncio.run(measure(load(), _tell, **_given(turns=turns, requests=requests))), as_json=as_json)


@app.command(epilog="Example: refund-sentinel bench memory")
def memory(*, as_json: AsJson = False) -> None:
    """Measure the most memory that enrich takes with 64 requests of three 12-megapixel photos admitted."""
    from streams.bench.memory import measure  # noqa: PLC0415

    _show(asyncio.run(measure(load(), _tell)), as_json=as_json)


@app.command(epilog="Example: refund-sentinel bench start --turns 5")
def start(*, turns: Turns = None, as_json: AsJson = False) -> None:
    """Measure how long workers take from their start to their first decision."""
    from streams.bench.start import measure  # noqa: PLC0415

    _show([asyncio.run(measure(load(), _tell, **_given(turns=turns)))], as_json=as_json)


@app.command(epilog="Example: refund-sentinel bench gap")
def gap(
    *,
    leave: Annotated[bool, typer.Option("--leave", help="Take one worker of three away for good instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure how long others' partitions go without decisions when one worker of four is killed."""
    from streams.bench.gap import measure, measure_leaving  # noqa: PLC0415

    _show([asyncio.run((measure_leaving if leave else measure)(load(), _tell))], as_json=as_json)


@app.command(epilog="Example: refund-sentinel bench rollback --turns 5")
def rollback(*, turns: Turns = None, as_json: AsJson = False) -> None:
    """Measure how soon five decide workers judge by the policy before, after `policy rollback`."""
    from streams.bench.rollback import measure  # noqa: PLC0415

    _show([asyncio.run(measure(load(), _tell, **_given(turns=turns)))], as_json=as_json)


@app.command(epilog="Example: refund-sentinel bench latency --per-s 50")
def latency(
    *,
    per_s: Annotated[int | None, typer.Option(min=1, max=1_000, help="Requests a second.")] = None,
    seconds: Annotated[int | None, typer.Option(min=1, max=3_600, help="How long.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how long a request takes to its decision, at a steady rate of small photos."""
    from streams.bench.latency import measure  # noqa: PLC0415

    _show(asyncio.run(measure(load(), _tell, **_given(per_s=per_s, seconds=seconds))), as_json=as_json)


@app.command(epilog="Example: refund-sentinel bench sightings --size 10000000 --json")
def sightings(
    *,
    size: Annotated[int, typer.Option(min=1_000, max=100_000_000, help="Photos in the index.")] = 1_000_000,
    as_json: AsJson = False,
) -> None:
    """Measure the search among earlier photos, beside faiss; at 10 million 4 GB of disk and memory.

    Where SENTINEL_BROKER names a broker for benchmarks alone, how soon a photo on it is searchable is measured too.
    """
    from streams.bench.sightings import measure  # noqa: PLC0415
    from streams.bench.sightings_log import measure as measure_on_broker  # noqa: PLC0415
    from streams.log import beside_output  # noqa: PLC0415

    settings = load()
    beside_output()
    figures = measure(size, _tell)
    if "broker" in settings.model_fields_set:
        figures |= asyncio.run(measure_on_broker(settings, _tell))
    if as_json:
        print_json(figures)
    else:
        print_table(("measure", "figure"), [(name, str(value)) for name, value in figures.items()])


@app.command(epilog="Example: refund-sentinel bench casework --closed 1000000 --json")
def casework(
    *,
    closed: Annotated[int, typer.Option(min=0, max=10_000_000, help="Closed cases beside.")] = 100_000,
    think_s: Annotated[float, typer.Option(min=0, max=100, help="Seconds for which a reviewer looks at a case.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Simulate a day of review, then measure on the database how fast cases go out, are decided and come due."""
    from streams.bench.casework import measure  # noqa: PLC0415

    figures = []
    for figure in measure(load(), _tell, closed, think_s):
        if as_json:
            _show([figure], as_json=True)
        else:
            figures.append(figure)
    _show(figures, as_json=as_json)


@app.command(epilog="Example: refund-sentinel bench console --open 10000 --closed 100000 --json")
def console(
    *,
    opened: Annotated[int, typer.Option("--open", min=0, max=1_000_000, help="Open cases.")] = 100_000,
    closed: Annotated[int, typer.Option(min=0, max=10_000_000, help="Closed cases beside.")] = 1_000_000,
    per_s: Annotated[int, typer.Option(min=1, max=200, help="Pages asked for in a second.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Fill the database with cases, then measure how fast pages are, how large, and what memory the console takes."""
    from streams.bench.console import measure  # noqa: PLC0415

    figures = []
    for figure in measure(load(), _tell, opened=opened, closed=closed, per_s=per_s):
        if as_json:
            _show([figure], as_json=True)
        else:
            figures.append(figure)
    _show(figures, as_json=as_json)


FontFiles = Annotated[
    list[Path] | None,
    typer.Option("--font", exists=True, dir_okay=False, metavar="FILE", help="Draw with this one. [those installed]"),
]
Wrong = Annotated[
    Path | None, typer.Option("--out", file_okay=False, metavar="DIR", help="Write outcomes, and photos got wrong.")
]


@app.command(epilog="Example: refund-sentinel bench labels photos/ --limit 200 --out labels/")
def labels(  # noqa: PLR0913 - each is an option of the command
    folder: Folder,
    *,
    part: Part = "all",
    limit: MostPairs = None,
    seed: Seed = 1,
    font: FontFiles = None,
    out: Wrong = None,
    as_json: AsJson = False,
) -> None:
    """Measure how many visible AI labels are found, drawn on clean photos by lot. Needs the extra `labels`, and fonts.

    Each photo is looked at with an opaque, a translucent and a faint label, with words that are none, and as it is.
    """
    from streams.bench.evaluation.photo_set import open_photo_set  # noqa: PLC0415
    from streams.bench.labels import measure, run  # noqa: PLC0415

    bench = run.prepared(open_photo_set(folder, part), font or (), limit, seed)
    with progress("photos", len(bench.photos)) as tell:
        found = list(bench.outcomes(tell))
    for path in bench.write(out, found) if out else ():
        _tell(f"wrote {path}")
    _show(measure.figures(found), as_json=as_json)


@app.command("all", epilog="Example: refund-sentinel bench all --further-database postgresql://me@127.0.0.1/bench")
def all_(
    *,
    further_database: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="Measure decide on this database too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure everything, one after the other, and show it in one table."""
    from streams.bench import everything  # noqa: PLC0415

    _tell(f"this takes about {everything.MINUTES} minutes on {os.cpu_count()} cores that do nothing else")
    figures = everything.measure(load(), _tell, further_database or ())
    _show(asyncio.run(_each(figures, as_json=as_json)), as_json=False)


async def _each(figures: "AsyncIterator[Figure]", *, as_json: bool) -> "list[Figure]":
    """Return all figures, to be shown in the end; as JSON, each is printed as soon as it is measured."""
    kept = []
    async for figure in figures:
        if as_json:
            _show([figure], as_json=True)
        else:
            _tell(f"  {figure.measure}: {figure.value:g} {figure.unit}")
            kept.append(figure)
    return kept


def _given(**options: int | None) -> dict[str, int]:
    return {name: value for name, value in options.items() if value is not None}


def _tell(what: str) -> None:
    typer.echo(what, err=True)


def _show(figures: "Sequence[Figure]", *, as_json: bool) -> None:
    if as_json:
        for figure in figures:
            print_json(msgspec.to_builtins(figure) | {"goal": figure.goal, "met": figure.met})
    elif figures:
        print_table(("measure", "goal", "figure", "met", "beside", "of it"), map(_row, figures))
        cores = os.cpu_count() or 1
        busy = max(figure.load for figure in figures)
        if busy > cores / 2:
            _tell(f"the machine was busy with other things (load {busy:.1f} on {cores} cores): the figures mean little")


def _row(figure: "Figure") -> tuple[object, ...]:
    met = {True: "yes", False: "NO", None: ""}[figure.met]
    parts = ", ".join(f"{name} {value:g}" for name, value in figure.parts.items())
    return (figure.measure, figure.goal, f"{figure.value:g} {figure.unit}", met, figure.beside, parts)
