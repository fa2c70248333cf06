"""Pictures for people: at screen size, a reference laid over its claim, and what was altered marked."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from streams.adapters.photos.drawing import draw
from streams.adapters.photos.messages import Drawing, Plan
from streams.adapters.storage.evidence_store import EvidenceStore, open_evidence_store
from streams.demo.catalogue import PRODUCTS
from streams.demo.forgeries import Way
from streams.demo.photos import ForgedPhoto, ListingPhoto, Photo
from streams.errors import MediaUnreadable
from tests.photos import a_picture
from tests.unit.evidence.drawn_collages import a_collage

Pixels = npt.NDArray[np.uint8]
PATCH = (slice(300, 420), slice(500, 660))


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(
        media_url=tmp_path.as_uri(),
        media_hosts=(),
        evidence_url=(tmp_path / "evidence").as_uri(),
        size_bytes=30_000_000,
        pixels=50_000_000,
        memory_bytes=2_000_000_000,
        answer_s=5,
    )


@pytest.fixture
def store(plan: Plan) -> EvidenceStore:
    return open_evidence_store(plan.evidence_url, plan.answer_s)


def a_scene() -> Pixels:
    """A picture full of corners, 1,200 x 900: nothing in it repeats."""
    draws = np.random.default_rng(7)
    scene = np.full((900, 1_200, 3), 205, np.uint8)
    for _ in range(260):
        x, y, size = int(draws.integers(1_200)), int(draws.integers(900)), int(draws.integers(14, 90))
        colour = tuple(int(part) for part in draws.integers(0, 255, 3))
        cv2.rectangle(scene, (x, y), (x + size, y + size // 2 + 6), colour, -1)
        cv2.circle(scene, (int(draws.integers(1_200)), int(draws.integers(900))), size // 3, colour, -1)
    return np.asarray(cv2.GaussianBlur(scene, (3, 3), 0), np.uint8)


def kept(store: EvidenceStore, name: str, pixels: Pixels) -> str:
    packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    return store.keep(f"catalogue/{name}", packed, f"file:///{name}")[0].sha256


def shown(plan: Plan, *about: Any) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(draw(plan, Drawing(*about)), np.uint8), cv2.IMREAD_COLOR), np.uint8)


def test_a_photo_is_drawn_once_at_the_size_of_a_screen_or_a_thumb(plan: Plan, store: EvidenceStore) -> None:
    photo = kept(store, "a", np.tile(a_scene(), (2, 2, 1)))

    assert shown(plan, photo, None, "screen").shape == (1_200, 1_600, 3)
    assert shown(plan, photo, None, "thumb").shape == (180, 240, 3)
    assert store.overlay(photo, photo, Drawing(photo, None, "thumb").version) is not None


def test_a_reference_is_laid_over_its_claim_to_a_pixel_and_what_was_altered_is_marked(
    plan: Plan, store: EvidenceStore
) -> None:
    scene = a_scene()
    claim = scene[60:860, 90:1_150].copy()
    claim[PATCH] = (20, 20, 25)
    claim = np.asarray(cv2.resize(claim, (954, 720), interpolation=cv2.INTER_AREA), np.uint8)
    ours, theirs = kept(store, "claim", claim), kept(store, "reference", scene)

    laid = shown(plan, ours, theirs, "aligned")
    screen = shown(plan, ours, None, "screen")
    changed = shown(plan, ours, theirs, "changed").astype(int)

    assert laid.shape == screen.shape
    corner = (slice(20, 220), slice(20, 420))  # nothing was altered there
    grey = [np.float32(cv2.cvtColor(one[corner], cv2.COLOR_BGR2GRAY)) for one in (laid, screen)]
    shift, _ = cv2.phaseCorrelate(np.asarray(grey[0]), np.asarray(grey[1]))
    assert max(map(abs, shift)) < 1
    inside = changed[310:340, 480:560]
    assert np.abs(inside - screen[310:340, 480:560]).mean() < 6, "what was altered is shown as it is"
    dimmed = changed[corner]
    assert np.ptp(dimmed, axis=2).mean() < 6, "the rest is grey"
    assert dimmed.mean() < 0.6 * screen[corner].mean(), "and dimmed"


def test_a_collage_is_held_against_a_collage_as_any_photo_is(plan: Plan, store: EvidenceStore) -> None:
    """What is kept of a collage are its panels too."""
    collage = np.asarray(a_collage([a_picture(1), a_picture(2)], size=(1_200, 800), gap=12))
    altered = collage.copy()
    altered[PATCH] = (20, 20, 25)
    ours, theirs = kept(store, "claim", altered), kept(store, "reference", collage)

    laid, screen = shown(plan, ours, theirs, "aligned"), shown(plan, ours, None, "screen")

    assert np.percentile(shifts(laid, screen), 90) < 1
    dimmed = shown(plan, ours, theirs, "changed")[20:220, 20:420]
    assert dimmed.mean() < 0.6 * screen[20:220, 20:420].mean()


@pytest.mark.parametrize("way", ["cropped", "mirrored"])
def test_the_demos_forgeries_are_laid_over_their_listing_to_a_pixel(plan: Plan, store: EvidenceStore, way: Way) -> None:
    listed = PRODUCTS[16]
    photos: tuple[Photo, ...] = (ForgedPhoto(listed, "hole", way, 901), ListingPhoto(listed))
    ours, theirs = (store.keep(f"catalogue/{n}", one.made(1), f"file:///{n}")[0].sha256 for n, one in enumerate(photos))

    laid, screen = shown(plan, ours, theirs, "aligned"), shown(plan, ours, None, "screen")

    found = shifts(laid, screen)
    assert len(found) > 10
    assert np.percentile(found, 90) < 1, "a hole has no counterpart, so some places fit nothing"


def shifts(one: Pixels, other: Pixels, side: int = 128) -> list[float]:
    """By how many pixels two pictures are apart, in each square of them that shows something."""
    grey = [np.float32(cv2.cvtColor(each, cv2.COLOR_BGR2GRAY)) for each in (one, other)]
    window, found = cv2.createHanningWindow((side, side), cv2.CV_32F), []
    for y in range(0, one.shape[0] - side + 1, side):
        for x in range(0, one.shape[1] - side + 1, side):
            squares = [np.asarray(each)[y : y + side, x : x + side] for each in grey]
            shift, likeness = cv2.phaseCorrelate(squares[0], squares[1], window)
            if min(square.std() for square in squares) > 12 and likeness > 0.3:
                found.append(max(map(abs, shift)))
    return found


def test_a_file_that_is_no_photo_says_so(plan: Plan, store: EvidenceStore) -> None:
    broken = store.keep("catalogue/x", b"no photo", "file:///x")[0].sha256

    with pytest.raises(MediaUnreadable):
        draw(plan, Drawing(broken, None, "screen"))
