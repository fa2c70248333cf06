"""A store is asked whether our own copies can be written, and not only read: a full disk, a key that lost its right."""

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from streams.adapters.storage import store_check
from streams.adapters.storage.store_check import StoreCheck
from streams.errors import StoreUnavailable
from streams.settings import Settings

LISTED = b'<?xml version="1.0"?><ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated></ListBucketResult>'
AT_NO_SIZE = (
    "import resource, sys; from streams.settings import Settings; "
    "from streams.adapters.storage.store_check import StoreCheck; "
    "check = StoreCheck(Settings(evidence_url=sys.argv[1])); check.evidence(); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); check.evidence()"
)
"""A disk with no room, as far as one process is concerned."""


class Bucket(ThreadingHTTPServer):
    """A bucket that lets itself be listed, and answers each put with ``status``."""

    status = 200
    puts = 0


class _Answering(BaseHTTPRequestHandler):
    server: Bucket

    def do_GET(self) -> None:
        self._answer(200, LISTED)

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.puts += 1
        self._answer(self.server.status, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with Bucket(("127.0.0.1", 0), _Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
            monkeypatch.setenv(name, "test")
        yield server
        server.shutdown()


def test_a_folder_without_room_is_named_with_the_reason(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_NO_SIZE, f"file://{tmp_path}"], capture_output=True, text=True, check=False
    )

    assert (
        f"StoreUnavailable: the folder of our own copies {tmp_path} cannot be written (File too large)" in done.stderr
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_to_be_made_is_no_trouble_and_is_not_made(tmp_path: Path) -> None:
    StoreCheck(Settings(evidence_url=f"file://{tmp_path}/made/later")).evidence()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [200, 412])
def test_a_bucket_that_takes_the_object_or_has_it_is_not_asked_again_at_once(bucket: Bucket, status: int) -> None:
    bucket.status, check = status, StoreCheck(Settings(evidence_url="s3://copies/ours"))

    check.evidence()
    check.evidence()

    assert bucket.puts == 1


@pytest.mark.parametrize("status", [403, 507])
def test_a_bucket_that_is_read_and_not_written_is_named_until_it_takes_something(
    bucket: Bucket, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_check, "WRITTEN_EVERY_S", 0)
    check = StoreCheck(Settings(evidence_url="s3://copies/ours"))
    check.evidence()

    bucket.status = status
    for _ in range(2):
        with pytest.raises(
            StoreUnavailable, match=r"^the bucket of our own copies cannot be written \(.+\): check what"
        ):
            check.evidence()

    bucket.status = 412
    check.evidence()
