"""Figures: how good the review was over some days, and how the queue stands now."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response

from streams.cases.quality.figures import span_ms
from streams.cases.quality.quality import Quality
from streams.cases.quality.statistics import Agreement, Share, Spread
from streams.cases.reviewing.capacity import QueueFigures
from streams.clock import now_ms
from streams.console.api.views import WHO_WORKS
from streams.console.endpoints import Asking, Uses, at
from streams.console.pages.plots import TICKS, beside, columns, intervals
from streams.console.pages.preferences import DisplayPreferences, preferences_of
from streams.console.pages.queue import chips
from streams.console.pages.view import page
from streams.wording.tables import texts

SPANS = (7, 30, 90, 365)
DRAWN_AT_MOST = 20
COUNTED_SOON_S = 5
"""When a page that had to go without its figures comes again."""

router = APIRouter()


@at(router, "GET /statistics")
def statistics(
    request: Request, uses: Uses, caller: Asking, days: Annotated[Literal["7", "30", "90", "365"], Query()] = "30"
) -> Response:
    """Return the page of how the review of the last days went."""
    says, found = preferences_of(request), uses.figures.statistics(int(days), now_ms())
    if found is None:
        told = page(request, "statistics.html", counted=False, days=int(days), spans=SPANS)
        told.headers["Refresh"] = str(COUNTED_SOON_S)
        return told
    precision = sorted(found.quality.precision.items(), key=lambda one: -one[1].of)
    named = [(chips([code], says)[0], share) for code, share in precision]
    ends = [min(one.begins_ms + span_ms(int(days)), found.at_ms) for one in found.periods]
    labels = [says.day(end_ms - 1) for end_ms in ends]  # the newest ends now: named by its begin it was yesterday
    return page(
        request,
        "statistics.html",
        counted=True,
        days=int(days),
        as_of_ms=found.at_ms,
        spans=SPANS,
        quality=found.quality,
        money=found.money,
        any_decided=any(one.granted or one.against for one in found.periods),
        periods=list(zip(labels, found.periods, strict=True)),
        precision=named,
        plot=intervals(
            says.say("statistics", "precision"),
            says.say("statistics", "precision_says"),
            named[:DRAWN_AT_MOST],
            [says.share(tick) for tick in TICKS],
        ),
        over_time=columns(
            says.say("statistics", "over_time"), says.say("statistics", "over_time_says"), found.periods, labels
        ),
        shares=list(_shares(found.quality, says)),
        agreements=list(_agreements(found.quality, says, names=caller.has(WHO_WORKS))),
        spreads=[(name, _spread(getattr(found.quality, name), says)) for name in ("waiting", "handling", "hearing")],
    )


@at(router, "GET /workload")
def workload(request: Request, uses: Uses, caller: Asking) -> Response:
    """Return the page of how the queue stands: its ages and deadlines, what comes, and who is there."""
    at_ms, says = now_ms(), preferences_of(request)
    found = uses.figures.workload(at_ms)
    clock = [says.clock(one.begins_ms) for one in found.hours]
    return page(
        request,
        "workload.html",
        people=found.people,
        due=msgspec.structs.asdict(found.due),
        tiles=list(_tiles(found.queue, says)),
        any_moved=any(one.arrived or one.decided for one in found.hours),
        hours=list(zip(clock, found.hours, strict=True)),
        by_hour=beside(
            says.say("workload", "by_hour"),
            says.say("workload", "by_hour_says"),
            [(one.arrived, one.decided) for one in found.hours],
            clock,
        ),
        nobody_may=sorted(found.reach.counts.items()),
        out_of_reach=found.reach.cases if caller.has(WHO_WORKS) else (),
        ages=[(texts("states")[state], depth) for state, depth in sorted(found.queue.open.items())],
    )


def _shares(found: Quality, says: DisplayPreferences) -> Iterator[tuple[str, Share]]:
    """Yield shares with their intervals, in words."""
    yield says.say("statistics", "agreed"), found.agreement.agreed
    yield says.say("statistics", "overturned"), found.overturned
    recall = found.recall
    told = Share(hits=recall.caught, of=recall.audited.of, share=recall.recall, low=recall.low, high=recall.high)
    yield says.say("statistics", "recall"), told
    yield says.say("statistics", "audited"), recall.audited


def _agreements(found: Quality, says: DisplayPreferences, *, names: bool) -> Iterator[tuple[str, Agreement]]:
    yield says.say("statistics", "everybody"), found.agreement
    rules = texts("statements/rules")
    yield from ((says.of(rules[code]) if code in rules else code, one) for code, one in found.by_rule.items())
    yield says.say("statistics", "golden"), found.golden
    if names:
        yield from found.by_reviewer.items()
        of = says.say("statistics", "golden")
        yield from ((f"{name} · {of}", one) for name, one in found.golden_by_reviewer.items())


def _spread(found: Spread, says: DisplayPreferences) -> tuple[int, str, str]:
    median, most = ("–" if seconds is None else says.duration(seconds) for seconds in (found.median_s, found.p95_s))
    return found.of, median, most


def _tiles(found: QueueFigures, says: DisplayPreferences) -> Iterator[tuple[str, Any]]:
    """Yield figures with their words; what nobody knows is left out."""
    needed, clear = found.reviewers_needed, found.hours_to_clear
    yield says.words("workload", "backlog", found.backlog), says.number(found.backlog)
    yield says.words("workload", "arrivals", found.arrivals), says.number(found.arrivals)
    yield says.words("workload", "here", found.reviewers), says.number(found.reviewers)
    if needed is not None:
        yield says.say("workload", "needed"), says.number(round(needed, 1))
    if clear is not None:
        yield says.say("workload", "clear"), says.duration(clear * 3_600)
    if found.handled_ms is not None:
        yield says.say("workload", "handled"), says.duration(found.handled_ms / 1_000)
