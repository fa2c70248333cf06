"""SciPy's cosine transform without what SciPy loads beside it, a fifth of a second of each photo process's start.

ImageHash takes ``scipy.fftpack.dct``. Its whole work is one compiled module, which is loaded here from its file: to
import it by name runs all of ``scipy.fft``, with special functions that no fingerprint needs. The results are the same
to the last bit, and have to be: fingerprints of earlier photos are compared with those of today.
"""

from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy  # type: ignore[import-untyped] # SciPy brings no types

Waves = npt.NDArray[np.float64]
_COMPILED = "pypocketfft"
_SECOND_TYPE, _AS_IT_IS, _THREADS = 2, 0, 1


def cosine_transform(picture: npt.NDArray[Any]) -> Waves:
    """Return the cosine transform of a picture's columns, and of the rows of that, as ``scipy.fftpack.dct`` has it."""
    compiled = _compiled()
    waves: Waves = np.array(picture, np.float64)
    for axis in (0, 1):
        waves = compiled.dct(waves, _SECOND_TYPE, (axis,), _AS_IT_IS, None, _THREADS)
    return waves


@cache
def _compiled() -> Any:
    """Return SciPy's compiled transforms, by their own name where another SciPy keeps them elsewhere."""
    found = PathFinder.find_spec(_COMPILED, [str(Path(scipy.__file__).parent / "fft" / "_pocketfft")])
    if found is None or found.loader is None:
        from scipy.fft._pocketfft import pypocketfft  # type: ignore[import-untyped] # noqa: PLC0415 # slow to load

        return pypocketfft
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module
