"""Addresses that others gave: none of one's own network, whatever they are spelt as."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from streams.adapters.webhook_post import WebhookPost
from streams.errors import Invalid

INSIDE = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://localhost/",
    "https://a.localhost:8443/x",
    "https://10.1.2.3/",
    "https://192.168.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://0.0.0.0/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[fd00::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[::7f00:1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:a00:1::]/",
    "https://224.0.0.1/",
    "https://metadata.internal/",
]
NO_ADDRESS = ["", "x", "ftp://example.org/", "http://example.org/", "https://u:p@example.org/", "https:///x"]
NO_ADDRESS += ["https://example.org/#x", "https://example.org:99999/", "https://exa mple.org/", "https://[::1", "//a"]


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_of_ones_own_network_is_never_called(url: str) -> None:
    post = WebhookPost(private_allowed=False)
    posted = post(url, b"{}", {})

    assert posted.status is None
    assert posted.error is not None


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_https_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="url:"):
        WebhookPost(private_allowed=False).require_allowed(url)


@pytest.mark.parametrize("url", INSIDE[4:])
def test_an_address_of_ones_own_network_is_refused_when_it_is_given(url: str) -> None:
    with pytest.raises(Invalid, match="no public address"):
        WebhookPost(private_allowed=False).require_allowed(url)


@pytest.mark.parametrize("host", ["platform.example", "8.8.8.8", "[2606:4700::1111]", "[64:ff9b::808:808]"])
def test_a_public_https_address_is_taken(host: str) -> None:
    WebhookPost(private_allowed=False).require_allowed(f"https://{host}/hooks?x=1")


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    """Takes what is posted to /ok, sends elsewhere what is posted to /moved, and counts."""

    class Handler(http.server.BaseHTTPRequestHandler):
        seen: list[str] = []  # noqa: RUF012 - one server a test

        def do_POST(self) -> None:
            self.seen.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response({"/ok": 200, "/moved": 302}.get(self.path, 500))
            if self.path == "/moved":
                self.send_header("Location", "/ok")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield served
        served.shutdown()


def test_what_is_posted_arrives_and_redirects_are_not_followed(server: http.server.ThreadingHTTPServer) -> None:
    post, at = WebhookPost(private_allowed=True), f"http://127.0.0.1:{server.server_port}"

    assert post(f"{at}/ok", b"{}", {}).status == 200
    assert post(f"{at}/moved", b"{}", {}).status == 302
    assert post(f"{at}/broken", b"{}", {}).status == 500
    assert server.RequestHandlerClass.seen == ["/ok", "/moved", "/broken"]  # type: ignore[attr-defined]


def test_the_same_server_is_not_called_where_private_addresses_are_not_allowed(
    server: http.server.ThreadingHTTPServer,
) -> None:
    posted = WebhookPost(private_allowed=False)(f"http://127.0.0.1:{server.server_port}/ok", b"{}", {})

    assert posted.status is None
    assert server.RequestHandlerClass.seen == []  # type: ignore[attr-defined]
