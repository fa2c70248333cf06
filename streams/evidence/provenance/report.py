"""All that a photo's file says about its origin, as findings for people and readings for the policy."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from schemas.records import ProvenanceFinding, Reading
from streams.evidence.provenance import credentials, gb45438, generators, source_type, text, tiff, video_tags, xmp
from streams.evidence.provenance.blocks import Block, Bytes
from streams.evidence.provenance.containers import walk
from streams.evidence.provenance.credentials import Credentials
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

VERSION = "provenance/1"
State = Literal["present", "absent", "stripped", "invalid"]

_AI_KINDS = frozenset({GB45438, C2PA_AI, GENERATOR, VISIBLE})
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Report:
    """Findings, each kind that was looked for at least once, and readings without a medium's id."""

    findings: tuple[ProvenanceFinding, ...]
    readings: tuple[Reading, ...]


@dataclass(slots=True)
class _Facts:
    """What the blocks of one file say, each in its own words."""

    labels: list[Label]
    packets: list[xmp.Packet]
    boxes: list[Block]
    generators: list[str]
    cameras: list[str]
    programs: list[str]
    complete: bool = True
    makes: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)


def examine(photo: Bytes, anchors: str | None = None, seen: str | None = None) -> Report:
    """Return what a file says about its origin; never raises, whatever the file holds.

    ``anchors`` are the certificates (PEM) whose C2PA signatures are trusted; without them none is. ``seen`` is the
    visible label that was read in the picture, "" where there is none, None where nobody looked. A file with more
    metadata than is read makes the reading ``provenance`` unmeasured, and nothing is then said to be absent.
    """
    media_type, found = walk(photo)
    facts = _Facts([], [], [], [], [], [], complete=found.complete and not found.broken)
    for block in found.blocks:
        _take(block, facts)
    facts.cameras += _cameras(facts.makes, facts.models)
    proof = credentials.read(photo, media_type or "", facts.boxes, facts.packets, anchors)
    present = [*_label(facts.labels), *_credentials(proof), *_source_type(facts.packets), *_names(facts)]
    present += [] if seen is None else [_finding(VISIBLE, "present" if seen else "absent", seen)]
    why = (
        causes.METADATA_DAMAGED
        if found.broken
        else causes.METADATA_TOO_LONG
        if media_type
        else causes.METADATA_KIND_NOT_READ
    )
    return Report(tuple(_findings(present, facts)), tuple(_readings(present, facts, why)))


def _take(block: Block, facts: _Facts) -> None:
    if block.kind == "exif":
        _take_tags(block, facts)
    elif block.kind in {"xmp", "xmp_part"}:
        _take_packet(block.data, block.name, facts)
    elif block.kind == "jumbf":
        facts.boxes.append(block)
    elif block.kind == "tag":
        _take_tag(block.name, block.data, facts)
    else:
        _take_text(block.name, block.data, facts)


def _take_text(keyword: str, data: bytes, facts: _Facts) -> None:
    own = keyword.lower() == "aigc"
    written = data.find(b"AIGC") if not own else 0
    if own or written >= 0:
        label = gb45438.in_text(text.decoded(data[written:] if _binary(keyword) else data), keyword, own=own)
        facts.labels += [label] if label else []
    if _binary(keyword):
        return
    said = text.decoded(data[: text.LONGEST])
    facts.generators += [name for name in (generators.of_text(keyword, said),) if name]
    facts.programs += [said] if keyword == "Software" else []


def _take_tag(name: str, data: bytes, facts: _Facts) -> None:
    """Note what a tag of a video says. Names that a program gave a domain of its own end with what they mean."""
    name, said = name.lower(), text.decoded(data)
    own = gb45438.is_label(name)
    written = max(0, data.find(b"AIGC"))
    label = gb45438.in_text(said if own else text.decoded(data[written:]), shown(name), own=own)
    facts.labels += [label] if label else []
    if said.lstrip("\ufeff ").startswith(("<?xpacket", "<x:xmpmeta")):
        _take_packet(data, shown(name), facts)
    facts.generators += video_tags.generators_in(name, said)
    said = said.strip("\x00 ")
    facts.makes += [said] if name in video_tags.MAKE else []
    facts.models += [said] if name in video_tags.MODEL else []
    if name in video_tags.SOFTWARE:
        facts.programs.append(f"Android {said}" if name == video_tags.ANDROID else said)


