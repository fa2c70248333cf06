"""Frames of a moving picture, opened: those that a video stores whole, or those of an animated picture.

Encoders of videos store a frame whole every second or so, and where a scene changes; others are decoded only where that
is asked for. FFmpeg is handed an open file; it may open nothing else, and only the container that the file is.
"""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from streams.errors import MediaUnreadable
from streams.evidence.files import av1
from streams.evidence.files.colours import Colour
from streams.evidence.files.limits import Limits
from streams.evidence.files.media_kinds import HEAD_BYTES, VideoFormat, video_format
from streams.evidence.files.video_file import VideoFile
from streams.wording import causes

LATEST_S = 1e6
"""A frame that claims to be later than eleven days is a sign of damage."""
APART_S = 0.4
"""A frame nearer to the one before is passed over, unless something else is asked for."""
MOST_DECODED = 7_200
"""Frames that are decoded where every one is: four minutes as telephones record."""
MOST_OF_A_RUN = 64_000_000
"""Bytes from one whole frame of AV1 to the next that are decoded: two minutes of a telephone's."""
MOST_PACKETS = 100_000
"""Packets that are counted to learn how long a video is that does not say so: those of an hour."""
_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_AV1 = "av01"
_DECODED = frozenset({"avc1", "h264", "hev1", "hvc1", "hevc", "mp4v", "fmp4", "vp80", "vp90", "mjpg", "jpeg", _AV1})
"""Codecs that are decoded here: where one of them gives no frame, the video is damaged."""
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(slots=True)
class Clip:
    """A moving picture: its format, its size as it is shown (px), its length as the file states it (0: it does not).

    ``frames`` are those that are looked at, with the second of each, BGR. The length of an animated picture is known
    once they were read.
    """

    format: str
    width: int
    height: int
    length_s: float
    frames: Iterator[tuple[float, Colour]]


@contextmanager
def opened(file: VideoFile, limits: Limits, *, every_frame: bool = False, apart_s: float = APART_S) -> Iterator[Clip]:
    """Give the frames of a video that are stored whole, or all, as far as they are ``apart_s`` seconds apart.

    A length that the file does not state is that of its last packet. Raises :class:`MediaUnreadable`, also while the
    frames are read.
    """
    if len(file) > limits.video_bytes:
        raise MediaUnreadable(causes.file_too_large(len(file), limits.video_bytes))
    container = video_format(file[:HEAD_BYTES])
    if container is None:
        raise MediaUnreadable(causes.NOT_A_VIDEO)
    try:
        last_s = _last_packet_s(file, container)
        with _captured(file, container, every_frame=every_frame) as capture:
            codec = _codec(capture)
            if capture.isOpened() and codec != _AV1:
                yield _clip(capture, container, limits, _some(_decoded(capture, apart_s), codec), last_s)
                return
            turn = round(capture.get(cv2.CAP_PROP_ORIENTATION_META))  # that of stored packets is not told
        with _captured(file, container, raw=True) as capture:
            codec = _codec(capture)
            found = _of_av1(capture, turn, apart_s, every_frame=every_frame) if codec == _AV1 else iter(())
            frames = _some(found, codec)
            clip = _clip(capture, container, limits, frames, last_s)
            yield replace(clip, width=clip.height, height=clip.width) if turn % 180 else clip
    except cv2.error as exc:
        raise MediaUnreadable(causes.VIDEO_DAMAGED) from exc


@contextmanager
def _captured(
    file: VideoFile, container: VideoFormat, *, raw: bool = False, every_frame: bool = False
) -> Iterator[Any]:
    """Give OpenCV's capture of a video, of its whole frames or of all; a ``raw`` one gives packets as they are."""
    discarded = "none" if every_frame or raw else "nonkey"
    os.environ[_OPTIONS] = f"protocol_whitelist;file|format_whitelist;{container.demuxer}|avdiscard;{discarded}"
    how = [cv2.CAP_PROP_N_THREADS, 1, *((cv2.CAP_PROP_FORMAT, -1) if raw else ())]
    capture = cv2.VideoCapture(file.path, cv2.CAP_FFMPEG, how)
    try:
        yield capture
    finally:
        capture.release()


def _clip(
    capture: Any, container: VideoFormat, limits: Limits, frames: Iterator[tuple[float, Colour]], last_s: float
) -> Clip:
    if not capture.isOpened():
        raise MediaUnreadable(causes.VIDEO_DAMAGED)
    width, height = _size(capture)
    if width * height > limits.pixels:
        raise MediaUnreadable(causes.picture_too_large(width, height, limits.pixels))
    return Clip(container.name, width, height, _length_s(capture) or last_s, frames)


