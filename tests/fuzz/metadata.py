"""Fuzzing of the metadata parsers: ``python -m tests.fuzz.metadata --minutes 10``.

Files of every container with labels, manifests and chunks get faults and go through :func:`examine`. It must never
raise, never be slow, and never find a label or generator where the file that the faults went into has none. Each file
can be made again from its seed and case: ``--case N`` looks at one. Prints one JSON object; status 1 when something
was wrong.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from schemas.records import ProvenanceFinding, Reading
from streams.evidence.provenance.report import Report, examine
from tests.fuzz.mutations import mutated
from tests.photos import jpeg, png, saved
from tests.unit.evidence.provenance.files import (
    SMALL,
    box,
    gif_comment,
    gif_with,
    gif_xmp,
    heic_with,
    itxt,
    jpeg_exif,
    jpeg_exif_parts,
    jpeg_with,
    jpeg_xmp,
    packet,
    png_with,
    segment,
    text_chunk,
    tiff_with,
    user_comment,
)
from tests.unit.evidence.provenance.signing import signed
from tests.unit.evidence.provenance.test_credentials import moved
from tests.unit.evidence.provenance.test_gb45438 import CARRIERS
from tests.unit.evidence.provenance.test_generators import GRAPH, PLACES, STEPS
from tests.unit.evidence.provenance.test_videos import LABELLED
from tests.unit.evidence.provenance.video_files import (
    XMP,
    attached,
    international,
    itunes,
    keyed,
    matroska_with,
    mp4_with,
    plain,
    simple,
    tags,
)

SLOWEST_S = 2.0
"""Of CPU, on one file."""
_OTHER = packet('xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Credit="a shop" p:City="Jingdezhen"')
_WORDS = '{"Name":"1","Maker":"a shop","Number":"p-1"}'


def labelled() -> list[bytes]:
    """Return a file for each place where a label may stand, and signed photos."""
    videos = [*LABELLED.values(), signed(plain(), media_type="video/mp4")]
    traces = [place(text) for place in PLACES.values() for text in (STEPS, GRAPH, "由即梦AI生成")]
    parts = jpeg_with(jpeg_exif_parts(user_comment("a cup " * 12_000 + STEPS), 20_000))
    return [
        *CARRIERS.values(),
        *(signed() for _ in range(6)),
        *videos,
        *traces,
        parts,
        *(photo for _, photo in moved()),
    ]


def unlabelled() -> list[bytes]:
    """Return files of the same build whose metadata is about something else: no fault makes a label of it."""
    return [
        jpeg_with(jpeg_xmp(_OTHER), jpeg_exif(user_comment(_WORDS)), segment(0xEB, _WORDS.encode())),
        png_with(itxt("XML:com.adobe.xmp", _OTHER, packed=True), text_chunk("Note", _WORDS), text_chunk("N", "1")),
        saved(SMALL, "WEBP", xmp=_OTHER, exif=user_comment(_WORDS)),
        gif_with(gif_xmp(_OTHER) + gif_comment(_WORDS.encode())),
        tiff_with({0x02BC: _OTHER}),
        heic_with(xmp=_OTHER, exif=b"Exif\x00\x00" + user_comment(_WORDS)),
        saved(SMALL, "AVIF", xmp=_OTHER),
        jpeg(SMALL),
        png(SMALL),
        mp4_with(keyed({"title": "a cup", "note": _WORDS}) + box(b"udta", itunes({b"\xa9cmt": _WORDS.encode()}))),
        mp4_with(box(b"udta", international(b"\xa9inf", _WORDS)), after=box(b"uuid", XMP + _OTHER), suffix=".mov"),
        matroska_with(tags(simple("NOTE", _WORDS, simple("A", "b"))) + attached("a.xmp", "text/xml", _OTHER)),
        matroska_with(tags(simple("NOTE", _WORDS)), suffix=".webm", live=True),
    ]


@dataclass
class Tally:
    """What came of the files so far; ``wrong`` names cases and why."""

    files: int = 0
    labels: int = 0
    invalid: int = 0
    stripped: int = 0
    slowest_s: float = 0.0
    wrong: list[str] = field(default_factory=list)


def looked_at(photo: bytes, name: str, tally: Tally, *, may_be_labelled: bool) -> None:
    """Examine one file and count what came of it."""
    began = time.process_time()
    try:
        report = examine(photo)
    except BaseException as exc:  # noqa: BLE001 - whatever comes out is what is looked for
        tally.wrong.append(f"{name}: {type(exc).__name__}: {exc}")
        return
    took = time.process_time() - began
    tally.files += 1
    tally.slowest_s = max(tally.slowest_s, took)
    states: set[str] = {finding.state for finding in report.findings if finding.kind == "gb45438"}
    tally.labels += "present" in states
    tally.invalid += "invalid" in states
    tally.stripped += "stripped" in states
    tally.wrong += [f"{name}: {fault}" for fault in _faults(report, states, took, may_be_labelled=may_be_labelled)]


def _faults(report: Report, states: set[str], took: float, *, may_be_labelled: bool) -> Iterator[str]:
    if took > SLOWEST_S:
        yield f"took {took:.1f} s"
    if states & {"present", "stripped", "invalid"} and not may_be_labelled:
        yield f"a label where there is none: {sorted(states)}"
    if not may_be_labelled and any(one.kind == "generator" and one.state == "present" for one in report.findings):
        yield "a generator where there is none"
    if not all(finding.detail.isprintable() or not finding.detail for finding in report.findings):
        yield "an unprintable detail"
    try:
        msgspec.convert(msgspec.to_builtins(report.findings), tuple[ProvenanceFinding, ...])
        msgspec.convert(msgspec.to_builtins(report.readings), tuple[Reading, ...])
        msgspec.json.encode(report.findings).decode()
    except (msgspec.ValidationError, UnicodeError) as exc:
        yield f"breaks the contract: {exc}"


def run(cases: range, seed: int, tally: Tally, until: float = float("inf")) -> None:
    """Look at the given cases, every other one without a label, as long as there is time."""
    seeds: tuple[Sequence[bytes], Sequence[bytes]] = (labelled(), unlabelled())
    for case in cases:
        if time.monotonic() > until:
            return
        looked_at(mutated(seeds[case % 2], case, seed), f"case {case}", tally, may_be_labelled=case % 2 == 0)


def main() -> int:
    """Return 0 when nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--case", type=int)
    asked = parser.parse_args()
    cases = range(sys.maxsize) if asked.case is None else range(asked.case, asked.case + 1)
    tally = Tally()
    run(cases, asked.seed, tally, time.monotonic() + 60 * asked.minutes)
    sys.stdout.write(json.dumps(vars(tally) | {"slowest_s": round(tally.slowest_s, 3)}) + "\n")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