def _cameras(makes: list[str], models: list[str]) -> list[str]:
    """Return the cameras that tags name: the first make with each model."""
    make = next(iter(makes), "")
    named = [model if model.startswith(make) else f"{make} {model}" for model in models]
    return named or makes


def _binary(keyword: str) -> bool:
    """Return whether a text may begin with bytes of another format: segments and what stands after a picture."""
    return keyword.startswith("APP") or keyword == "end of file"


def _take_packet(data: bytes, place: str, facts: _Facts) -> None:
    packet = xmp.parse(data)
    facts.packets.append(packet)
    facts.labels += gb45438.in_packet(packet, data, place)
    programs = [value for _, value in packet.of("CreatorTool") if value]
    credit = [value for _, value in packet.of("Credit") if value]
    facts.programs += programs
    facts.generators += [name for value in programs + credit if (name := generators.name_in(value))]


def _take_tags(block: Block, facts: _Facts) -> None:
    tags = tiff.tags(block.data)
    facts.complete &= tags.complete
    if not tags.readable and b"AIGC" in block.data:
        facts.labels.append(Label(block.name, "invalid", {}, "the EXIF block that names it cannot be read"))
    comments = [text.comment(value, tags) for value in tags.of(tiff.USER_COMMENT)]
    comments += [text.wide(value) for value in tags.of(tiff.XP_COMMENT)]
    described = [text.decoded(value) for tag in (tiff.IMAGE_DESCRIPTION, tiff.ARTIST) for value in tags.of(tag)]
    for said in comments + described:
        label = gb45438.in_text(said, block.name, own=False)
        facts.labels += [label] if label else []
        facts.generators += [name for name in (generators.of_comment(said),) if name]
    for packet in tags.of(tiff.XMP):
        _take_packet(packet, "XMP", facts)
    clipped = tiff.C2PA in tags.clipped
    facts.boxes += [Block("jumbf", block.name, box, clipped) for box in tags.of(tiff.C2PA)]
    _take_makers(tags, facts)


def _take_makers(tags: tiff.Tags, facts: _Facts) -> None:
    make, model = tags.text(tiff.MAKE), tags.text(tiff.MODEL)
    graphs = [*generators.of_fields((make, model))]
    facts.generators += graphs
    if (make or model) and not graphs:
        facts.cameras.append(model if model.startswith(make) else f"{make} {model}".strip())
    software = tags.text(tiff.SOFTWARE)
    facts.programs += [software] if software else []
    facts.generators += [
        name for value in (software, make, tags.text(tiff.ARTIST)) if (name := generators.name_in(value))
    ]


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


def _names(facts: _Facts) -> Iterator[ProvenanceFinding]:
    for kind, names in ((GENERATOR, facts.generators), (CAMERA, facts.cameras), (SOFTWARE, facts.programs)):
        if names:
            yield _finding(kind, "present", _list(names))


def _list(values: Iterable[str]) -> str:
    once = list(dict.fromkeys(shown(value, 160) for value in values))
    more = f" and {len(once) - _MOST_SHOWN} more" if len(once) > _MOST_SHOWN else ""
    return "; ".join(once[:_MOST_SHOWN]) + more


def _findings(present: list[ProvenanceFinding], facts: _Facts) -> Iterator[ProvenanceFinding]:
    found = {finding.kind for finding in present}
    yield from present
    if facts.complete:
        for kind in (GB45438, C2PA, SOURCE_TYPE, GENERATOR, CAMERA, SOFTWARE):
            if kind not in found:
                yield _finding(kind, "absent")


def _readings(present: list[ProvenanceFinding], facts: _Facts, why: Cause) -> Iterator[Reading]:
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
