"""Pictures for people, drawn in a photo process: a photo at screen size, and pairs laid over each other.

What is drawn is kept in the evidence store beside the photos' features, and erased together with the photos.
"""

from collections.abc import Mapping
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from streams.adapters.photos.messages import Drawing, Plan
from streams.adapters.storage.evidence_store import EvidenceStore, open_evidence_store
from streams.evidence.comparing.templates import besides_marks
from streams.evidence.features import features
from streams.evidence.features.fingerprints import poses
from streams.evidence.features.prefilter import Prefilter, likeness
from streams.evidence.files import decoding
from streams.evidence.files.colours import Colour, ColourImage, develop, rgb
from streams.evidence.files.decoding import Opened
from streams.evidence.files.limits import Limits
from streams.evidence.files.orientation import turned
from streams.evidence.looking import examination, kept_panels
from streams.evidence.looking.blankness import is_blank
from streams.evidence.looking.examination import Means
from streams.evidence.pixels.alignment import align, warped
from streams.evidence.pixels.difference import Mask

SIDES: Mapping[str, int] = {"thumb": 240, "screen": 1_600}
"""The longer side of a picture, in pixels."""
_QUALITY = 85
_DIMMED, _GREY = 0.45, 96
_OUTLINE, _EDGE = (230, 30, 60), (255, 255, 255)
"""RGB: a contour that stands out, with an edge that sets it off from goods of its own colour."""


def draw(plan: Plan, wanted: Drawing) -> bytes:
    """Return a JPEG, and keep it; raises :class:`streams.errors.MediaUnreadable` where a photo cannot be drawn."""
    store = open_evidence_store(plan.evidence_url, plan.answer_s, plan.scratch)
    limits = Limits(plan.size_bytes, plan.pixels, plan.video_bytes)
    photo = store.photo(wanted.sha256)
    if wanted.beside is None:
        packed = _packed(decoding.read(photo, limits, partial(_upright, SIDES[wanted.view])))
        store.keep_overlay(wanted.sha256, wanted.sha256, wanted.version, packed)
        return packed
    return _pair(store, limits, wanted, photo, store.photo(wanted.beside))


def fingerprints(plan: Plan, content: bytes) -> list[str]:
    """Return the fingerprints of a photo and then of its variants, mirrored and turned; empty for a blank picture.

    Raises :class:`streams.errors.MediaUnreadable`. Nothing is kept.
    """
    grey = decoding.decode(content, Limits(plan.size_bytes, plan.pixels, plan.video_bytes)).grey
    return [] if is_blank(grey) else [pose.bits for pose in poses(grey)]


def _pair(store: EvidenceStore, limits: Limits, wanted: Drawing, claim: bytes, reference: bytes) -> bytes:
    """Return one view of a pair; both are drawn and kept, because most of the work is the same."""
    mine, other = develop(claim, limits), develop(reference, limits)
    alike = likeness(_features(claim, limits, mirrored=True), _features(reference, limits, mirrored=False))
    upright = partial(_upright, SIDES["screen"])
    ours, theirs = decoding.read(claim, limits, upright), decoding.read(reference, limits, upright)
    found = besides_marks(alike, mine, other)
    views = {
        "aligned": _aligned(alike, (mine, other), ours, theirs),
        "changed": _changed(None if found is None else found.mask, ours),
    }
    packed = {view: _packed(pixels) for view, pixels in views.items()}
    for view, content in packed.items():
        version = Drawing(wanted.sha256, wanted.beside, view).version
        store.keep_overlay(wanted.sha256, wanted.beside or wanted.sha256, version, content)
    return packed[wanted.view]


def _features(photo: bytes, limits: Limits, *, mirrored: bool) -> features.Features:
    kept = examination.examine(photo, limits, means=Means(mirrored=mirrored)).features
    return features.unpack(kept_panels.whole(kept))


def _aligned(alike: Prefilter, prints: tuple[ColourImage, ColourImage], ours: Colour, theirs: Colour) -> Colour:
    """Return the reference as the claim shows it, at the size of ``ours``; as it is where the two do not fit."""
    mine, other = prints
    found = align(alike.projections, mine, other)
    if found is None:
        return theirs
    to_print, from_print = _scaling(ours, mine.pixels), _scaling(other.pixels, theirs)
    matrix = from_print @ found.matrix @ to_print
    seen, there = warped(theirs, matrix, (ours.shape[1], ours.shape[0]))
    seen[there == 0] = _GREY
    return seen


def _scaling(of: Colour, to: Colour) -> npt.NDArray[np.float64]:
    """Return the matrix that takes pixels of one size of a picture to those of another; corners meet corners."""
    across, down = to.shape[1] / of.shape[1], to.shape[0] / of.shape[0]
    return np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1.0]])


def _changed(mask: Mask | None, ours: Colour) -> Colour:
    """Return the claim, dimmed and grey but where it was altered, which is outlined; as it is where nothing was."""
    if mask is None or not mask.any():
        return ours
    soft = cv2.resize(mask.astype(np.uint8) * 255, (ours.shape[1], ours.shape[0]), interpolation=cv2.INTER_LINEAR)
    altered = (soft > 127).astype(np.uint8)  # noqa: PLR2004 - the half
    grey = cv2.cvtColor(cv2.cvtColor(ours, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    dimmed = (grey * _DIMMED).astype(np.uint8)
    shown = np.where(altered[..., None] > 0, ours, dimmed).astype(np.uint8)
    edges, _ = cv2.findContours(altered, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    width = max(2, max(ours.shape[:2]) // 400)
    cv2.drawContours(shown, edges, -1, _EDGE, 2 * width, cv2.LINE_AA)
    cv2.drawContours(shown, edges, -1, _OUTLINE, width, cv2.LINE_AA)
    return shown


def _upright(side: int, opened: Opened) -> Colour:
    image = opened.image
    image.draft("RGB", (side, side))
    image.load()
    pixels = np.asarray(turned(rgb(image), opened.orientation))
    scale = min(1.0, side / max(pixels.shape[:2]))
    if scale == 1.0:
        return np.ascontiguousarray(pixels)
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _packed(pixels: Colour) -> bytes:
    done = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
    return done.tobytes()
