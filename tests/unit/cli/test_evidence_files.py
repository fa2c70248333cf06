"""A package that cannot be written: the file that was asked for is named, and nothing of it stays."""

import errno
import io
import os
from pathlib import Path
from typing import IO, Any

import pytest

from streams.casework.package.archive import Archive
from streams.casework.package.contents import Asked
from streams.cli.evidence import _written

NOBODY: Any = None


class FullDisk(io.BytesIO):
    """A file on a disk that has room for ``room`` bytes."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > self._room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


class Failing:
    """An exporter that begins to write and meets ``error``."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def export(self, _asked: Asked, to: IO[bytes], _by: str, _at_ms: int) -> None:
        to.write(b"PK")
        raise self._error


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("room", [0, 20, 80, 5_000])
def test_an_archive_that_is_left_writes_nothing_more_when_it_goes(room: int) -> None:
    disk = FullDisk(room)
    archive = Archive(disk)
    with pytest.raises(OSError, match="No space left"):
        archive.put("a.jpg", bytes(6_000))
    archive.leave()
    disk.close()
    del archive


@pytest.mark.parametrize(("code", "said"), [(errno.ENOSPC, "No space left"), (errno.EIO, "Input/output error")])
def test_what_fails_while_it_is_written_names_the_file_and_leaves_nothing(tmp_path: Path, code: int, said: str) -> None:
    out = tmp_path / "c-17.zip"
    exporter: Any = Failing(OSError(code, os.strerror(code)))
    with pytest.raises(OSError, match=said) as failed:
        _written(exporter, NOBODY, out, "local:lin")
    assert (failed.value.filename, list(tmp_path.iterdir())) == (str(out), [])


@pytest.mark.parametrize("out", ["", "there/c-17.zip"])
def test_a_place_where_no_file_can_be_is_named_as_it_was_given(tmp_path: Path, out: str) -> None:
    with pytest.raises(OSError, match=r"Is a directory|No such file") as failed:
        _written(NOBODY, NOBODY, tmp_path / out, "local:lin")
    assert failed.value.filename == str(tmp_path / out)
