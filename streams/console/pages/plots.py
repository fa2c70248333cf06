"""Plots as SVG, drawn here: each has a title and a description, and stands beside the table of its figures."""

from collections.abc import Sequence

from markupsafe import Markup

from streams.cases.quality.figures import Period
from streams.cases.quality.statistics import Share

WIDE, ROW, LABEL, EDGE = 640, 26, 190, 12
BROAD, TALL, COLUMN_LABEL, PEAK, EDGE_LABEL, ABOVE = 960, 150, 30, 24, 62, 10
"""Of a plot over time, which is as wide as the page; ``ABOVE`` is room for the letters of a phone."""
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
LABELLED_AT_MOST = 8
_HEAD = Markup('<svg class="plot{}" viewBox="0 {} {} {}" role="img"><title>{}</title><desc>{}</desc>')


def intervals(title: str, description: str, rows: Sequence[tuple[str, Share]], shares: Sequence[str]) -> Markup:
    """Return a plot of each share as a dot on its interval, one row each; ``shares`` are the words of :data:`TICKS`."""
    tall = ROW * len(rows) + 24
    parts = [_HEAD.format("", 0, WIDE, tall, title, description)]
    for tick, words in zip(TICKS, shares, strict=True):
        x = _across(tick)
        parts.append(Markup('<line class="grid" x1="{0}" x2="{0}" y1="4" y2="{1}"></line>').format(x, tall - 20))
        parts.append(Markup('<text class="tick" x="{}" y="{}">{}</text>').format(x, tall - 5, words))
    for number, (label, one) in enumerate(rows):
        y = ROW * number + ROW // 2 + 4
        parts.append(Markup('<text class="label" x="{}" y="{}">{}</text>').format(LABEL - 10, y + 4, label))
        if one.share is not None and one.low is not None and one.high is not None:
            ends = Markup('<line class="interval" x1="{}" x2="{}" y1="{y}" y2="{y}"></line>')
            parts.append(ends.format(_across(one.low), _across(one.high), y=y))
            parts.append(Markup('<circle class="dot" cx="{}" cy="{}" r="5"></circle>').format(_across(one.share), y))
    return Markup("").join([*parts, Markup("</svg>")])


def columns(title: str, description: str, periods: Sequence[Period], labels: Sequence[str]) -> Markup:
    """Return a plot with a column for each period: verdicts against the buyer below, granted ones above."""
    top = max(1, *(one.granted + one.against for one in periods))
    step = (BROAD - 2 * EDGE) / len(periods)
    parts, peaks = list[Markup](), list[Markup]()
    for number, one in enumerate(periods):
        x, ground = EDGE + number * step, float(TALL)
        for kind, count in (("against", one.against), ("granted", one.granted)):
            ground -= _high(count, top)
            parts.append(_bar(kind, x + step * 0.15, ground, step * 0.7, _high(count, top)))
        if one.granted + one.against == top:
            peaks.append(_peak(x + step / 2, ground, top))
    return _over_time(title, description, parts + peaks[:1], labels)


def beside(title: str, description: str, rows: Sequence[tuple[int, int]], labels: Sequence[str]) -> Markup:
    """Return two columns for each period side by side: how many arrived, and how many were decided."""
    top = max(1, *map(max, rows))
    step = (BROAD - 2 * EDGE) / len(rows)
    parts, peaks = list[Markup](), list[Markup]()
    for number, counts in enumerate(rows):
        for place, (kind, count) in enumerate(zip(("arrived", "decided"), counts, strict=True)):
            x, high = EDGE + number * step + step * (0.1 + 0.4 * place), _high(count, top)
            parts.append(_bar(kind, x, TALL - high, step * 0.4, high))
            if count == top:
                peaks.append(_peak(x + step * 0.2, TALL - high, top))
    return _over_time(title, description, parts + peaks[:1], labels)


def _over_time(title: str, description: str, bars: Sequence[Markup], labels: Sequence[str]) -> Markup:
    """Return bars on their ground, with some of the labels below them: none that the page's edge would cut."""
    step, every = (BROAD - 2 * EDGE) / len(labels), -(-len(labels) // LABELLED_AT_MOST)
    ground = Markup('<line class="grid" x1="0" x2="{}" y1="{y}" y2="{y}"></line>').format(BROAD, y=TALL)
    under = Markup('<text class="tick{}" x="{:.1f}" y="{}">{}</text>')
    places = ((number, EDGE + (number + 0.5) * step) for number in range(every // 2, len(labels), every))
    told = [
        under.format(" odd" * (place % 2), x, TALL + COLUMN_LABEL - 7, labels[number])
        for place, (number, x) in enumerate(places)
        if EDGE_LABEL <= x <= BROAD - EDGE_LABEL
    ]
    head = _HEAD.format(" over-time", -ABOVE, BROAD, TALL + COLUMN_LABEL + ABOVE, title, description)
    return Markup("").join([head, ground, *bars, *told, Markup("</svg>")])


def _high(count: int, top: int) -> float:
    return (TALL - PEAK) * count / top


def _bar(kind: str, x: float, y: float, wide: float, high: float) -> Markup:
    """Return a bar; nothing where it has no height."""
    drawn = Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"></rect>')
    return drawn.format(kind, x, y, wide, high) if high else Markup("")


def _peak(x: float, y: float, count: int) -> Markup:
    return Markup('<text class="tick" x="{:.1f}" y="{:.1f}">{}</text>').format(x, y - 4, count)


def _across(share: float) -> int:
    return round(LABEL + share * (WIDE - LABEL - 2 * EDGE))
