"""What a telephone draws: its screen around a picture, and letters over it."""

import cv2
import numpy as np

from streams.bench.evaluation.frames import Frame
from streams.bench.evaluation.pixels import Chance, Pixels, Share

_TALL = 20 / 9
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX)
_TEXTS = ("2026-11-22 10:42", "IMG_20261122", "broken on arrival", "Shop 24h", "SAMPLE", "order 4711-0815")
_GROUNDS = (255, 250, 0, 18)
_LETTERS = 40
_LINE_AA = cv2.LINE_AA


def screenshot(frame: Frame, chance: Chance) -> Frame:
    """Return a telephone's screen that shows the frame: scaled to its width, under a status bar, between empty bars."""
    width = int(chance.choice([720, 1_080, 1_170]))
    height = round(width * _TALL)
    ground = int(chance.choice(_GROUNDS))
    bar = round(height * 0.04)
    room = height - 2 * bar
    scale = min(width / frame.size[0], room / frame.size[1])
    shown = frame.resized((max(8, round(frame.size[0] * scale)), max(8, round(frame.size[1] * scale))))
    left, top = (width - shown.size[0]) // 2, bar + (room - shown.size[1]) // 2
    screen = np.full((height, width, 3), ground, np.uint8)
    _status_bar(screen, bar, 30 if ground > 127 else 230)  # noqa: PLR2004 - dark letters on light ground
    screen[top : top + shown.size[1], left : left + shown.size[0]] = shown.pixels
    return Frame(screen, *(_placed(layer, (height, width), left, top) for layer in (shown.altered, shown.drawn)))


def lettered(frame: Frame, chance: Chance) -> Frame:
    """Return the frame with a line of letters over it, as a camera's date or a watermark."""
    width, height = frame.size
    text = _TEXTS[chance.integers(len(_TEXTS))]
    font = _FONTS[chance.integers(len(_FONTS))]
    scale = chance.uniform(0.03, 0.06) * height / _LETTERS * 1.6
    thick = max(1, round(scale * 1.8))
    (long, tall), _ = cv2.getTextSize(text, font, scale, thick)
    scale, thick = (scale * 0.9 * width / long, max(1, thick // 2)) if long > 0.9 * width else (scale, thick)
    (long, tall), _ = cv2.getTextSize(text, font, scale, thick)
    at = int(chance.uniform(0, max(1, width - long))), int(chance.uniform(tall, max(tall + 1, height - tall)))
    layer = np.zeros((height, width), np.uint8)
    cv2.putText(layer, text, at, font, scale, 255, thick, _LINE_AA)
    share = layer.astype(np.float32) / np.float32(255)
    colour = np.array(((255, 200, 40), (255, 255, 255), (200, 30, 30))[chance.integers(3)], np.float32)
    mixed = frame.pixels + (colour - frame.pixels) * share[..., None]
    return Frame(np.asarray(mixed.round(), np.uint8), frame.altered, np.maximum(frame.drawn, share))


def _status_bar(screen: Pixels, bar: int, tone: int) -> None:
    width = screen.shape[1]
    colour, scale, base = (tone, tone, tone), bar / 55, int(bar * 0.68)
    cv2.putText(screen, "10:42", (int(width * 0.05), base), _FONTS[0], scale, colour, 2, _LINE_AA)
    cv2.putText(screen, "5G 87%", (int(width * 0.76), base), _FONTS[0], scale, colour, 2, _LINE_AA)
    cv2.rectangle(
        screen,
        (int(width * 0.35), screen.shape[0] - bar // 2),
        (int(width * 0.65), screen.shape[0] - bar // 2 + 6),
        colour,
        -1,
    )


def _placed(layer: Share, shape: tuple[int, int], left: int, top: int) -> Share:
    whole = np.zeros(shape, np.float32)
    whole[top : top + layer.shape[0], left : left + layer.shape[1]] = layer
    return whole
