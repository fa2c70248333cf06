"""Photos behind https on hosts that the operator allowed: no redirects, no credentials, little patience.

A merchant's host must not stall the stream: whatever fails here is the medium's fault, never the store's.
"""

import ssl
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3 import exceptions
from urllib3.util.ssl_ import create_urllib3_context

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
    patience = _Patience(time.monotonic() + limits.answer_s)
    longer = partial(patience.extend, limits.video_s)
    with urllib3.PoolManager(retries=False, ssl_context=_in_time(patience)) as pool:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with closing(_pieces(pool, url, patience)) as pieces:
                    return gathered(pieces, limits.room, videos=videos, on_video=longer)
            except (exceptions.HTTPError, _TooSlow, _Busy) as exc:
                if attempt == _ATTEMPTS or patience.is_over():
                    raise _not_delivered(host, exc) from exc
    raise AssertionError


class _Busy(Exception):
    """The host answered with this status, which says that trying again may help."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _TooSlow(TimeoutError):
    """The host did not send everything in time; urllib3 and sockets know this kind of error."""


def _not_delivered(host: str, exc: Exception) -> MediaUnreadable:
    """Return the error in people's words: the library's own texts name its classes and addresses in memory."""
    match exc:
        case _Busy():
            return MediaUnreadable(causes.host_busy(host, exc.status))
        case _TooSlow() | exceptions.ReadTimeoutError():
            return MediaUnreadable(causes.host_too_slow(host))
        case exceptions.SSLError():
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


@dataclass(slots=True)
class _Patience:
    """Until when (by the monotonic clock) a host is waited for."""

    until: float

    def extend(self, seconds: float) -> None:
        """Wait so long from now on."""
        self.until = time.monotonic() + seconds

    def is_over(self) -> bool:
        """Return whether the host had its time."""
        return time.monotonic() >= self.until

    def left(self) -> float:
        """Return the seconds that are left; raises :class:`_TooSlow` when none are."""
        if self.is_over():
            raise _TooSlow
        return self.until - time.monotonic()


def _in_time(patience: _Patience) -> ssl.SSLContext:
    """Return how to connect so that every single read ends in time: a host may send one byte after the other."""

    class Socket(ssl.SSLSocket):
        def recv_into(self, *args: Any, **kwargs: Any) -> int:
            self.settimeout(patience.left())
            return super().recv_into(*args, **kwargs)

    context = create_urllib3_context()
    context.load_default_certs()
    context.sslsocket_class = Socket
    return context


def _pieces(pool: urllib3.PoolManager, url: str, patience: _Patience) -> Generator[bytes]:
    left = patience.left()
    answer = pool.request(
        "GET",
        url,
        redirect=False,
        preload_content=False,
        decode_content=False,
        timeout=urllib3.Timeout(connect=min(3.0, left), read=left),
    )
    try:
        if answer.status in _TRY_AGAIN:
            raise _Busy(answer.status)
        if answer.status != _OK:
            raise MediaUnreadable(causes.not_at_address(answer.status))
        while piece := answer.read1(_PIECE):
            yield piece
    finally:
        answer.close()
