"""Figures that are kept: counted once for all, told at once while they are counted anew, and never very old."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from threading import Event, Thread

import pytest

from streams.casework.quality.kept_figures import TOO_OLD, WAITING, Kept

KEEP_MS = 1_000
WAIT_S = 60


def test_figures_are_counted_anew_once_they_are_old_and_nobody_waits_for_it() -> None:
    counted, may_go_on, done = list[int](), Event(), Event()

    def count(_what: int, at_ms: int) -> int:
        if counted:
            may_go_on.wait(WAIT_S)
        counted.append(at_ms)
        if len(counted) == 2:
            done.set()
        return at_ms

    kept = Kept(count, KEEP_MS)
    assert [kept.of(7, at_ms) for at_ms in (0, 1, KEEP_MS - 1)] == [0, 0, 0]
    assert [kept.of(7, at_ms) for at_ms in (KEEP_MS, KEEP_MS + 1)] == [0, 0], "it is counted behind"
    may_go_on.set()
    assert done.wait(WAIT_S)
    while kept.of(7, KEEP_MS + 2) == 0:
        pass
    assert counted == [0, KEEP_MS]
    assert kept.of(7, (TOO_OLD + 1) * KEEP_MS) == (TOO_OLD + 1) * KEEP_MS, "too old to be told"


def test_many_who_ask_first_wait_for_one_count() -> None:
    counted, begun = list[int](), Event()

    def count(what: int, _at_ms: int) -> int:
        begun.wait(WAIT_S)
        counted.append(what)
        return what

    kept = Kept(count, KEEP_MS)
    asking = [Thread(target=kept.of, args=(7, 0)) for _ in range(8)]
    for one in asking:
        one.start()
    begun.set()
    for one in asking:
        one.join(WAIT_S)

    assert counted == [7]


def test_whoever_cannot_wait_is_told_nothing_at_first_and_old_figures_later() -> None:
    may_go_on = Event()

    def count(_what: int, at_ms: int) -> int:
        may_go_on.wait(WAIT_S)
        return at_ms

    kept = Kept(count, KEEP_MS)
    assert [kept.within(0, 7, 1), kept.within(0, 7, 2)] == [None, None]
    may_go_on.set()
    assert kept.of(7, 3) == 1, "the count went on"
    may_go_on.clear()
    later = 1 + TOO_OLD * KEEP_MS
    assert kept.within(0, 7, later) == 1
    may_go_on.set()
    assert kept.of(7, later) == later


def test_a_count_that_fails_is_tried_again_and_what_is_not_kept_is_counted_each_time() -> None:
    given = iter([0, 1, 2, 3])

    def count(_what: int, _at_ms: int) -> int:
        if (found := next(given)) == 0:
            raise ValueError
        return found

    kept = Kept(count, 0)
    with pytest.raises(ValueError):  # noqa: PT011 - nothing else is raised here
        kept.of(7, 0)
    assert [kept.of(7, 0), kept.of(7, 0), kept.of(7, 0)] == [1, 2, 3]


def test_a_crowd_that_waits_for_figures_leaves_threads_for_everything_else() -> None:
    counted = Event()
    kept = Kept(lambda what, _: what if counted.wait(10) else 0, keep_ms=60_000)
    crowd = 3 * WAITING

    with ThreadPoolExecutor(crowd) as pool:
        asked = [pool.submit(kept.within, 10.0, 7, 1) for _ in range(crowd)]
        at_once = [one.result() for one in islice(as_completed(asked, 5), crowd - WAITING)]
        counted.set()
        waited = [one.result() for one in asked]

    assert at_once == [None] * (crowd - WAITING)
    assert waited.count(7) == WAITING
    assert kept.within(0, 7, 2) == 7
