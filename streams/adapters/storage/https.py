"""Photos behind https on hosts that the operator allowed: no redirects, no credentials, little patience.

A merchant's host must not stall the stream: whatever fails here is the medium's fault, never the store's.
"""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.client import HTTPException
from urllib.parse import urlsplit

from streams.adapters.http_exchange import Deadline, exchange, pieces
from streams.adapters.storage.files import FetchLimits, File, gathered
from streams.errors import MediaUnreadable
from streams.wording import causes

_ATTEMPTS = 2
_PIECE = 65_536
_OK = 200
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})


def fetch_https(url: str, hosts: Sequence[str], limits: FetchLimits, *, videos: bool = True) -> File:
    """Return the file behind ``url``, held as its own format asks for it.

    ``hosts`` are ``name`` (port 443) or ``name:port``. Certificates are verified against the system's authorities.
    Raises :class:`MediaUnreadable` for a host that is not allowed or does not deliver, and
    :class:`streams.adapters.storage.files.IsVideo` for a video unless ``videos`` are expected.
    """
    host = _allowed(url, hosts)
    deadline = Deadline(limits.answer_s)
    longer = partial(deadline.extend, limits.video_s)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with _pieces(url, deadline) as found:
                return gathered(found, limits.room, videos=videos, on_video=longer)
        except (OSError, HTTPException, UnicodeError, _Busy) as exc:
            if attempt == _ATTEMPTS or deadline.over:
                raise _not_delivered(host, exc) from exc
    raise AssertionError


class _Busy(Exception):
    """The host answered with this status, which says that trying again may help."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _not_delivered(host: str, exc: Exception) -> MediaUnreadable:
    """Return the error in people's words: the library's own texts name its classes and addresses in memory."""
    match exc:
        case _Busy():
            return MediaUnreadable(causes.host_busy(host, exc.status))
        case TimeoutError():
            return MediaUnreadable(causes.host_too_slow(host))
        case ssl.SSLError():
            return MediaUnreadable(causes.host_not_trusted(host))
        case _:
            return MediaUnreadable(causes.host_connection_failed(host))


def _allowed(url: str, hosts: Sequence[str]) -> str:
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError as exc:
        raise MediaUnreadable(causes.ADDRESS_NOT_HTTPS) from exc
    named = host if port in {None, 443} else f"{host}:{port}"
    if "@" in parts.netloc or named not in {name.lower() for name in hosts}:
        raise MediaUnreadable(causes.host_not_allowed(named))
    return named


@contextmanager
def _pieces(url: str, deadline: Deadline) -> Iterator[Iterator[bytes]]:
    with exchange("GET", url, deadline) as answer:
        if answer.status in _TRY_AGAIN:
            raise _Busy(answer.status)
        if answer.status != _OK:
            raise MediaUnreadable(causes.not_at_address(answer.status))
        yield pieces(answer, _PIECE)
