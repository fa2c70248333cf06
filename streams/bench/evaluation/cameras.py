"""What a camera makes of a scene: its lens, its focus, its sensor's noise, and what its software does then."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.pixels import Chance, Pixels
from streams.bench.evaluation.planes import taken

_LONG = (700, 1_300)
"""Longer side in pixels of what a camera, or a chat app behind it, hands on."""
_MOTION = 0.25
_DENOISED, _SHARPENED = 0.4, 0.6

Light = npt.NDArray[Any]
"""A scene: (height, width, 3) numbers of 32 bits, 0 to 255: light, and no file yet."""


def photographed(scene: Light, chance: Chance) -> Pixels:
    """Return the photo of a scene; its shape is kept, its size is the camera's."""
    height, width = scene.shape[:2]
    scale = int(chance.integers(*_LONG)) / max(height, width)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    seen = cv2.resize(scene, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    seen = _blurred(_through_a_lens(seen, chance), chance)
    seen = seen * np.exp(chance.normal(0, 0.05, 3)).astype(np.float32) * np.float32(chance.uniform(0.75, 1.15))
    seen = _noisy(seen, chance)
    return np.asarray(_processed(seen, chance).round().clip(0, 255), np.uint8)


def _through_a_lens(seen: Light, chance: Chance) -> Light:
    """Return the scene with a lens's barrel or pincushion, and darker corners."""
    height, width = seen.shape[:2]
    across, down = np.meshgrid(*(np.linspace(-1, 1, long, dtype=np.float32) for long in (width, height)))
    radius = (across**2 + down**2) / 2
    grown = 1 + chance.uniform(-0.03, 0.03) * radius
    where = np.stack([(across * grown + 1) / 2 * (width - 1), (down * grown + 1) / 2 * (height - 1)], axis=-1)
    bent = taken(seen, where.astype(np.float32), cv2.INTER_LINEAR, cv2.BORDER_REFLECT)
    darker = 1 - chance.uniform(0, 0.25) * radius**2
    return np.asarray(bent * darker[..., None], np.float32)


def _blurred(seen: Light, chance: Chance) -> Light:
    seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), float(chance.uniform(0.5, 1.8))), np.float32)
    if chance.random() < _MOTION:
        length, towards = int(chance.integers(3, 9)), float(chance.uniform(0, 180))
        line = np.zeros((length, length), np.float32)
        line[length // 2] = 1
        about = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), towards, 1)
        turned = np.asarray(cv2.warpAffine(line, about, (length, length)), np.float32)
        seen = np.asarray(cv2.filter2D(seen, -1, turned / max(float(turned.sum()), 1e-3)), np.float32)
    return seen


def _noisy(seen: Light, chance: Chance) -> Light:
    """Return the scene with the noise of light and of the sensor, which software has smeared over a few pixels."""
    shot, read = chance.uniform(0.1, 0.6), chance.uniform(0.5, 4.0)
    noise = chance.standard_normal(seen.shape, np.float32) * np.sqrt(shot * seen.clip(0) * 0.3 + read**2)
    return np.asarray(seen + cv2.GaussianBlur(noise, (0, 0), float(chance.uniform(0.4, 1.0))) * 1.4, np.float32)


def _processed(seen: Light, chance: Chance) -> Light:
    if chance.random() < _DENOISED:
        seen = np.asarray(cv2.bilateralFilter(seen, 5, 22, 2), np.float32)
    if chance.random() < _SHARPENED:
        soft = cv2.GaussianBlur(seen, (0, 0), 1.2)
        seen = np.asarray(seen + (seen - soft) * np.float32(chance.uniform(0.4, 1.2)), np.float32)
    return seen
