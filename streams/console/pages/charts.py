"""Small charts as SVG, drawn here: two rows of bars that are told in words as well."""

from markupsafe import Markup

from streams.cases.activity import WEEKS, Activity, Weeks
from streams.console.pages.preferences import DisplayPreferences

BAR, GAP, HEIGHT = 14, 4, 28
"""Pixels of the drawing; the page makes it as wide as there is room."""


def activity_charts(found: Activity, says: DisplayPreferences) -> list[tuple[str, str, Markup | None]]:
    """Return, for buyer and merchant, (title, sum in words, chart); chart None: there is nothing to draw."""
    parts = (("chart_buyer", found.buyer), ("chart_merchant", found.merchant))
    return [
        (says.say("case", name), _summed(weeks, says), _bars(weeks) if any(weeks.every) else None)
        for name, weeks in parts
    ]


def _summed(weeks: Weeks, says: DisplayPreferences) -> str:
    every, against = says.number(sum(weeks.every)), says.number(sum(weeks.against))
    return says.say("case", "chart_sum", all=every, against=against)


def _bars(weeks: Weeks) -> Markup:
    """Return the bars; empty weeks have a line on the ground, so that one sees that they were counted."""
    top = max(1, *weeks.every)
    drawn = Markup("").join(
        Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"></rect>').format(
            kind, number * (BAR + GAP), HEIGHT - tall, BAR, tall
        )
        for kind, counts in (("every", weeks.every), ("against", weeks.against))
        for number, count in enumerate(counts)
        if (tall := _tall(count, top, least=1 if kind == "every" else 0))
    )
    box = f"0 0 {WEEKS * (BAR + GAP) - GAP} {HEIGHT}"
    head = Markup('<svg class="bars" viewBox="{}" preserveAspectRatio="none" aria-hidden="true" focusable="false">')
    return head.format(box) + drawn + Markup("</svg>")


def _tall(count: int, top: int, *, least: int) -> int:
    return max(least, round(HEIGHT * min(count, top) / top))
