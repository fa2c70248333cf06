"""Plots as SVG, drawn here: each has a title and a description, and stands beside the table of its figures."""

from collections.abc import Sequence

from markupsafe import Markup

from streams.cases.figures import Period
from streams.cases.statistics import Share

WIDE, ROW, LABEL, EDGE = 640, 26, 190, 12
TALL, COLUMN_LABEL = 150, 22
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
LABELLED_AT_MOST = 8
_HEAD = Markup('<svg class="plot" viewBox="0 0 {} {}" role="img"><title>{}</title><desc>{}</desc>')


def intervals(title: str, description: str, rows: Sequence[tuple[str, Share]], shares: Sequence[str]) -> Markup:
    """Return each share as a dot on its interval, one below the other; ``shares`` are the words of :data:`TICKS`."""
    tall = ROW * len(rows) + 24
    parts = [_HEAD.format(WIDE, tall, title, description)]
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
    """Return the verdicts of each period as a column: against the buyer below, granted on top of it."""
    top = max(1, *(one.granted + one.against for one in periods))
    step = (WIDE - 2 * EDGE) / len(periods)
    every = -(-len(periods) // LABELLED_AT_MOST)
    parts = [_HEAD.format(WIDE, TALL + COLUMN_LABEL, title, description)]
    parts.append(Markup('<line class="grid" x1="0" x2="{}" y1="{y}" y2="{y}"></line>').format(WIDE, y=TALL))
    for number, one in enumerate(periods):
        x, ground = EDGE + number * step, float(TALL)
        for kind, count in (("against", one.against), ("granted", one.granted)):
            high = (TALL - 16) * count / top
            ground -= high
            bar = Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"></rect>')
            parts.append(bar.format(kind, x + step * 0.15, ground, step * 0.7, high) if count else Markup(""))
        if one.granted + one.against == top:
            peak = Markup('<text class="tick" x="{:.1f}" y="{:.1f}">{}</text>')
            parts.append(peak.format(x + step / 2, ground - 4, top))
        if number % every == 0:
            under = Markup('<text class="tick" x="{:.1f}" y="{}">{}</text>')
            parts.append(under.format(min(max(x + step / 2, 24), WIDE - 24), TALL + 16, labels[number]))
    return Markup("").join([*parts, Markup("</svg>")])


def _across(share: float) -> int:
    return round(LABEL + share * (WIDE - LABEL - 2 * EDGE))
