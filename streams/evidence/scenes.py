"""Scenes of a moving picture, found while its frames go by: of each the sharpest frame is kept, as a picture file.

A scene is what still looks like its first frame: a camera that moves by a twentieth of its view begins another. Where
there are more than may be kept, those go whose view another one shares, so that what is left shows everything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from PIL import Image

from schemas.records import Fingerprint
from streams.evidence import features, fingerprints
from streams.evidence.blankness import is_blank
from streams.evidence.clarity import clarity
from streams.evidence.colours import Colour
from streams.evidence.decoding import decode, working_picture
from streams.evidence.features import Features
from streams.evidence.kept_stills import MOST_STILLS
from streams.evidence.limits import Limits
from streams.evidence.prefilter import likeness

ALIKE_BITS = 31
"""Frames this near to their scene's first are one scene: a photo cut from any of them is found by its still."""
SHARED_INLIERS, SHARED_COVERAGE = 25, 0.02
"""From here on two frames show one view, in part at least."""
MOST_VIEWS = 16
"""Scenes that one may stand for: all of them are compared with whatever is to stand for it."""
LEAST_SHARPNESS = 10.0
"""A frame that is blurred beyond this shows nothing that another one would have to show for it."""
STILL_PIXELS = 1920 * 1080
"""Area of a still at most."""
NOTHING = Fingerprint(version=fingerprints.VERSION, bits="0" * 64)
"""Of a scene that shows nothing."""
_QUALITY = 92
_OWN = Limits(size_bytes=100_000_000, pixels=STILL_PIXELS + 10_000)


@dataclass(eq=False)
class Scene:
    """A scene: the fingerprint of its first frame, and of its sharpest one the time (ms), sharpness and JPEG.

    ``views`` are those of scenes that went because this one shares them.
    """

    first: Fingerprint
    at_ms: int
    sharpness: float
    picture: bytes
    views: tuple[Features, ...] = ()

    @cached_property
    def features(self) -> Features:
        """What two scenes are told apart by, once there are too many."""
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
        """What was asked about stays: its place in memory is its name."""

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
        """Leave at most :data:`MOST_STILLS` scenes, spread over the time; what has to go all the same is left out.

        Where no frame shows anything, the first one stays.
        """
        if not self.kept and self._blank is not None:
            self.kept.append(self._blank)
        while len(self.kept) > MOST_STILLS:
            place = next((place for place in self._nearest_first() if self._may_go(place)), None)
            self.left_out |= place is None
            del self.kept[next(self._nearest_first()) if place is None else place]

    def _nearest_first(self) -> Iterator[int]:
        """Yield the places of scenes: first the one whose neighbours are nearest to each other in time."""
        times = [scene.at_ms for scene in self.kept]
        around = [2 * times[0] - times[1], *times, 2 * times[-1] - times[-2]]
        yield from sorted(range(len(times)), key=lambda place: around[place + 2] - around[place])

    def _may_go(self, place: int) -> bool:
        """Return whether a scene may go: it shows nothing, or another one stands for it from now on."""
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
