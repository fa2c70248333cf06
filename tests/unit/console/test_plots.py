"""Plots: named, described, and of the figures that they are given."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from schemas.units import DAY_MS, HOUR_MS
from streams.cases.quality.figures import HOURS, first_hour_ms, hours, periods, span_ms
from streams.cases.quality.statistics import share
from streams.console.pages.plots import LABELLED_AT_MOST, beside, columns, intervals

TICKS = ["0%", "25%", "50%", "75%", "100%"]


def drawn(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own drawing


def test_a_share_is_a_dot_on_its_interval_and_nothing_is_drawn_of_none() -> None:
    svg = drawn(intervals("t", "d", [("<b>&", share(1, 2)), ("none", share(0, 0))], TICKS))

    [dot], [line] = svg.findall("circle"), svg.findall("line[@class='interval']")
    assert float(line.attrib["x1"]) < float(dot.attrib["cx"]) < float(line.attrib["x2"])
    assert (svg.findtext("title"), svg.findtext("desc")) == ("t", "d")
    assert [one.text for one in svg.findall("text[@class='label']")] == ["<b>&", "none"]


def test_columns_stand_on_the_ground_and_are_as_tall_as_their_counts() -> None:
    found = periods(0, 3 * DAY_MS, DAY_MS, [(0, False, 1), (2, True, 2), (2, False, 2)])
    bars = drawn(columns("t", "d", found, ["a", "b", "c"])).findall("rect")

    heights = [(one.attrib["class"], float(one.attrib["height"])) for one in bars]
    assert heights == [("granted", 31.5), ("against", 63.0), ("granted", 63.0)]


def test_what_came_and_what_was_decided_stand_side_by_side() -> None:
    svg = drawn(beside("t", "d", [(2, 1), (0, 2), (0, 0)], ["00:00", "01:00", "02:00"]))

    bars = [(one.attrib["class"], float(one.attrib["height"])) for one in svg.findall("rect")]
    assert bars == [("arrived", 126.0), ("decided", 63.0), ("decided", 126.0)]
    assert [one.text for one in svg.findall("text")] == ["2", "00:00", "01:00", "02:00"], "the highest is told once"


@pytest.mark.parametrize("count", range(3, 60))
def test_labels_stand_as_far_apart_as_their_periods(count: int) -> None:
    svg = drawn(beside("t", "d", [(0, 0)] * count, [str(place) for place in range(count)]))

    told = [(int(one.text or ""), float(one.attrib["x"])) for one in svg.findall("text") if one.attrib["y"] == "173"]
    steps = {round((x - x0) / (place - place0)) for (place0, x0), (place, x) in pairwise(told)}
    assert 2 <= len(told) <= LABELLED_AT_MOST
    assert max(steps) - min(steps) <= 1


def test_an_hour_is_one_of_the_clock_and_the_last_one_is_running() -> None:
    at_ms = 100 * HOUR_MS + 5
    found = hours(first_hour_ms(at_ms), [(HOURS - 1, 3, 2)])

    assert [one.begins_ms for one in found] == [(77 + place) * HOUR_MS for place in range(HOURS)]
    assert [(one.arrived, one.decided) for one in found[-2:]] == [(0, 0), (3, 2)]


def test_days_are_told_one_by_one_and_more_of_them_by_week() -> None:
    assert (span_ms(7), span_ms(31), span_ms(90)) == (DAY_MS, DAY_MS, 7 * DAY_MS)
    assert len(periods(0, 30 * DAY_MS, DAY_MS, [])) == 30
    assert len(periods(0, 90 * DAY_MS, 7 * DAY_MS, [])) == 13
