"""Pipes to and from photo processes that hold a whole look, so that neither side waits for the other to read on.

What is kept of a photo is a hundred kilobytes and more, and a pipe of Linux holds 64 unless it is told otherwise.
"""

import fcntl
from contextlib import suppress
from multiprocessing.context import ForkServerContext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

BYTES = 1 << 20
"""As much as Linux lets a process have that is not root (``fs.pipe-max-size``)."""


class WidePipes(ForkServerContext):
    """Starts processes as ``forkserver`` does."""

    def Pipe(self, duplex: bool = True) -> "tuple[Connection[Any, Any], Connection[Any, Any]]":  # noqa: N802, FBT001, FBT002 - multiprocessing's own
        """Return both ends of a pipe; a narrow one where the system has no room for more."""
        ends = super().Pipe(duplex)
        if not duplex:
            with suppress(OSError):
                fcntl.fcntl(ends[1].fileno(), fcntl.F_SETPIPE_SZ, BYTES)
        return ends
