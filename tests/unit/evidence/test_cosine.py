"""Fingerprints take SciPy's cosine transform bit for bit, without all that SciPy loads beside it."""

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import scipy.fftpack  # type: ignore[import-untyped] # SciPy brings no types

from streams.evidence.features import cosine
from streams.evidence.features.cosine import cosine_transform

SLOW_TO_LOAD = ("scipy.fft", "scipy.special", "numpy.f2py")


@pytest.fixture
def loaded_anew() -> Iterator[None]:
    cosine._compiled.cache_clear()
    yield
    cosine._compiled.cache_clear()


@pytest.mark.usefixtures("loaded_anew")
@pytest.mark.parametrize("compiled", ["pypocketfft", "as another SciPy calls it"])
def test_the_transform_is_scipys_to_the_last_bit(compiled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cosine, "_COMPILED", compiled)
    draw = np.random.default_rng(1)
    pictures = [draw.integers(0, 256, (64, 64), dtype=np.uint8) for _ in range(200)]
    pictures += [np.full((64, 64), 200, np.uint8), np.tri(64, dtype=np.uint8)]
    for picture in pictures:
        expected = scipy.fftpack.dct(scipy.fftpack.dct(picture, axis=0), axis=1)
        np.testing.assert_array_equal(cosine_transform(picture), expected)


def test_a_photo_process_starts_without_what_few_photos_need() -> None:
    program = (
        "import sys\n"
        "import streams.adapters.photos.desk_setup\n"
        "from streams.evidence.provenance import generator_names as names\n"
        f"print([name for name in {SLOW_TO_LOAD!r} if name in sys.modules], end=' ')\n"
        "print([one().pattern for one in (names._name, names._alone, names._credit) if one.cache_info().currsize])\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert ran.stdout == "[] []\n"
