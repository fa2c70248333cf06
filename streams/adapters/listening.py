"""Addresses that are listened on: how they are written, and what is said of one that cannot be had."""

import errno
import socket
from typing import Literal

from streams.errors import SettingsError

_NO_ADDRESS = frozenset({None, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL})
"""What the system says of an address that is not this machine's; asyncio leaves the number out where it has several."""


def written(host: str, port: int) -> str:
    """Return the address as it stands in a URL: an IPv6 one in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def not_to_be_had(exc: OSError, which: Literal["HTTP", "CONSOLE"], host: str, port: int) -> SettingsError:
    """Return the error that names the setting that is wrong: the host's, or the port's, and what to give instead."""
    why = exc.strerror or str(exc)
    if isinstance(exc, socket.gaierror) or exc.errno in _NO_ADDRESS:
        instead = "give an address of this machine, as 127.0.0.1 or ::1, or 0.0.0.0 for all of them"
        return SettingsError(f"SENTINEL_{which}_HOST: {host} cannot be listened on ({why}); {instead}")
    instead = "choose one above 1023, or 0" if exc.errno == errno.EACCES else "choose another or 0"
    return SettingsError(f"SENTINEL_{which}_PORT: {written(host, port)} cannot be listened on ({why}); {instead}")
