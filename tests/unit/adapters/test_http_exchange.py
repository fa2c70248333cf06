"""Calls to others' hosts end, whatever those do: a name nobody knows, a handshake or an answer that trickles."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from streams.access.openid import Begun
from streams.adapters import name_lookup
from streams.adapters.http_exchange import Deadline, exchange
from streams.adapters.name_lookup import addresses
from streams.adapters.openid import OpenIdProvider
from streams.adapters.storage.files import FetchLimits
from streams.adapters.storage.https import fetch_https
from streams.adapters.time_authority import HttpTimeAuthority, Rfc3161Check
from streams.adapters.webhook_post import WebhookPost
from streams.errors import AuthorityUnavailable, MediaUnreadable

SHORT_S = 0.1
BEGUN = Begun(state="s", nonce="n", verifier="v" * 43, where="/", begun_at_ms=1)


def post(url: str) -> None:
    posted = WebhookPost(private_allowed=True, exchange_s=SHORT_S)(url, b"{}", {})
    if posted.status is None:
        raise AuthorityUnavailable(posted.error)


def stamp(url: str) -> None:
    HttpTimeAuthority(url, Rfc3161Check([]), SHORT_S).stamp(b"head")


def sign_in(url: str) -> None:
    OpenIdProvider(url, "us", None, SHORT_S).address(BEGUN, "/back")


def photo(url: str) -> None:
    fetch_https(url, [url.removeprefix("https://")], FetchLimits(1_000, SHORT_S))


CALLS = {"a webhook": post, "a time authority": stamp, "a sign-in provider": sign_in, "a photo's host": photo}
STATUS, BODY = b"HTTP/1.1 200 O", b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n{"
HANDSHAKE = b"\x16\x03\x03\x40\x00"
"""The head of TLS's first record, of 16 kB."""
TRICKLES = [
    *((call, "https", HANDSHAKE) for call in CALLS.values()),
    *((call, "http", STATUS) for call in (post, stamp, sign_in)),
    *((call, "http", BODY) for call in (stamp, sign_in)),
]


@contextmanager
def trickling(beginning: bytes) -> Iterator[int]:
    """Give the port of a server that begins an answer so, and goes on a byte at a time, without end."""
    done = threading.Event()

    class Trickling(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(beginning)
            while not done.wait(0.01):
                self.request.sendall(b"K")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """The other side hangs up, as it should."""

    with Server(("127.0.0.1", 0), Trickling) as served:
        threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True).start()
        yield served.server_address[1]
        done.set()
        served.shutdown()


@pytest.mark.parametrize(("call", "scheme", "beginning"), TRICKLES)
def test_an_answer_that_trickles_is_given_up_after_the_time_for_the_whole(
    call: Callable[[str], None], scheme: str, beginning: bytes
) -> None:
    with trickling(beginning) as port, pytest.raises((AuthorityUnavailable, MediaUnreadable)) as given_up:
        call(f"{scheme}://127.0.0.1:{port}")
    assert any(said in str(given_up.value) for said in ("in time", "TimeoutError", "too slow"))


class Nobody:
    """A look-up of names that hangs until it ends."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.asked: list[str] = []

    def getaddrinfo(self, host: str, *_: object, **__: object) -> list[object]:
        self.asked.append(host)
        self.ended.wait()
        raise socket.gaierror(socket.EAI_NONAME, "unknown")


@pytest.fixture
def nobody_says(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nobody]:
    nobody = Nobody()
    monkeypatch.setattr(socket, "getaddrinfo", nobody.getaddrinfo)
    yield nobody
    nobody.ended.set()


@pytest.mark.usefixtures("nobody_says")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_name_that_nobody_answers_for_is_given_up(call: Callable[[str], None]) -> None:
    with pytest.raises((AuthorityUnavailable, MediaUnreadable)):
        call("https://platform.example")


@pytest.mark.usefixtures("nobody_says")
def test_a_webhook_says_that_the_name_is_not_known() -> None:
    posted = WebhookPost(private_allowed=False, exchange_s=SHORT_S)("https://platform.example/x", b"{}", {})
    assert posted.error == "the name of the address is not known"


def test_look_ups_that_hang_do_not_pile_up(nobody_says: Nobody, monkeypatch: pytest.MonkeyPatch) -> None:
    room = threading.BoundedSemaphore(2)
    monkeypatch.setattr(name_lookup, "_room", room)

    for number in range(5):
        with pytest.raises(socket.gaierror):
            addresses(f"{number}.example", 443, 0.01)
    nobody_says.ended.set()
    for _ in range(2):
        assert room.acquire(timeout=60)

    assert sorted(nobody_says.asked) == ["0.example", "1.example"]


def test_one_deadline_holds_for_every_step() -> None:
    at = [0.0]
    deadline = Deadline(10, lambda: at[0])
    at[0] = 4.0
    assert (deadline.left(), deadline.over) == (6.0, False)
    deadline.extend(20)
    at[0] = 23.0
    assert deadline.left() == 1.0
    at[0] = 24.0
    assert deadline.over
    with pytest.raises(TimeoutError), exchange("GET", "http://127.0.0.1/", deadline):
        pass
