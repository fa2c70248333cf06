"""A store that speaks as much S3 as reading takes, and for some photos never answers."""

import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

BUCKET = "media"
LISTING = b'<?xml version="1.0"?><ListBucketResult><Name>media</Name><KeyCount>0</KeyCount></ListBucketResult>'


class StubStore:
    """Serves a folder as a bucket. Requests for a key in ``hanging`` are taken and not answered until it is let go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hanging: set[str] = set()
        self.kept_waiting = 0
        self.changed = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.store = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def environment(self) -> dict[str, str]:
        """What makes a worker read from here."""
        return {
            "SENTINEL_MEDIA_URL": f"s3://{BUCKET}",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._server.server_address[1]}",
            "AWS_ACCESS_KEY_ID": "stub",
            "AWS_SECRET_ACCESS_KEY": "stub",  # a word for a stub that checks nothing
            "AWS_REGION": "us-east-1",
        }

    def let_go(self) -> None:
        """Answer from now on, also who waits."""
        with self.changed:
            self.hanging.clear()
            self.changed.notify_all()

    def await_turn(self, key: str) -> None:
        """Return when ``key`` may be answered."""
        with self.changed:
            if key in self.hanging:
                self.kept_waiting += 1
            self.changed.wait_for(lambda: key not in self.hanging)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    store: StubStore


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        key = unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}").strip("/")
        self.server.store.await_turn(key)
        path = self.server.store.folder / key
        if not key:
            self._answer(200, LISTING)
        elif path.is_file():
            self._answer(200, path.read_bytes())
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _answer(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Last-Modified", formatdate(usegmt=True))
            self.send_header("ETag", f'"{hash(body):x}"')
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True  # it was killed while it waited

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        """Say nothing: a request more or less is no news."""
