"""How a worker's process collects garbage: objects that live as long as the process are not looked through again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 20_000
"""Objects that are made before the young ones are looked through; 700 by default, less than one message's worth."""


def settle() -> None:
    """Set aside all that was made so far, libraries and compiled rules above all; collect what comes from now on.

    Looking through hundreds of thousands of objects that never go costs a busy worker a quarter of its time.
    """
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


@contextmanager
def loading() -> Iterator[None]:
    """Collect nothing meanwhile: modules stay, and looking through them again takes a sixth of their loading."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
