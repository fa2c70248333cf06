"""Photos behind https: only from allowed hosts, with verified certificates, within the limits."""

import gzip
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from streams.adapters.http_exchange import Deadline
from streams.adapters.storage import https
from streams.adapters.storage.files import FetchLimits, File, IsVideo
from streams.adapters.storage.https import fetch_https
from streams.errors import MediaUnreadable, StoreUnavailable
from streams.evidence.files.video_file import VideoFile
from tests.photos import a_picture
from tests.videos import a_video

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
VIDEO = a_video([a_picture(1, 64, 48)], 1)


class Time:
    """The clock of host and client, and whether the client has begun to wait for a video."""

    def __init__(self) -> None:
        self.now = 0.0
        self.extended = threading.Event()


class Host(BaseHTTPRequestHandler):
    """A merchant's host with good and bad habits, one a path."""

    asked: dict[str, int]
    stop: threading.Event
    time: "Time"

    def do_GET(self) -> None:
        self.asked[self.path] = self.asked.get(self.path, 0) + 1
        busy = self.path == "/busy-once" and self.asked[self.path] == 1
        if busy or self.path == "/broken":
            self._say(503)
        elif self.path in self.answers:
            self.answers[self.path](self)
        else:
            self._say(404)

    def _say(
        self, status: int, body: bytes = b"", *, length: int | None = None, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, head: bytes) -> None:
        """Send one byte after the other, each ten seconds later."""
        self.wfile.write(head)
        with suppress(OSError):  # the client hangs up
            while not self.stop.wait(0.001):
                self.time.now += 10
                self.wfile.write(b"x")

    def _say_slowly(self, body: bytes) -> None:
        """Send the rest fifty seconds after the client saw that it is a video."""
        self._say(200, body[:4_000], length=len(body))
        self.time.extended.wait()
        self.time.now += 50
        with suppress(OSError):  # the client may have hung up
            self.wfile.write(body[4_000:])

    answers: ClassVar[Mapping[str, Callable[["Host"], None]]] = {
        "/photo": lambda host: host._say(200, b"photo"),
        "/busy-once": lambda host: host._say(200, b"photo"),
        "/large": lambda host: host._say(200, bytes(5_000)),
        "/moved": lambda host: host._say(302, headers={"Location": "https://127.0.0.1/photo"}),
        "/video": lambda host: host._say(200, VIDEO),
        "/large-video": lambda host: host._say(200, VIDEO + bytes(2_000_000)),
        "/slow-video": lambda host: host._say_slowly(VIDEO[:20] + bytes(280_000)),
        "/drips": lambda host: host._drip(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n"),
        "/drips-header": lambda host: host._drip(b"HTTP/1.1 200 OK\r\nX-Note: "),
        "/packed": lambda host: host._say(200, gzip.compress(b"photo"), headers={"Content-Encoding": "gzip"}),
        "/chunks": lambda host: host._chunks(b"pho", b"to"),
        "/breaks-off": lambda host: host._say(200, b"pho", length=5),
        "/many-headers": lambda host: host._say(200, b"photo", headers={f"X-{number}": "y" for number in range(200)}),
        "/a%20b%E7%85%A7.jpg?x=1%2F2": lambda host: host._say(200, b"photo"),
        "/part": lambda host: host._say(206, b"pho", headers={"Content-Range": "bytes 0-2/5"}),
        "/unchanged": lambda host: host._say(304),
    }

    def _chunks(self, *parts: bytes) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in parts:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Say nothing on the test's output."""


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a host whose certificate the system trusts."""
    certificate = a_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    Host.asked, Host.stop, Host.time = {}, threading.Event(), Time()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    Host.stop.set()
    server.shutdown()
    server.server_close()
    thread.join()


def a_certificate(folder: Path) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "host.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def fetch(host: str, path: str, *, size_bytes: int = 1_000_000, limit_s: float = 60.0, video_s: float = 60.0) -> File:
    limits = FetchLimits(size_bytes, limit_s, video_bytes=2_000_000, video_s=video_s)
    return fetch_https(f"https://{host}{path}", [host], limits)


def test_a_photo_on_an_allowed_host_is_fetched(host: str) -> None:
    assert fetch(host, "/photo") == b"photo"


def test_a_host_that_is_busy_once_is_asked_again(host: str) -> None:
    assert fetch(host, "/busy-once") == b"photo"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/none", "the host answers with status 404"),
        ("/moved", "the host answers with status 302"),
        ("/broken", "did not deliver the photo: it answered with status 503"),
        ("/part", "the host answers with status 206"),
        ("/unchanged", "the host answers with status 304"),
        ("/breaks-off", "did not deliver the photo"),
        ("/many-headers", "did not deliver the photo"),
    ],
)
def test_what_a_host_answers_otherwise_is_no_photo(host: str, path: str, why: str) -> None:
    with pytest.raises(MediaUnreadable, match=why):
        fetch(host, path)


def test_a_photo_in_chunks_is_put_together(host: str) -> None:
    assert fetch(host, "/chunks") == b"photo"


def test_a_host_that_packs_a_photo_unasked_is_taken_at_its_bytes(host: str) -> None:
    assert fetch(host, "/packed") == gzip.compress(b"photo")


def test_a_photo_that_is_too_large_is_not_read_to_its_end(host: str) -> None:
    with pytest.raises(MediaUnreadable, match="more than the 1,000 bytes"):
        fetch(host, "/large", size_bytes=1_000)


def test_an_address_with_spaces_and_letters_of_any_language_is_fetched(host: str) -> None:
    assert fetch(host, "/a b照.jpg?x=1%2F2") == b"photo"


@pytest.fixture
def _own_time(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have time pass only when the host says so."""
    assert host

    class OwnTime(Deadline):
        def __init__(self, seconds: float) -> None:
            super().__init__(seconds, lambda: Host.time.now)

        def extend(self, seconds: float) -> None:
            super().extend(seconds)
            Host.time.extended.set()

    monkeypatch.setattr(https, "Deadline", OwnTime)


@pytest.mark.usefixtures("_own_time")
@pytest.mark.parametrize("path", ["/drips", "/drips-header"])
def test_a_host_that_sends_one_byte_after_the_other_is_given_up_in_time(host: str, path: str) -> None:
    with pytest.raises(MediaUnreadable, match="did not deliver the photo: it was too slow"):
        fetch(host, path, limit_s=35)


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/a.jpg",
        "https://photos.example:8443/a.jpg",
        "https://photos.example@other.example/a.jpg",
        "https://someone:secret@photos.example/a.jpg",
        "https://photos.example.other.example/a.jpg",
        "https:///a.jpg",
        "https://[::1/a.jpg",
        "https://photos.example:port/a.jpg",
    ],
)
def test_a_host_that_was_not_allowed_is_never_asked(url: str) -> None:
    with pytest.raises(MediaUnreadable, match=r"may not be fetched|not a valid https address"):
        fetch_https(url, ["photos.example"], FetchLimits(1_000, 5.0))


