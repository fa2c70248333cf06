"""Media and evidence are tested on a folder and on an S3 server, by the same tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from streams.adapters.storage.s3 import open_bucket
from tests.real import parts
from tests.real.s3 import S3Server


@dataclass(frozen=True)
class Place:
    """A store that a test may fill: its URL, and how to put a file into it as the platform would."""

    url: str
    put: Callable[[str, bytes], object]


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    parts.need("S3")
    with S3Server() as server:
        yield server


@pytest.fixture
def s3(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """The server, with its address and credentials in the environment."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    return s3_server


def a_folder(path: Path) -> Place:
    path.mkdir(parents=True)

    def put(key: str, content: bytes) -> None:
        (path / key).parent.mkdir(parents=True, exist_ok=True)
        (path / key).write_bytes(content)

    return Place(path.as_uri(), put)


def a_bucket(server: S3Server) -> Place:
    url = f"s3://{server.new_bucket()}/some/prefix"
    return Place(url, open_bucket(url, 5.0).put)


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return a_folder(tmp_path / "place")
    return a_bucket(request.getfixturevalue("s3"))
