"""One HTTP exchange with somebody else's host, bounded as a whole: name, connection, TLS and answer. Calls block.

Libraries' time limits are for one byte each, so a host that trickles would be waited for without end. Here every step
gets what is left until one deadline. No redirects, no proxies, no credentials of ours.
"""

import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse, IncompleteRead, InvalidURL
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from streams.adapters.name_lookup import addresses

CONNECT_S = 3.0
LOOK_UP_S = 5.0
_PORTS = {"https": 443, "http": 80}
_AS_GIVEN = "%/:@!$&'()*+,;=~?"
"""What stays as it is in a path and its query; spaces and other letters are escaped."""
_OURS = {"User-Agent": "refund-sentinel", "Connection": "close"}
_NONE: Mapping[str, str] = MappingProxyType({})


class Deadline:
    """Until when an exchange may last."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = clock() + seconds

    def extend(self, seconds: float) -> None:
        """Let it last so long from now on."""
        self._at = self._clock() + seconds

    @property
    def over(self) -> bool:
        """Whether it has passed."""
        return self._clock() >= self._at

    def left(self) -> float:
        """Return the seconds until then, more than 0; ``TimeoutError`` when there are none."""
        left = self._at - self._clock()
        if left <= 0:
            msg = "the exchange took too long"
            raise TimeoutError(msg)
        return left


def any_address(host: str, found: Sequence[str]) -> None:
    """Allow every address."""


@contextmanager
def exchange(
    method: str,
    url: str,
    deadline: Deadline,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] = _NONE,
    allowed: Callable[[str, Sequence[str]], None] = any_address,
) -> Iterator[HTTPResponse]:
    """Give the answer of an http(s) address, to be read by :func:`content` or :func:`pieces` until the deadline.

    ``allowed`` raises where the addresses behind the host must not be called; the connection goes to one that it saw.
    Raises ``TimeoutError`` at the deadline, ``socket.gaierror`` for an unknown name, ``ssl.SSLError`` for a certificate
    that is not trusted, ``ConnectionError`` where nobody takes the connection, ``HTTPException`` for what is no HTTP,
    and ``ValueError`` for what is no address.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        msg = "an http:// or https:// address is needed"
        raise InvalidURL(msg)
    host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
    found = addresses(host, port, min(LOOK_UP_S, deadline.left()))
    allowed(host, found)
    with _connected(found, port, deadline) as plain, _secured(plain, parts, deadline) as connected:
        asking = HTTPConnection(host, port)
        asking.default_port = _PORTS[parts.scheme]
        asking.sock = _Timed(connected, deadline)
        asking.request(method, _target(parts), body, {**_OURS, **headers})
        with asking.getresponse() as answer:
            yield answer


def content(answer: HTTPResponse, at_most: int) -> bytes:
    """Return the first ``at_most`` bytes of an answer; ``HTTPException`` where it ends before its announced end."""
    read = answer.read(at_most)
    if len(read) < at_most and answer.length:
        raise IncompleteRead(read, answer.length)
    return read


def pieces(answer: HTTPResponse, size: int) -> Iterator[bytes]:
    """Yield an answer as it comes, at most ``size`` bytes at a time; errors as of :func:`content`."""
    announced, had = answer.length, 0
    while announced is None or had < announced:
        piece = answer.read1(size if announced is None else min(size, announced - had))
        if not piece:
            break
        had += len(piece)
        yield piece
    if announced is not None and had < announced:
        nothing_more = b""
        raise IncompleteRead(nothing_more, announced - had)


class _Timed:
    """A connection as :mod:`http.client` uses it, whose every step ends at the deadline. It closes nothing."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._connected = connected
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._connected.settimeout(self._deadline.left())
        self._connected.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._connected, self._deadline))

    def close(self) -> None:
        """Leave it open: the answer may still be read."""


class _Incoming(io.RawIOBase):
    """What comes in by a connection."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._connected = connected
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        self._connected.settimeout(self._deadline.left())
        return self._connected.recv_into(into)


def _connected(found: Sequence[str], port: int, deadline: Deadline) -> socket.socket:
    failed: OSError | None = None
    for address in found:
        try:
            return socket.create_connection((address, port), min(CONNECT_S, deadline.left()))
        except OSError as exc:
            failed = exc
    msg = "nobody takes the connection"
    raise ConnectionError(msg) from failed


def _secured(plain: socket.socket, parts: SplitResult, deadline: Deadline) -> socket.socket:
    if parts.scheme != "https":
        return plain
    plain.settimeout(deadline.left())  # of the whole handshake
    return ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)


def _target(parts: SplitResult) -> str:
    """Return the path and query as a request names them."""
    return quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_AS_GIVEN)
