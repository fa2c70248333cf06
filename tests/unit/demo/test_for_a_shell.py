"""What the demo leaves for a shell."""

import subprocess
from pathlib import Path

from streams.demo.stack import for_a_shell


def test_a_shell_that_read_it_has_the_settings_and_finds_the_command(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text(for_a_shell({"SENTINEL_DATABASE_URL": "sqlite:///it's here.db"}))
    asked = f'. "{file}"; echo "$SENTINEL_DATABASE_URL"; command -v refund-sentinel >/dev/null && command -v cat'

    told = subprocess.run(
        ["/bin/sh", "-c", asked], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )

    assert told.stdout.splitlines()[0] == "sqlite:///it's here.db"
    assert told.stdout.splitlines()[1].endswith("/cat")
