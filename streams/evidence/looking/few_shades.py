"""Few shades: what a program drew has one shade for a ground and one for what stands on it, and hardly any others."""

import numpy as np
import numpy.typing as npt

from streams.evidence.files.decoding import Grey

_NEAR = 6
"""Levels within which two grey levels are one shade."""
_DRAWN, _RIM, _PLAIN_RIM = 0.82, 3, 0.95
"""Share of a picture that its two commonest shades cover where it is drawn; of a button, how many pixels within its
edges is looked, and how much there has the commoner one. Of 1,325 strips of photos of goods four are buttons."""


def is_drawn(levels: Grey) -> bool:
    """Return whether two shades cover nearly all of a picture, or of the pixels that were taken from one."""
    counts = np.bincount(levels.ravel(), minlength=256)
    ground, most = commonest(counts)
    counts[near(ground)] = 0
    return most + commonest(counts)[1] >= _DRAWN * levels.size


def is_button(shown: Grey) -> bool:
    """Return whether a strip has two shades: of letters, and of what they stand on, all along both of its long sides.

    Its ends may be round. Two buyers who use one app share it.
    """
    if min(shown.shape) <= 2 * _RIM:
        return False
    level = shown if shown.shape[1] >= shown.shape[0] else shown.T
    round_end = level.shape[0] // 2
    rim = level[[_RIM, -_RIM - 1], round_end:-round_end]
    ground, _ = commonest(np.bincount(shown.ravel(), minlength=256))
    return bool(near(ground)[rim].mean() >= _PLAIN_RIM) and is_drawn(shown)


def commonest(counts: npt.NDArray[np.intp]) -> tuple[int, int]:
    """Return the shade that, with those near it, is most often seen, and how often; ``counts`` are of 256 levels."""
    around = np.convolve(counts, np.ones(2 * _NEAR + 1, np.intp), mode="same")
    return int(around.argmax()), int(around.max())


def near(shade: int) -> npt.NDArray[np.bool_]:
    """Return which of 256 grey levels are a shade: it, and those near it."""
    return np.abs(np.arange(256) - shade) <= _NEAR