def _size(capture: Any) -> tuple[int, int]:
    return round(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), round(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))


def _codec(capture: Any) -> str:
    """Return the four letters of a codec, "" where none is known."""
    number = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    return number.to_bytes(4, "little").decode("latin-1").lower().strip("\x00 ")


def _length_s(capture: Any) -> float:
    """Return the length that the file states, 0 where it states none."""
    rate, count = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    return count / rate if rate > 0 and count > 0 and math.isfinite(count / rate) else 0.0


def _at_s(capture: Any) -> float:
    at_s = float(capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
    if not at_s <= LATEST_S:  # or no number at all
        raise MediaUnreadable(causes.VIDEO_DAMAGED)
    return max(0.0, at_s)


def _last_packet_s(file: VideoFile, container: VideoFormat) -> float:
    """Return when a video's last packet is shown, in seconds; 0 where the file states its length, or has no packet."""
    with _captured(file, container) as capture:
        if not capture.isOpened() or _length_s(capture):
            return 0.0
    last_s = 0.0
    with _captured(file, container, raw=True) as capture:
        for _ in range(MOST_PACKETS):
            if not capture.grab():
                break
            last_s = max(last_s, _at_s(capture))
    return last_s


def _decoded(capture: Any, apart_s: float) -> Iterator[tuple[float, Colour]]:
    last_s = -math.inf
    for _ in range(MOST_DECODED):
        if not capture.grab():
            return
        at_s = _at_s(capture)
        if 0 <= at_s - last_s < apart_s:
            continue
        read, pixels = capture.retrieve()
        if read and pixels is not None and pixels.size:
            last_s = at_s
            yield at_s, pixels


def _of_av1(capture: Any, turn: int, apart_s: float, *, every_frame: bool) -> Iterator[tuple[float, Colour]]:
    """Yield frames of an AV1 video, turned by so many degrees: the whole ones, or all."""
    size, last_s = _size(capture), -math.inf
    for times_s, packets, configuration in _runs(capture, every_frame=every_frame):
        wanted = list[int]()
        for number, at_s in enumerate(times_s):
            if not 0 <= at_s - last_s < apart_s:
                wanted.append(number)
                last_s = at_s
        try:
            for number, pixels in zip(wanted, av1.decoded(packets, configuration, size, wanted), strict=True):
                bgr = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)
                upright = bgr if turn not in _TURNS else np.asarray(cv2.rotate(bgr, _TURNS[turn]), np.uint8)
                yield times_s[number], upright
        except Exception as exc:  # a decoder may raise anything, and all of it means the same
            raise MediaUnreadable(causes.VIDEO_DAMAGED) from exc


def _runs(capture: Any, *, every_frame: bool) -> Iterator[tuple[list[float], list[bytes], bytes]]:
    """Yield runs of packets that begin with a whole frame, with the time of each and the decoder's configuration.

    Of a run that is too long its beginning alone, and where not every frame is wanted the whole one.
    """
    extra = int(capture.get(cv2.CAP_PROP_CODEC_EXTRADATA_INDEX))
    times_s, packets, configuration, room = list[float](), list[bytes](), b"", 0
    for _ in range(MOST_DECODED if every_frame else MOST_PACKETS):
        if not capture.grab():
            break
        read, packet = capture.retrieve()
        if read and capture.get(cv2.CAP_PROP_LRF_HAS_KEY_FRAME):
            if packets:
                yield times_s, packets, configuration
            times_s, packets, room = [], [], MOST_OF_A_RUN
            configuration = capture.retrieve(None, extra)[1].tobytes()
        elif not (read and every_frame and packet.size <= room):  # a run ends where a part of it is missing
            room = 0
            continue
        times_s.append(_at_s(capture))
        packets.append(packet.tobytes())
        room -= packet.size
    if packets:
        yield times_s, packets, configuration


def _some(frames: Iterator[tuple[float, Colour]], codec: str) -> Iterator[tuple[float, Colour]]:
    """Yield the frames; raises what says why there are none: a video is damaged, or nothing here decodes its codec."""
    first = next(frames, None)
    if first is None:
        known = codec in _DECODED or not codec.isalnum()
        raise MediaUnreadable(causes.VIDEO_DAMAGED if known else causes.video_codec(codec))
    yield first
    yield from frames
