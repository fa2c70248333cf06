"""Pictures for people: the worst cases of each kind side by side, and the calibration as a curve."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from streams.bench.evaluation.breakdown import Bin
from streams.bench.evaluation.pairs import Pair
from streams.bench.evaluation.pixels import Mask, Pixels, opened
from streams.bench.evaluation.run import Case, looked_at
from streams.bench.evaluation.scoring import Outcome
from streams.bench.evaluation.subject import Inspection, Subject

WORST = 8
_CELL = 300
_CAPTION = 22
_TRUE, _FOUND = (0, 160, 60), (220, 30, 30)
_GREY = 0.35


def worst(outcomes: Sequence[Outcome]) -> Mapping[str, list[int]]:
    """Return by name the indices of the worst outcomes of each kind: errors, missed, false alarms, badly located."""
    ranks: dict[str, list[tuple[float, int]]] = {}
    for at, each in enumerate(outcomes):
        for name, badness in _faults(each):
            ranks.setdefault(name, []).append((-badness, at))
    return {name: [at for _, at in sorted(faults)[:WORST]] for name, faults in sorted(ranks.items())}


def draw(folder: Path, subject: Subject, cases: Sequence[Case], chosen: Mapping[str, Sequence[int]]) -> list[Path]:
    """Write one picture a name, a row a case: reference, claim, true mask, found mask. Return what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, indices in chosen.items():
        rows = [_row(*looked_at(subject, cases[at])) for at in indices]
        path = folder / f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}.png"
        Image.fromarray(np.vstack(rows)).save(path)
        written.append(path)
    return written


def curve(path: Path, bins: Sequence[Bin]) -> bool:
    """Write the calibration as an SVG; return False where matplotlib (the extra `demo`) is not installed."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an extra
    except ImportError:
        return False
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    at = [(each.at_least + each.at_most) / 2 for each in bins]
    derived = np.array([each.derived for each in bins])
    reach = np.abs(np.array([[each.low, each.high] for each in bins]).T - derived)
    axes.errorbar(at, derived, yerr=reach, fmt="o-", capsize=3)
    if all(each.at_least >= 0 and each.at_most <= 1 for each in bins):
        axes.plot([0, 1], [0, 1], linestyle=":", color="grey")
    axes.set(xlabel="score", ylabel="share derived", ylim=(-0.03, 1.03), title="Calibration")
    figure.savefig(path)
    return True


def _faults(outcome: Outcome) -> Iterable[tuple[str, float]]:
    """Yield the kinds of fault an outcome has, each with how bad it is."""
    if outcome.error is not None:
        yield "errors", 1.0
    if outcome.derived != outcome.made_from_a_reference:
        kind = "missed" if outcome.made_from_a_reference else "flagged"
        yield f"{kind} {outcome.question}", outcome.score or 0.0
    elif outcome.looked and outcome.iou is not None:
        yield f"mask {outcome.damage or outcome.question}", 1 - outcome.iou
    if outcome.false_share:
        yield "false regions", outcome.false_share


def _row(outcome: Outcome, pair: Pair, found: Inspection | None) -> Pixels:
    claim = opened(pair.claim)
    chosen = found.best_reference if found else None
    at = chosen if chosen is not None else pair.source or 0
    mask = found.mask if found else None
    cells = (opened(pair.references[at]), claim, _laid(claim, pair.mask, _TRUE), _laid(claim, mask, _FOUND))
    row = np.hstack([_cell(cell) for cell in cells])
    return np.vstack([_caption(outcome, row.shape[1]), row])


def _laid(claim: Pixels, mask: Mask | None, colour: tuple[int, int, int]) -> Pixels:
    """Return the claim in pale grey with the mask in colour."""
    grey = cv2.cvtColor(claim, cv2.COLOR_RGB2GRAY).astype(np.float32)
    pale = np.repeat((255 - (255 - grey) * _GREY)[..., None], 3, axis=2).astype(np.uint8)
    if mask is not None and mask.shape == claim.shape[:2]:
        thick = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        pale[thick] = colour
    return pale


def _cell(picture: Pixels) -> Pixels:
    """Return the picture within one square cell."""
    image = Image.fromarray(picture)
    image.thumbnail((_CELL - 4, _CELL - 4))
    cell = Image.new("RGB", (_CELL, _CELL), (90, 90, 90))
    cell.paste(image, ((_CELL - image.width) // 2, (_CELL - image.height) // 2))
    return np.asarray(cell)


def _caption(outcome: Outcome, width: int) -> Pixels:
    iou = "" if outcome.iou is None else f"  IoU {outcome.iou:.2f}"
    false = "" if outcome.false_share is None else f"  false {outcome.false_share:.2%}"
    what = " / ".join(filter(None, (outcome.question, outcome.damage, outcome.way, outcome.photo)))
    text = f"{what}  derived {outcome.derived}{iou}{false}  {outcome.error or ''}"
    strip = Image.new("RGB", (width, _CAPTION), (255, 255, 255))
    ImageDraw.Draw(strip).text((4, 3), text, fill=(0, 0, 0), font=ImageFont.load_default(13))
    return np.asarray(strip)
