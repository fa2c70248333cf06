"""All that a photo's file says about its origin, as findings for people and readings for the policy."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from schemas.records import ProvenanceFinding, Reading
from streams.evidence.provenance import credentials, gb45438, source_type, xmp
from streams.evidence.provenance.blocks import Bytes
from streams.evidence.provenance.containers import walk
from streams.evidence.provenance.credentials import Credentials
from streams.evidence.provenance.facts import Facts
from streams.evidence.provenance.finding_kinds import (
    C2PA,
    C2PA_AI,
    C2PA_REMOTE,
    CAMERA,
    GB45438,
    GENERATOR,
    SOFTWARE,
    SOURCE_TYPE,
    VISIBLE,
)
from streams.evidence.provenance.gb45438 import Label
from streams.evidence.provenance.sanitising import LONGEST_DETAIL, shown
from streams.evidence.readings import measured
from streams.wording import causes
from streams.wording.cause import Cause, unmeasured

VERSION = "provenance/7"
State = Literal["present", "absent", "stripped", "invalid"]

_AI_KINDS = frozenset({GB45438, C2PA_AI, GENERATOR, VISIBLE})
_MOST_SHOWN = 5
_HIDDEN = "Stable Diffusion (settings in the pixels)"


@dataclass(frozen=True, slots=True)
class Report:
    """Findings, each kind that was looked for at least once, and readings without a medium's id."""

    findings: tuple[ProvenanceFinding, ...]
    readings: tuple[Reading, ...]


def examine(photo: Bytes, anchors: str | None = None, seen: str | None = None, *, hidden: bool = False) -> Report:
    """Return what a file says about its origin; never raises, whatever the file holds.

    ``anchors`` are the certificates (PEM) whose C2PA signatures are trusted; without them none is. ``seen`` is the
    visible label that was read in the picture, "" where there is none, None where nobody looked. ``hidden`` says that a
    generator's settings stand in the pixels. Where the metadata is
    more than is read, or a part of it is missing, the reading ``provenance`` is unmeasured, and nothing is said to be
    absent.
    """
    media_type, found = walk(photo)
    facts = Facts(too_much=not found.complete, cut=found.broken)
    for block in found.blocks:
        facts.take(block)
    facts.end()
    facts.generators += [_HIDDEN] if hidden else []
    proof = credentials.read(photo, media_type or "", facts.boxes, facts.packets, anchors)
    present = [*_label(facts.labels), *_credentials(proof), *_source_type(facts.packets), *_names(facts)]
    present += [] if seen is None else [_finding(VISIBLE, "present" if seen else "absent", seen)]
    return Report(tuple(_findings(present, facts)), tuple(_readings(present, facts, _why(media_type, facts))))


def _why(media_type: str | None, facts: Facts) -> Cause:
    if media_type is None:
        return causes.METADATA_KIND_NOT_READ
    return causes.METADATA_DAMAGED if facts.cut else causes.METADATA_TOO_LONG


def _finding(kind: str, state: State, detail: str = "") -> ProvenanceFinding:
    return ProvenanceFinding(kind=kind, state=state, detail=shown(detail, LONGEST_DETAIL))


def _label(labels: list[Label]) -> Iterator[ProvenanceFinding]:
    present = [label for label in labels if label.state == "present"]
    broken = [f"{label.why}, in {label.place}" for label in labels if label.state == "invalid"]
    gone = [f"{label.why}, in {label.place}" for label in labels if label.state == "stripped"]
    if present:
        yield _finding(GB45438, "present", gb45438.sentence(present))
    if against := gb45438.contradiction(labels):
        broken.insert(0, against)
    if broken:
        yield _finding(GB45438, "invalid", _list(broken))
    if gone and not present:
        yield _finding(GB45438, "stripped", _list(gone))


def _credentials(proof: Credentials) -> Iterator[ProvenanceFinding]:
    if proof.state != "absent":
        yield _finding(C2PA, proof.state, proof.detail)
    if proof.actions:
        yield _finding(C2PA_AI, "present", _list(proof.actions))
    if proof.elsewhere:
        yield _finding(C2PA_REMOTE, "present", proof.elsewhere)


def _source_type(packets: list[xmp.Packet]) -> Iterator[ProvenanceFinding]:
    codes = source_type.codes(packets)
    if codes:
        yield _finding(SOURCE_TYPE, "present", _list(codes))
    if source_type.BY_AI & set(codes) and source_type.CAPTURED & set(codes):
        yield _finding(SOURCE_TYPE, "invalid", f"it says both: {_list(codes)}")


def _names(facts: Facts) -> Iterator[ProvenanceFinding]:
    for kind, names in ((GENERATOR, facts.generators), (CAMERA, facts.cameras), (SOFTWARE, facts.programs)):
        if names:
            yield _finding(kind, "present", _list(names))


def _list(values: Iterable[str]) -> str:
    once = list(dict.fromkeys(shown(value, 160) for value in values))
    more = f" and {len(once) - _MOST_SHOWN} more" if len(once) > _MOST_SHOWN else ""
    return "; ".join(once[:_MOST_SHOWN]) + more


def _findings(present: list[ProvenanceFinding], facts: Facts) -> Iterator[ProvenanceFinding]:
    found = {finding.kind for finding in present}
    yield from present
    if facts.complete:
        for kind in (GB45438, C2PA, SOURCE_TYPE, GENERATOR, CAMERA, SOFTWARE):
            if kind not in found:
                yield _finding(kind, "absent")


def _readings(present: list[ProvenanceFinding], facts: Facts, why: Cause) -> Iterator[Reading]:
    by_ai = bool(source_type.BY_AI & set(source_type.codes(facts.packets)))
    said = {
        "declared_ai": by_ai or any(one.kind in _AI_KINDS and one.state == "present" for one in present),
        "label_stripped": any(one.state == "stripped" for one in present),
        "label_invalid": any(one.state == "invalid" for one in present),
        "camera_named": any(one.kind == CAMERA for one in present),
    }
    if not facts.complete:
        yield unmeasured("provenance", why)
    for name, value in said.items():
        if value or facts.complete:
            yield measured(name, value, method=VERSION)
