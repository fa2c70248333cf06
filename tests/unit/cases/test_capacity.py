"""Whether there are enough reviewers."""

import pytest

from streams.cases.reviewing.capacity import Depth, QueueFigures
from streams.cases.reviewing.ordering import Lane
from tests.builders import AT_MS


def figures(**changes: object) -> QueueFigures:
    given: dict[str, object] = {
        "at_ms": AT_MS,
        "open": {},
        "waiting": {Lane.OTHER: Depth(90, AT_MS), Lane.RESERVED: Depth(10, AT_MS)},
        "arrivals": 1_224,
        "reviewers": 20,
        "overdue_since_ms": None,
        "given_back": {},
        "given_back_most": 0,
        "waited_ms": 5_000.0,
        "handled_ms": 100_000.0,
    }
    return QueueFigures(**given | changes)  # type: ignore[arg-type]  # a builder takes any field


def test_as_many_reviewers_are_needed_as_the_last_hour_s_arrivals_keep_busy() -> None:
    assert figures().reviewers_needed == pytest.approx(40)
    assert figures(arrivals=0).reviewers_needed == 0


def test_what_waits_takes_those_who_are_there_so_long() -> None:
    assert figures().hours_to_clear == pytest.approx(100 * 100 / 20 / 3_600)


def test_nobody_knows_before_a_case_was_handled() -> None:
    assert figures(handled_ms=None).reviewers_needed is None
    assert figures(reviewers=0).hours_to_clear is None
