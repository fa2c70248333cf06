"""What a video's file says of its origin, wherever a container has room for it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.evidence.files.video_file import VideoFile
from streams.evidence.provenance.report import Report, examine
from tests.unit.evidence.provenance.files import a_label, box, labelled_packet, packet
from tests.unit.evidence.provenance.signing import SOURCE_TYPES, an_authority, signed
from tests.unit.evidence.provenance.video_files import (
    XMP,
    attached,
    data,
    full,
    international,
    itunes,
    keyed,
    matroska_with,
    mp4_with,
    of_3gpp,
    plain,
    simple,
    tags,
)

GRAPH = {"3": {"class_type": "KSampler", "inputs": {"seed": 7}}}
VHS = json.dumps({"prompt": json.dumps(GRAPH), "workflow": {"last_node_id": 9, "nodes": []}})


def details(report: Report, kind: str) -> list[str]:
    return [finding.detail for finding in report.findings if finding.kind == kind and finding.state == "present"]


def values(report: Report) -> dict[str, Any]:
    return {reading.name: reading.value for reading in report.readings if reading.value is not None}


def unmeasured(report: Report) -> dict[str, str]:
    return {reading.name: reading.unmeasured for reading in report.readings if reading.unmeasured is not None}


LABELLED = {
    "MP4, the standard's key in udta": mp4_with(box(b"udta", keyed({"AIGC": a_label()}))),
    "MP4, the key beside the movie": mp4_with(keyed({"title": "a cup", "AIGC": a_label()})),
    "MP4, the key in a box without a version": mp4_with(keyed({"AIGC": a_label()}, plain_box=True)),
    "MP4, a key in a domain": mp4_with(keyed({"com.example.AIGC": a_label()})),
    "MP4, on a track": mp4_with(box(b"trak", box(b"udta", keyed({"AIGC": a_label()})))),
    "MP4, a name of iTunes' manner": mp4_with(box(b"udta", itunes({}, {"AIGC": a_label()}))),
    "MP4, a comment": mp4_with(box(b"udta", itunes({b"\xa9cmt": f'{{"AIGC":{a_label()}}}'.encode()}))),
    "MP4, a comment in UTF-16": mp4_with(
        box(b"udta", itunes({})) + box(b"udta", full(b"meta", full(b"hdlr", bytes(20)) + box(
            b"ilst", box(b"\xa9cmt", data(f"AIGC{a_label()}".encode("utf-16-be"), 2))))),
    ),
    "MP4, a description of 3GPP": mp4_with(box(b"udta", of_3gpp(b"dscp", f"AIGC:{a_label()}"))),
    "MP4, a bare box": mp4_with(box(b"udta", box(b"AIGC", a_label().encode()))),
    "MP4, XMP": mp4_with(after=box(b"uuid", XMP + labelled_packet())),
    "MP4, XMP in the movie": mp4_with(box(b"uuid", XMP + labelled_packet())),
    "MP4, after the last box": mp4_with(after=f"AIGC{a_label()}".encode()),
    "QuickTime, XMP": mp4_with(box(b"udta", box(b"XMP_", labelled_packet())), suffix=".mov"),
    "QuickTime, a text": mp4_with(
        box(b"udta", international(b"\xa9inf", f"AIGC{a_label()}") + bytes(4)), suffix=".mov"
    ),
    "Matroska, a tag": matroska_with(tags(simple("AIGC", a_label()))),
    "Matroska, a tag below a tag": matroska_with(tags(simple("MADE", "x", simple("AIGC", a_label())))),
    "Matroska, a comment": matroska_with(tags(simple("COMMENT", f'{{"AIGC":{a_label()}}}'))),
    "Matroska, attached XMP": matroska_with(attached("about.xmp", "text/xml", labelled_packet())),
    "Matroska, an attached file": matroska_with(attached("AIGC.json", "application/json", a_label().encode())),
    "Matroska, after the end": matroska_with(after=f"AIGC{a_label()}".encode()),
    "WebM, a tag": matroska_with(tags(simple("AIGC", a_label())), suffix=".webm"),
    "WebM, recorded live": matroska_with(tags(simple("AIGC", a_label())), suffix=".webm", live=True),
}  # fmt: skip


@pytest.mark.parametrize("place", LABELLED)
def test_a_label_is_read_wherever_a_video_carries_it(place: str) -> None:
    report = examine(LABELLED[place])
    (said,) = details(report, "gb45438")
    assert said.startswith('Label 1 (AI-generated); ContentProducer "豆包"')
    assert values(report)["declared_ai"] is True
    assert unmeasured(report) == {}


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_a_plain_video_says_nothing_and_all_of_it_was_read(suffix: str) -> None:
    report = examine(plain(suffix))
    assert details(report, "software") == ["Lavf62.12.101"] or details(report, "software")[0].startswith("Lavf")
    assert values(report) == {
        "declared_ai": False, "label_stripped": False, "label_invalid": False, "camera_named": False,
    }  # fmt: skip
    assert {(one.kind, one.state) for one in report.findings if one.kind in {"gb45438", "generator", "camera"}} == {
        ("gb45438", "absent"), ("generator", "absent"), ("camera", "absent"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "where", [plain(), mp4_with(keyed({"AIGC": a_label()})), matroska_with(tags(simple("AIGC", a_label())))]
)
def test_a_video_on_disk_says_what_it_says_in_memory(where: bytes) -> None:
    with VideoFile.of([where[:1_000], where[1_000:]]) as file:
        assert len(file) == len(where)
        assert examine(file) == examine(where)


@pytest.mark.parametrize(
    ("label", "state"),
    [
        ("", "label_stripped"),
        ("{}", "label_stripped"),
        ('{"Label":"1"', "label_invalid"),
        ('{"Label":"7"}', "label_invalid"),
    ],
)
def test_an_emptied_or_broken_label_is_told_from_none(label: str, state: str) -> None:
    for video in (matroska_with(tags(simple("AIGC", label))), mp4_with(keyed({"AIGC": label, "title": "a cup"}))):
        assert values(examine(video))[state] is True


PHONES = {
    "Apple": (
        mp4_with(
            keyed({
                "com.apple.quicktime.make": "Apple", "com.apple.quicktime.model": "iPhone 15 Pro",
                "com.apple.quicktime.software": "17.5.1", "com.apple.quicktime.location.ISO6709": "+31.2+121.4/",
            }, plain_box=True),
            suffix=".mov",
        ),
        "Apple iPhone 15 Pro", "17.5.1",
    ),
    "Android": (
        mp4_with(keyed({
            "com.android.version": "14", "com.android.manufacturer": "Xiaomi", "com.android.model": "23116PN5BC",
        })),
        "Xiaomi 23116PN5BC", "Android 14",
    ),
    "older Android": (
        mp4_with(box(b"udta", of_3gpp(b"manu", "HUAWEI") + of_3gpp(b"modl", "HUAWEI P30"))),
        "HUAWEI P30", "",
    ),
    "user data": (
        mp4_with(box(b"udta", international(b"\xa9mak", "Canon") + international(b"\xa9mod", "EOS R6")
                     + international(b"\xa9swr", "1.8.1"))),
        "Canon EOS R6", "1.8.1",
    ),
    "iTunes' manner": (
        mp4_with(box(b"udta", itunes({b"\xa9mak": b"DJI", b"\xa9mod": b"FC8482", b"\xa9too": b"DJI Mimo"}))),
        "DJI FC8482", "DJI Mimo",
    ),
    "Matroska": (matroska_with(tags(simple("MAKE", "Sony"), simple("MODEL", "ZV-1"))), "Sony ZV-1", ""),
}  # fmt: skip


@pytest.mark.parametrize("phone", PHONES)
def test_the_camera_and_its_software_are_named(phone: str) -> None:
    video, camera, software = PHONES[phone]
    report = examine(video)
    assert details(report, "camera") == [camera]
    assert software in "; ".join(details(report, "software"))
    assert values(report)["camera_named"] is True
    assert values(report)["declared_ai"] is False
    assert details(report, "generator") == []


GENERATED = {
    "ComfyUI's helper suite, in the comment": mp4_with(box(b"udta", itunes({b"\xa9cmt": VHS.encode()}))),
    "ComfyUI itself, by key": mp4_with(box(b"udta", keyed({"prompt": json.dumps(GRAPH), "workflow": "{}"}))),
    "ComfyUI in WebM": matroska_with(tags(simple("PROMPT", json.dumps(GRAPH))), suffix=".webm"),
    "settings of Stable Diffusion": mp4_with(
        box(b"udta", itunes({b"\xa9cmt": b"a cracked cup\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"}))
    ),
    "Sora": mp4_with(box(b"udta", international(b"\xa9swr", "Sora")), suffix=".mov"),
    "LTX": mp4_with(keyed({"encoder": "LTX-2"})),
    "Luma's Ray": mp4_with(keyed({"encoder": "Luma Ray3"})),
    "a sentence in a comment": mp4_with(keyed({"comment": "内容由AI生成，请仔细甄别"})),
    "a model in a comment": mp4_with(keyed({"comment": "wan2_i2v_high_noise.safetensors"})),
    "Kling": mp4_with(box(b"udta", itunes({b"\xa9too": "可灵AI".encode()}))),
    "Runway": mp4_with(keyed({"software": "Runway Gen-4"})),
    "Pika": matroska_with(tags(simple("ENCODER", "Pika 2.2"))),
    "Jimeng": mp4_with(keyed({"comment": "由即梦AI生成"})),
    "Veo": mp4_with(keyed({"com.apple.quicktime.software": "Veo 3.1"})),
    "a word for it": matroska_with(tags(simple("DESCRIPTION", "This clip is AI-generated."))),
    "XMP's tool": mp4_with(
        after=box(b"uuid", XMP + packet('xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Adobe Firefly"'))
    ),
}  # fmt: skip


@pytest.mark.parametrize("generator", GENERATED)
def test_what_a_generator_leaves_in_a_video_is_found(generator: str) -> None:
    report = examine(GENERATED[generator])
    assert details(report, "generator") != []
    assert values(report)["declared_ai"] is True


@pytest.mark.parametrize(
    "said",
    [
        ("title", "Pika, the cat of Sora and Luma"),
        ("comment", "delivered by the runway at gate 4, Wan Chai"),
        ("description", "豆包和奶黄包，收到时破损"),
        ("encoder", "HandBrake 1.7.3 2024021000"),
        ("software", "Adobe Premiere Pro 2024.0"),
        ("encoder", "Lavf60.3.100"),
        ("software", "CapCut 12.0"),
        ("com.android.model", "Luma Note 5"),
    ],
)
def test_words_that_only_sound_like_a_generator_are_none(said: tuple[str, str]) -> None:
    for video in (mp4_with(keyed(dict([said]))), matroska_with(tags(simple(*said)))):
        assert details(examine(video), "generator") == []


def test_a_manifest_in_a_video_is_verified() -> None:
    authority = an_authority()
    sound = signed(plain(), media_type="video/mp4")
    made = signed(plain(), media_type="video/mp4", digitalSourceType=f"{SOURCE_TYPES}trainedAlgorithmicMedia")
    with VideoFile.of([sound]) as file:
        assert [one.state for one in examine(file, authority.anchors).findings if one.kind == "c2pa"] == ["present"]
    assert details(examine(made), "c2pa_ai") != []
    assert values(examine(made))["declared_ai"] is True
    changed = bytearray(sound)
    changed[changed.index(b"mdat") + 200] ^= 1
    assert values(examine(bytes(changed)))["label_invalid"] is True


def test_a_manifest_in_a_container_that_has_no_place_for_one_is_not_taken_for_valid() -> None:
    report = examine(matroska_with(attached("m.c2pa", "application/c2pa", b"\x00\x00\x00\x20jumb c2pa")))
    assert values(report)["label_invalid"] is True


@pytest.mark.parametrize(
    "cut",
    [
        mp4_with(keyed({"AIGC": a_label()}))[:-30],
        mp4_with(after=box(b"uuid", XMP + labelled_packet())[:-30]),
        mp4_with(box(b"udta", box(b"meta", b"\x00\x00\xff\xffilst"))),
        mp4_with(box(b"udta", b"\x00\x00\x00\x03bad!" + bytes(8))),
        mp4_with(box(b"cmov", bytes(40))),
        matroska_with(tags(simple("AIGC", a_label())))[:-30],
        matroska_with(tags(simple("AIGC", a_label())), suffix=".webm", live=True)[:-30],
        matroska_with(b"\x12T\xc3g\x8f" + bytes(15)),
        matroska_with(attached("m.c2pa", "application/c2pa", b"c2pa")[:-3]),
    ],
)
def test_metadata_that_is_cut_off_or_damaged_is_unmeasured_never_absent(cut: bytes) -> None:
    report = examine(cut)
    assert "provenance" in unmeasured(report)
    assert [one for one in report.findings if one.state == "absent"] == []
    assert values(report).get("declared_ai") is not False


def test_more_tags_than_are_read_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.evidence.provenance.movie.LONGEST_TEXT", 100)
    assert "provenance" in unmeasured(examine(mp4_with(keyed({"comment": "x" * 200}))))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([mp4_with(keyed({"title": "cup"})), matroska_with(tags(simple("TITLE", "cup")))]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12),
)
def test_damage_never_makes_a_label_and_never_raises(video: bytes, changes: list[tuple[float, int]]) -> None:
    damaged = bytearray(video)
    for place, value in changes:
        damaged[int(place * len(damaged))] = value
    assert details(examine(bytes(damaged)), "gb45438") == []
