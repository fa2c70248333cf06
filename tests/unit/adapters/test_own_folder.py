"""The folder of a process is tried before anything is read from it, and what is wrong with it names the setting."""

import subprocess
import sys
from pathlib import Path

import pytest

from streams.adapters.own_folder import require_usable
from streams.errors import SettingsError

AT_NO_SIZE = (
    "import resource, sys; from pathlib import Path; from streams.adapters.own_folder import require_usable; "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); require_usable(Path(sys.argv[1]), 'SENTINEL_DATA_DIR')"
)


def test_it_is_made_with_the_folders_above_it_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "worker"

    require_usable(folder, "SENTINEL_DATA_DIR")
    require_usable(folder, "SENTINEL_DATA_DIR")

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("below", "why"), [("", "a file of that name"), ("worker", "Not a directory")])
def test_a_file_in_its_place_or_above_it_is_named_with_the_setting(tmp_path: Path, below: str, why: str) -> None:
    (tmp_path / "taken").write_text("kept")

    with pytest.raises(
        SettingsError, match=rf"^SENTINEL_REPLICA_DIR: .*/taken\S* cannot be written to \(.*{why}\): name"
    ):
        require_usable(tmp_path / "taken" / below, "SENTINEL_REPLICA_DIR")

    assert (tmp_path / "taken").read_text() == "kept"


def test_no_room_is_no_wrong_setting(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_NO_SIZE, str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert f"StoreUnavailable: SENTINEL_DATA_DIR: there is no room in {tmp_path}" in done.stderr
    assert list(tmp_path.iterdir()) == []
