"""A worker loads what its own kind is made of: a database costs enrich nothing, and numbers cost decide nothing."""

import subprocess
import sys

import pytest

from streams.metrics import Kind

OF_DATABASES = ("sqlalchemy", "psycopg", "alembic")
OF_PHOTOS = ("numpy", "cv2", "PIL")


@pytest.mark.parametrize(("kind", "others"), [("enrich", OF_DATABASES), ("decide", OF_PHOTOS)])
def test_a_worker_loads_nothing_heavy_of_another_kind(kind: Kind, others: tuple[str, ...]) -> None:
    script = (
        "import sys\n"
        "import streams.cli.worker\n"
        "from streams.agents.compose import builder\n"
        f"print(builder({kind!r}).__module__, *[name for name in {others!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"streams.agents.compose_{kind}\n"
