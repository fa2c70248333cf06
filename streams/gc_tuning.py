"""How a worker's process collects garbage: objects that live as long as the process are not looked through again.

And what it does with memory that it gave back.
"""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress

YOUNG = 20_000
"""Objects that are made before the young ones are looked through; 700 by default, less than one message's worth."""
_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
"""glibc's numbers for what :func:`keep_memory` sets, in bytes."""
KEPT_BYTES = 48 * 1024 * 1024
LARGEST_BYTES = 16 * 1024 * 1024


def keep_memory() -> None:
    """Use memory that was given back for what is made next, in a process whose C library is glibc.

    Else the megabytes of each batch come from the kernel, which clears them page by page, and go back to it.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, LARGEST_BYTES)
        mallopt(_TRIM_THRESHOLD, KEPT_BYTES)


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
