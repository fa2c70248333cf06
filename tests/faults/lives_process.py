"""A process of the system that takes the time from a clock of the test: ``python -m tests.faults.lives_process KIND``.

The clock is a file of eight octets: by how many milliseconds it is ahead of the machine's, little-endian.
"""

import mmap
import os
import sys
import time
from pathlib import Path

import streams.clock

CLOCK = "SENTINEL_TEST_CLOCK"


def main() -> None:
    """Run ``console``, or the worker of that kind, until it ends."""
    with Path(os.environ[CLOCK]).open("rb") as file:
        ahead = mmap.mmap(file.fileno(), 8, prot=mmap.PROT_READ)
    streams.clock.now_ms = lambda: time.time_ns() // 1_000_000 + int.from_bytes(ahead[:8], "little")
    kind = sys.argv.pop()
    sys.argv += [kind] if kind == "console" else ["worker", kind]
    from streams.cli.app import main as program  # noqa: PLC0415 - every module that imports the clock comes after it

    program()


if __name__ == "__main__":
    main()