def test_a_certificate_that_nobody_vouches_for_is_refused(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(MediaUnreadable, match="did not deliver the photo: its certificate is not trusted"):
        fetch(host, "/photo")


def test_a_video_is_put_on_disk_and_has_a_limit_and_a_time_of_its_own(host: str) -> None:
    video = fetch(host, "/video", size_bytes=1_000)
    assert isinstance(video, VideoFile)
    with video:
        assert video[:] == VIDEO
    with pytest.raises(MediaUnreadable, match="more than the 2,000,000 bytes"):
        fetch(host, "/large-video")


@pytest.mark.usefixtures("_own_time")
def test_a_video_is_waited_for_as_long_as_videos_are(host: str) -> None:
    slow = fetch(host, "/slow-video", limit_s=35, video_s=100)
    assert isinstance(slow, VideoFile)
    with slow:
        assert len(slow) == 280_020
    Host.time.extended.clear()
    with pytest.raises(MediaUnreadable, match="too slow"):
        fetch(host, "/slow-video", limit_s=35, video_s=15)


def test_a_disk_that_takes_no_video_is_not_the_hosts_fault(host: str, tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    limits = FetchLimits(1_000, 60, folder=tmp_path / "folder")
    with pytest.raises(StoreUnavailable, match="a video cannot be put on disk"):
        fetch_https(f"https://{host}/video", [host], limits)


def test_a_video_that_was_not_expected_says_so_at_its_first_bytes(host: str) -> None:
    with pytest.raises(IsVideo):
        fetch_https(f"https://{host}/large-video", [host], FetchLimits(1_000, 5.0), videos=False)
