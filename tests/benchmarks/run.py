"""``make bench``: a Kafka and a PostgreSQL of their own, and every measure of ``refund-sentinel bench all`` on them.

Arguments are handed on: ``--json`` prints one line a figure.
"""

import os
import subprocess
import sys
import tempfile

from tests.real.kafka import Kafka
from tests.real.postgres import Postgres

MEASURES = ("-m", "streams.cli", "bench", "all")


def main() -> int:
    """Return the status of the measures."""
    print("starting Apache Kafka and PostgreSQL", file=sys.stderr)  # noqa: T201 - progress
    kafka = Kafka()
    try:
        kafka.start()
        with Postgres() as postgres, tempfile.TemporaryDirectory(prefix="sentinel-bench-") as folder:
            settings = {"SENTINEL_BROKER": kafka.address, "SENTINEL_DATABASE_URL": f"sqlite:///{folder}/sentinel.db"}
            own = {name: value for name, value in os.environ.items() if not name.startswith("SENTINEL_")}
            command = (sys.executable, *MEASURES, "--further-database", postgres.new_database(), *sys.argv[1:])
            return subprocess.run(command, env=own | settings, check=False).returncode
    finally:
        kafka.remove()


if __name__ == "__main__":
    sys.exit(main())
