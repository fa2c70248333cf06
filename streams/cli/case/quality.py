"""``case quality``: how good verdicts and rules are, and how long cases wait."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
import typer

from streams.adapters.sql.cases.quality import SqlQuality
from streams.cases.quality.quality import Quality
from streams.cases.quality.statistics import Agreement, Share, Spread
from streams.casework.quality.quality import quality_of
from streams.cli.database import current_engine
from streams.cli.printing import AsJson, print_json, print_table
from streams.clock import now_ms
from streams.settings import load

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command(epilog="Example: refund-sentinel case quality --days 30 --json")
def quality(
    *,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How many days back from now to count.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show how far reviewers agree, which verdicts were overturned, how precise rules are, and what is missed.

    Each share has its 95 % interval. Agreement (Cohen's kappa) is that of first and second reviewers who did not see
    each other's verdict, and of reviewers with golden cases, whose verdict is known; what is missed is projected from
    the random audit.
    """
    found = quality_of(SqlQuality(current_engine(load())), days, now_ms())
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    print_table(("measure", "of", "figure", "95 % interval"), _rows(found))


def _rows(found: Quality) -> Iterator[tuple[object, ...]]:
    yield _agreement("agreement of two reviewers", found.agreement)
    yield from (_agreement(f"agreement of {name}", each) for name, each in found.by_reviewer.items())
    yield from (_agreement(f"agreement by {name}", each) for name, each in found.by_rule.items())
    yield _agreement("agreement with golden cases", found.golden)
    golden = found.golden_by_reviewer.items()
    yield from (_agreement(f"agreement of {name} with golden cases", each) for name, each in golden)
    yield _share("overturned by an appeal", found.overturned)
    yield from (_share(f"overturned of {name}", each) for name, each in found.overturned_by_reviewer.items())
    yield from (_share(f"precision of {name}", each) for name, each in found.precision.items())
    yield (
        "recall",
        found.recall.audited.of,
        _percent(found.recall.recall),
        _range(found.recall.low, found.recall.high),
    )
    for name, each in (("waiting", found.waiting), ("handling", found.handling), ("hearing", found.hearing)):
        yield _spread(name, each)


def _agreement(measure: str, found: Agreement) -> tuple[object, ...]:
    kappa = None if found.kappa is None else f"kappa {found.kappa:.2f}"
    interval = None if found.low is None or found.high is None else f"{found.low:.2f} to {found.high:.2f}"
    return (measure, found.agreed.of, kappa, interval)


def _share(measure: str, found: Share) -> tuple[object, ...]:
    return (measure, found.of, _percent(found.share), _range(found.low, found.high))


def _spread(measure: str, found: Spread) -> tuple[object, ...]:
    if found.median_s is None or found.p95_s is None:
        return (measure, found.of, None, None)
    return (measure, found.of, f"median {found.median_s:,.0f} s, p95 {found.p95_s:,.0f} s", None)


def _percent(value: float | None) -> str | None:
    return None if value is None else f"{100 * value:.1f} %"


def _range(low: float | None, high: float | None) -> str | None:
    return None if low is None or high is None else f"{100 * low:.1f} to {100 * high:.1f} %"
