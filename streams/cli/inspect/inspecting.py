"""One line of ``inspect``: files in, one finding out, by the same engine and policy that judge requests.

Runs in this process for one claim, and in processes of a pool for many: what goes in and comes out can be pickled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import msgspec
import numpy as np

from schemas.records import ProvenanceFinding, Reading, Reason
from streams.adapters.photos.label_models import means
from streams.cli.inspect.file import InspectedFile, inspected
from streams.errors import MediaUnreadable, OperatorError
from streams.evidence.comparing.media_comparison import compare
from streams.evidence.comparing.overlay import overlay
from streams.evidence.comparing.thin_lines import whole_mask
from streams.evidence.files.colours import ColourImage
from streams.evidence.files.limits import Limits
from streams.evidence.looking.examination import Examination, Means
from streams.evidence.pixels.difference import Mask
from streams.policy.pair_verdict import Judged, likeliest, photo_verdict
from streams.wording import causes
from streams.wording.cause import Cause, unmeasured


class Pair(msgspec.Struct, frozen=True):
    """One line in: a claim, and the references that it may have been made from; paths."""

    id: str
    claim: str
    references: Sequence[str]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line out, all lengths in claim pixels after orientation; :meth:`line` gives it as it is written."""

    id: str | None
    derived: bool = False
    best_reference: int | None = None
    altered: bool | None = None
    altered_fraction: float | None = None
    regions: Sequence[tuple[int, int, int, int]] = ()
    readings: Sequence[Reading] = ()
    provenance: Sequence[ProvenanceFinding] = ()
    verdict: Literal["CLEAR", "REVIEW"] = "REVIEW"
    error: str | None = None
    shown_reference: int | None = None
    reasons: Sequence[Reason] = ()
    overlay: bytes | None = None

    @property
    def worth_showing(self) -> bool:
        """Whether a person should see it: something was found, or went wrong."""
        return self.derived or bool(self.reasons) or self.error is not None

    def packed(self) -> bytes:
        """Return :meth:`line` as it is written to a file."""
        return msgspec.json.encode(self.line()) + b"\n"

    def line(self) -> Mapping[str, object]:
        """Return the fields that the surface fixes: readings by name, a value, or why there is none."""
        about: dict[str, object] = msgspec.to_builtins(self)
        for name in ("shown_reference", "overlay"):
            about.pop(name)
        about["reasons"] = [reason.code for reason in self.reasons]
        about["readings"] = {
            reading.name: {"unmeasured": reading.unmeasured} if reading.unmeasured is not None else reading.value
            for reading in self.readings
        }
        return about


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to write of each pair besides its finding, and the limits: seconds for a photo and for a video, bytes."""

    limits: Limits
    masks: Path | None = None
    overlays: bool = False
    anchors: str | None = None
    label_models: tuple[str, str] | None = None
    further_labels: str | None = None
    limit_s: float = 20.0
    video_limit_s: float = 120.0
    memory_bytes: int = 2_000_000_000


@dataclass(frozen=True, slots=True)
class _Reference:
    """A reference that could be looked at, by its place in the line."""

    at: int
    file: InspectedFile


def inspect(pair: Pair, wanted: Wanted) -> Finding:
    """Return what a claim has to do with its references; whatever cannot be looked at is the finding's ``error``.

    A reference that cannot be read does not keep the others from being compared. Writes the mask where one is wanted.
    """
    try:
        claim = inspected(
            Path(pair.claim), wanted.limits, means(wanted.anchors, wanted.label_models, wanted.further_labels)
        )
    except (OSError, MediaUnreadable) as exc:
        return failed(pair.id, f"claim {pair.claim}: {_said(exc)}", _why(exc))
    look = claim.found
    references, unread = _references(pair, wanted.limits)
    errors = [f"reference {pair.references[at]}: {_said(exc)}" for at, exc in unread.items()]
    besides = compare(claim.stills, [each.file.stills for each in references])
    found = photo_verdict(
        look.readings,
        besides,
        [each.file.sha256 == claim.sha256 for each in references],
        [_name(each.at) for each in references],
        {_name(at): _why(exc) for at, exc in unread.items()},
    )
    judged = found.pairs
    at = likeliest(judged)
    finding = Finding(
        id=pair.id,
        readings=look.readings,
        provenance=look.provenance,
        verdict=found.verdict,
        reasons=found.reasons,
    )
    if at is not None:
        finding = _with(finding, judged[at], references[at])
        if wanted.overlays:
            prints = judged[at].beside.prints or _first(claim, references[at].file)
            finding = msgspec.structs.replace(finding, overlay=_overlay(prints, judged[at]))
    if wanted.masks is not None:
        try:
            path = _mask_file(wanted.masks, pair.id)
            whole = None if at is None else _mask(judged[at], claim, references[at].file, wanted.limits)
            _write_mask(path, whole, look)
        except (OSError, OperatorError) as exc:
            errors.append(f"mask: {_said(exc)}")
    return msgspec.structs.replace(finding, error="; ".join(errors) or None)


def failed(name: str | None, error: str, why: Cause) -> Finding:
    """Return the finding where a claim could not be looked at, nor beside its references: a person looks."""
    found = photo_verdict([unmeasured("photo", why)], [], [], [], {_name(0): why})
    return Finding(id=name, verdict=found.verdict, reasons=found.reasons, error=error)


def _name(at: int) -> str:
    return f"r{at + 1}"


def _references(pair: Pair, limits: Limits) -> tuple[list[_Reference], dict[int, Exception]]:
    """Return the references that could be looked at, and of the others, by their place, why not."""
    references, errors = [], dict[int, Exception]()
    for at, path in enumerate(pair.references):
        try:
            references.append(_Reference(at, inspected(Path(path), limits, Means(mirrored=False))))
        except (OSError, MediaUnreadable) as exc:
            errors[at] = exc
    return references, errors


def _with(finding: Finding, judged: Judged, reference: _Reference) -> Finding:
    """Return the finding with what the likeliest source shows; regions only where the policy takes it for one."""
    return msgspec.structs.replace(
        finding,
        derived=judged.derived,
        best_reference=reference.at if judged.derived else None,
        altered=judged.altered,
        altered_fraction=None if judged.found is None else judged.found.altered_fraction,
        regions=() if judged.found is None else judged.found.regions,
        readings=(*finding.readings, *judged.readings),
        shown_reference=reference.at,
    )


def _first(claim: InspectedFile, reference: InspectedFile) -> tuple[ColourImage, ColourImage]:
    return claim.stills[0].photo.develop(), reference.stills[0].photo.develop()


def _overlay(prints: tuple[ColourImage, ColourImage], judged: Judged) -> bytes:
    return overlay(*prints) if judged.found is None else overlay(*prints, judged.found.regions, judged.found.mask)


def _mask_file(folder: Path, name: str) -> Path:
    if "/" in name or "\0" in name or name in {"", ".", ".."}:
        msg = f"the id {name!r} names no file: use letters, digits, and what is no slash"
        raise OperatorError(msg)
    return folder / f"{name}.png"


def _mask(judged: Judged, claim: InspectedFile, reference: InspectedFile, limits: Limits) -> Mask | None:
    if judged.found is None:
        return None
    return whole_mask(judged.beside, (claim.photo, reference.photo), limits)


def _write_mask(path: Path, whole: Mask | None, look: Examination) -> None:
    """Write the mask as PNG in the claim's size, 255 where it is altered; all zeros where nothing is localised."""
    if whole is None:
        size = {reading.name: reading.value for reading in look.readings}
        whole = np.zeros((int(str(size["height_px"])), int(str(size["width_px"]))), np.bool_)
    _, packed = cv2.imencode(".png", whole.astype(np.uint8) * 255, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    path.write_bytes(packed.tobytes())


def _why(exc: Exception) -> Cause:
    return exc.cause if isinstance(exc, MediaUnreadable) else causes.file_not_opened(_said(exc))


def _said(exc: Exception) -> str:
    return exc.strerror or str(exc) if isinstance(exc, OSError) else str(exc)
