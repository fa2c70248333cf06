"""Whether a picture hides the settings of a generator in the lowest bits of its pixels.

NovelAI writes them into the opacity, and extensions of Stable Diffusion's programs there or into the colours: column by
column, behind a word that says so. They stay where all metadata is removed, in formats that keep every pixel.
"""

import numpy as np
from PIL import Image

_KEPT_WHOLE = frozenset({"PNG", "WEBP", "BMP", "TIFF"})
_IN_OPACITY, _IN_COLOURS = (b"stealth_pnginfo", b"stealth_pngcomp"), (b"stealth_rgbinfo", b"stealth_rgbcomp")
_BITS = 8 * len(_IN_OPACITY[0])


def hides_settings(image: Image.Image) -> bool:
    """Return whether the pixels of a picture, not yet turned, begin with such a word; colours in 8 bits only."""
    if image.format not in _KEPT_WHOLE or image.mode not in {"RGB", "RGBA"}:
        return False
    columns = min(image.width, -(-_BITS // image.height))
    pixels = np.asarray(image.crop((0, 0, columns, image.height))).transpose(1, 0, 2)  # (column, row, channel)
    opacity = pixels[..., 3] if image.mode == "RGBA" else np.empty(0, np.uint8)
    return _begin(opacity) in _IN_OPACITY or _begin(pixels[..., :3]) in _IN_COLOURS


def _begin(values: np.ndarray) -> bytes:
    return np.packbits(values.reshape(-1)[:_BITS] & 1).tobytes()
