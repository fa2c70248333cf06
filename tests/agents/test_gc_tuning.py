"""A worker sets aside what it made at its start, and still collects what it makes from then on."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from streams import gc_tuning


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)


class Link:
    """Something that can point at itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_made_before_is_looked_through_no_more() -> None:
    made_before = [Link() for _ in range(1_000)]

    gc_tuning.settle()

    assert gc.get_freeze_count() >= len(made_before)


def test_a_circle_that_is_made_later_is_still_collected() -> None:
    gc_tuning.settle()
    circle = Link()
    seen = weakref.ref(circle)
    del circle

    for _ in range(2 * gc_tuning.YOUNG):
        Link()

    assert seen() is None


def test_nothing_is_collected_while_modules_are_loaded_and_everything_afterwards() -> None:
    def load() -> None:
        with gc_tuning.loading():
            assert not gc.isenabled()
            raise ImportError

    with pytest.raises(ImportError):
        load()
    assert gc.isenabled()
