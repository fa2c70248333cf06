"""The library that runs models reports nothing of its use: since 1.31 it would, and notes at home what to send."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from streams.adapters.photos.provenance_files import label_models

OPENS_MODELS = """
import sys, time, numpy
from streams.evidence.provenance.text_reader import OnnxReader
OnnxReader(*sys.argv[1:]).find(numpy.full((120, 320), 200, numpy.uint8), 120)
time.sleep(0.5)
"""


@pytest.mark.parametrize("given", [{}, {"ORT_DISABLE_TELEMETRY": "0"}], ids=["nothing said", "wanted by somebody else"])
def test_reading_words_leaves_nothing_in_the_home_folder_that_is_to_be_sent(
    tmp_path: Path, given: dict[str, str]
) -> None:
    models = label_models()
    if models is None:
        pytest.skip("the extra 'labels' is not installed")
    homes = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}

    subprocess.run([sys.executable, "-c", OPENS_MODELS, *models], env=os.environ | homes | given, check=True)

    assert list(tmp_path.rglob("*")) == []
