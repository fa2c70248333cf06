"""The folder that a process keeps what is its own in: looked at before anything is read from it."""

import errno
import tempfile
from pathlib import Path

from streams.errors import SettingsError, StoreUnavailable

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_ROOM = 4_096
"""Bytes that are written to see whether there is room."""


def require_usable(folder: Path, setting: str) -> None:
    """Return once a file was written to the folder, which is made where it is missing; nothing is left of the file.

    Raises :class:`SettingsError` where this user may not write there or it is no folder, and
    :class:`StoreUnavailable` where the disk is full: room may be made without a change of settings.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_something(folder)
    except OSError as exc:
        if exc.errno in _NO_ROOM:
            msg = f"{setting}: there is no room in {folder} ({exc.strerror}): make some"
            raise StoreUnavailable(msg) from exc
        why = "there is a file of that name" if isinstance(exc, FileExistsError) else exc.strerror
        msg = f"{setting}: {folder} cannot be written to ({why}): name a folder that this user may write to"
        raise SettingsError(msg) from exc


def write_something(folder: Path) -> None:
    """Return once a page was written to a folder that is there; nothing is left of it. Raises ``OSError``."""
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        file.write(bytes(_ROOM))
