"""Scenes of a moving picture, found while its frames go by; of each the sharpest frame is kept, as a picture file.

A scene lasts as long as frames look like its first one; a camera that moves by a twentieth of its view begins another.
Where there are too many, those are dropped whose view another one shares, so that those kept show everything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from PIL import Image

from schemas.records import Fingerprint
from streams.evidence.features import features, fingerprints
from streams.evidence.features.features import Features
from streams.evidence.features.prefilter import likeness
from streams.evidence.files.colours import Colour
from streams.evidence.files.decoding import decode, working_picture
from streams.evidence.files.limits import Limits
from streams.evidence.looking.blankness import is_blank
from streams.evidence.looking.clarity import clarity
from streams.evidence.looking.kept_stills import MOST_STILLS

ALIKE_BITS = 31
"""A frame this near to a scene's first belongs to it: a photo taken from any of them is found by the scene's still."""
SHARED_INLIERS, SHARED_COVERAGE = 25, 0.02
"""From so many inliers over so much of the frame two frames share a view, at least in part."""
MOST_VIEWS = 16
"""Dropped scenes that one kept scene may stand for; whatever replaces it has to share the view of each of them."""
LEAST_SHARPNESS = 10.0
"""A frame less sharp than this shows nothing, so no other scene has to stand for it."""
STILL_PIXELS = 1920 * 1080
"""Area of a still at most."""
NOTHING = Fingerprint(version=fingerprints.VERSION, bits="0" * 64)
"""The fingerprint of a scene that shows nothing."""
_QUALITY = 92
_OWN = Limits(size_bytes=100_000_000, pixels=STILL_PIXELS + 10_000)


@dataclass(eq=False)
class Scene:
    """A scene: the fingerprint of its first frame; time (ms), sharpness and JPEG of its sharpest one.

    ``views`` are those of dropped scenes that this one stands for.
    """

    first: Fingerprint
    at_ms: int
    sharpness: float
    picture: bytes
    views: tuple[Features, ...] = ()

    @cached_property
    def features(self) -> Features:
        """The features by which scenes are compared once there are too many."""
        grey = decode(self.picture, _OWN).grey
        return features.detect(grey, fingerprints.poses(grey), mirrored=False, coarse=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a moving picture: its scenes in order, and the time of each frame (s).

    ``left_out`` says that there are scenes whose view is in none of those that were kept.
    """

    scenes: tuple[Scene, ...]
    times_s: tuple[float, ...]
    left_out: bool


def seen(frames: Iterable[tuple[float, Colour]], most_frames: int) -> Seen:
    """Return the scenes of the first ``most_frames`` frames, at most :data:`MOST_STILLS`; frames are BGR."""
    scenes, times = _Scenes(), list[float]()
    for at_s, pixels in frames:
        times.append(at_s)
        scenes.take(round(at_s * 1000), pixels)
        if len(scenes.kept) > 2 * MOST_STILLS:  # now and then: what waits here is in memory
            scenes.thin()
        if len(times) == most_frames:
            break
    scenes.thin()
    return Seen(tuple(scenes.kept), tuple(times), scenes.left_out)


class _Scenes:
    """The scenes so far. Which views two of them share is asked once."""

    def __init__(self) -> None:
        self.kept: list[Scene] = []
        self.left_out = False
        self._blank: Scene | None = None
        self._shared: dict[tuple[int, int], bool] = {}
        self._asked: list[Features] = []
        """Keeps what was compared alive, since ``_shared`` names it by its place in memory."""

    def take(self, at_ms: int, pixels: Colour) -> None:
        """Add a frame to the last scene, or begin another one with it."""
        grey = working_picture(Image.fromarray(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY))))
        sharpness = next(float(one.value) for one in clarity(grey) if one.name == "sharpness" and one.value is not None)
        if is_blank(grey):  # a black beginning, a hand before the lens
            self._blank = self._blank or Scene(NOTHING, at_ms, sharpness, _picture(pixels))
            return
        first = fingerprints.poses(grey)[0]
        last = self.kept[-1] if self.kept else None
        if last is not None and fingerprints.distance_bits(last.first, first) <= ALIKE_BITS:
            if sharpness <= last.sharpness:
                return
            first = last.first
            self.kept.pop()
        self.kept.append(Scene(first, at_ms, sharpness, _picture(pixels)))

    def thin(self) -> None:
        """Drop scenes until :data:`MOST_STILLS` are left, spread over the time.

        ``left_out`` turns True where one had to go whose view no other shares. Where no frame shows anything, the first
        one stays.
        """
        if not self.kept and self._blank is not None:
            self.kept.append(self._blank)
        while len(self.kept) > MOST_STILLS:
            place = next((place for place in self._nearest_first() if self._may_go(place)), None)
            self.left_out |= place is None
            del self.kept[next(self._nearest_first()) if place is None else place]

    def _nearest_first(self) -> Iterator[int]:
        """Yield the indexes of scenes, first the one whose neighbours are nearest to each other in time."""
        times = [scene.at_ms for scene in self.kept]
        around = [2 * times[0] - times[1], *times, 2 * times[-1] - times[-2]]
        yield from sorted(range(len(times)), key=lambda place: around[place + 2] - around[place])

    def _may_go(self, place: int) -> bool:
        """Return whether a scene may be dropped: it shows nothing, or another one stands for it from now on."""
        scene = self.kept[place]
        if scene.sharpness < LEAST_SHARPNESS and not scene.views:
            return True
        others = sorted(range(len(self.kept)), key=lambda other: abs(other - place))[1:]
        views = (scene.features, *scene.views)
        for other in (self.kept[at] for at in others):
            if len(other.views) + len(views) <= MOST_VIEWS and all(self._share(other.features, view) for view in views):
                other.views += views
                return True
        return False

    def _share(self, ours: Features, theirs: Features) -> bool:
        asked = id(ours), id(theirs)
        if asked not in self._shared:
            self._asked += [ours, theirs]
            self._shared[asked] = self._shared[asked[::-1]] = _share(ours, theirs)
        return self._shared[asked]


def _share(ours: Features, theirs: Features) -> bool:
    try:
        alike = likeness(ours, theirs)
    except (cv2.error, np.linalg.LinAlgError):
        return False
    return alike.inliers >= SHARED_INLIERS and alike.coverage >= SHARED_COVERAGE


def _picture(pixels: Colour) -> bytes:
    height, width = pixels.shape[:2]
    scale = min(1.0, (STILL_PIXELS / (width * height)) ** 0.5)
    if scale < 1.0:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return packed.tobytes()
