"""Photos behind https on hosts that the operator allowed: no redirects, no credentials, little patience.

A merchant's host must not stall the stream: whatever fails here is the medium's fault, never the store's.
"""

import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import urllib3
from urllib3 import exceptions

from streams.errors import MediaUnreadable
from streams.wording import causes

_ATTEMPTS = 2
_PIECE = 65_536
_OK = 200
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})


def fetch_https(url: str, hosts: Sequence[str], size_bytes: int, limit_s: float) -> bytes:
    """Return the body behind ``url``, within ``limit_s`` seconds in all.

    ``hosts`` are ``name`` (port 443) or ``name:port``. Certificates are verified against the system's authorities.
    Raises :class:`MediaUnreadable` for a host that is not allowed or does not deliver.
    """
    host = _allowed(url, hosts)
    until = time.monotonic() + limit_s
    with urllib3.PoolManager(retries=False) as pool:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return _attempt(pool, url, size_bytes, until)
            except (exceptions.HTTPError, _Busy, _Slow) as exc:
                if attempt == _ATTEMPTS or time.monotonic() >= until:
                    raise _not_delivered(host, exc) from exc
    raise AssertionError


class _Busy(Exception):
    """The host answered with this status, which says that trying again may help."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Slow(Exception):
    """The host did not send everything in time."""


def _not_delivered(host: str, exc: Exception) -> MediaUnreadable:
    """Return the error in people's words: the library's own texts name its classes and addresses in memory."""
    match exc:
        case _Busy():
            return MediaUnreadable(causes.host_busy(host, exc.status))
        case _Slow() | exceptions.ReadTimeoutError():
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


def _attempt(pool: urllib3.PoolManager, url: str, size_bytes: int, until: float) -> bytes:
    left = max(0.1, until - time.monotonic())
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
        return _body(answer, size_bytes, until)
    finally:
        answer.close()


def _body(answer: urllib3.BaseHTTPResponse, size_bytes: int, until: float) -> bytes:
    body = bytearray()
    for piece in answer.stream(_PIECE):
        body += piece
        if len(body) > size_bytes:
            raise MediaUnreadable(causes.file_over_limit(size_bytes))
        if time.monotonic() > until:
            raise _Slow
    return bytes(body)
