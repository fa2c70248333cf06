"""How a photo process sets itself up: its libraries, its desk, and one look that shows that it can.

:mod:`streams.adapters.photos.in_process` loads this by name: it brings all the libraries that look at photos.
"""

import time
from io import BytesIO

import cv2
from PIL import AvifImagePlugin, Image
from pillow_heif import options as heif

from streams.adapters.photos.examiner import Desk
from streams.adapters.photos.label_models import means
from streams.adapters.photos.messages import Plan
from streams.adapters.photos.stopwatch import Clock
from streams.adapters.storage.evidence_store import open_evidence_store
from streams.adapters.storage.files import FetchLimits
from streams.adapters.storage.media import open_media
from streams.evidence.files import jpeg_eighth
from streams.evidence.files.limits import Limits
from streams.evidence.looking import examination


def one_thread() -> None:
    """Have this process's libraries use one thread each, with the same results each time: a core for each process."""
    cv2.setNumThreads(1)
    cv2.setRNGSeed(1)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    heif.DECODE_THREADS = 1
    jpeg_eighth.allow()
    Image.MAX_IMAGE_PIXELS = None  # streams.evidence.files.decoding holds the limit, from settings


def open_desk(plan: Plan, clock: Clock = time.perf_counter) -> Desk:
    """Return a desk with both stores opened. Raises :class:`streams.errors.StoreUnavailable`."""
    fetch = FetchLimits(plan.size_bytes, plan.answer_s, plan.video_bytes, plan.video_s, plan.scratch)
    return Desk(
        open_media(plan.media_url, plan.media_hosts, fetch),
        open_evidence_store(plan.evidence_url, plan.answer_s, plan.scratch),
        _limits(plan),
        clock,
        means(plan.anchors, plan.label_models, plan.further_labels),
    )


def try_out(plan: Plan) -> None:
    """Return once a photo made here was looked at as a claim's photo is; whatever fails on the way is raised."""
    photo = BytesIO()
    Image.effect_noise((640, 480), 64).save(photo, "JPEG")
    examination.examine(
        photo.getvalue(), _limits(plan), means=means(plan.anchors, plan.label_models, plan.further_labels)
    )


def _limits(plan: Plan) -> Limits:
    return Limits(plan.size_bytes, plan.pixels, plan.video_bytes)
