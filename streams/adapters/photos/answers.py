"""What a photo process answers after a look or a comparison: all that the worker needs, and no pixels."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from schemas.records import Region
from streams.adapters.storage.evidence_store import Kept
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.features import features
from streams.evidence.looking import kept_panels, kept_stills
from streams.evidence.looking.examination import Examination
from streams.evidence.pixels import alteration
from streams.evidence.readings import measured
from streams.ports import Compared, Examined, ExaminedPart, MediumSource
from streams.wording import causes
from streams.wording.cause import Cause, unmeasured

_SHOWN_REGIONS = 12
"""Regions of one comparison that the evidence names, the largest: it has to fit into a message."""


def examined(
    source: MediumSource, kept: Kept | None, found: Examination | None, why: Cause = causes.LOOK_FAILED
) -> Examined:
    """Return what a look found, or why it found nothing; ``kept`` is our own copy, None where there is none."""
    kind: Literal["photo", "video"] = source.kind if kept is None else "video" if kept.video else "photo"
    readings = (unmeasured("photo", why),) if found is None else found.readings
    if kind != source.kind and found is not None:
        readings = (*readings, measured("actual_kind", kind))
    moving = found is not None and bool(kept_stills.unpack(found.features))
    whole = None if moving else found
    return Examined(
        readings=tuple(msgspec.structs.replace(reading, media_id=source.media_id) for reading in readings),
        kind=kind,
        sha256=None if kept is None else kept.sha256,
        size_bytes=None if kept is None else kept.size_bytes,
        stored=None if kept is None else kept.key,
        fingerprint=None if whole is None else whole.fingerprint,
        features=None if found is None else found.features,
        provenance=() if found is None else found.provenance,
        variants=()
        if whole is None or source.role != "claim"
        else features.variants(kept_panels.whole(whole.features)),
        parts=() if found is None else tuple(_parts(source, found)),
    )


def _parts(source: MediumSource, found: Examination) -> Iterator[ExaminedPart]:
    """Yield the parts of a medium in which there is something to be found by: stills, or panels."""
    for number, still in enumerate(kept_stills.unpack(found.features)):
        yield from _part(source, kept_stills.part(number), still.sha256, still.features, at_ms=still.at_ms)
    for number, panel in enumerate(kept_panels.unpack(found.features)):
        box = Region(x=panel.box.x, y=panel.box.y, width=panel.box.width, height=panel.box.height)
        yield from _part(source, kept_panels.part(number), panel.sha256, panel.features, region=box)


def _part(
    source: MediumSource,
    part: str,
    sha256: str,
    packed: bytes,
    *,
    at_ms: int | None = None,
    region: Region | None = None,
) -> Iterator[ExaminedPart]:
    seen = features.unpack(packed)
    if not seen.blank:
        yield ExaminedPart(
            part=part,
            at_ms=at_ms,
            region=region,
            sha256=sha256,
            fingerprint=seen.fingerprint,
            variants=features.variants(packed) if source.role == "claim" else (),
        )


def compared_as(beside: PairResult) -> Compared:
    """Return a comparison's result as the worker gets it; of its regions the largest :data:`_SHOWN_REGIONS`."""
    regions = () if beside.found is None else beside.found.regions[:_SHOWN_REGIONS]
    where = None if beside.found is None else alteration.altered(beside.found)
    return Compared(
        readings=beside.readings,
        regions=tuple(Region(x=x, y=y, width=width, height=height) for x, y, width, height in regions),
        altered=None if where is None else alteration.pack(where),
    )
