"""What else a file says: source types, generators, cameras, programs; and what happens past the limits."""

import json
import struct

import pytest

from schemas.records import ProvenanceFinding
from streams.evidence.provenance import blocks
from streams.evidence.provenance.finding_kinds import finding_kinds
from streams.evidence.provenance.report import examine
from tests.photos import a_png_with_a_text_bomb, jpeg, packed_zeros, png, saved
from tests.unit.evidence.provenance.files import (
    SMALL,
    a_label,
    box,
    chunk,
    extended_xmp,
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
    tiff_block,
    user_comment,
)

IPTC = 'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
STEPS = "a broken cup\nNegative prompt: whole\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"


def found(photo: bytes, kind: str) -> list[ProvenanceFinding]:
    return [finding for finding in examine(photo).findings if finding.kind == kind]


def said(photo: bytes, name: str) -> object:
    return next((one.value for one in examine(photo).readings if one.name == name), None)


def typed(*codes: str) -> bytes:
    elements = "".join(f"<e:DigitalSourceType>{code}</e:DigitalSourceType>" for code in codes)
    return jpeg_with(jpeg_xmp(packet(IPTC, elements)))


@pytest.mark.parametrize("code", ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"])
@pytest.mark.parametrize("prefix", [TYPES, "", "digsrctype:"])
def test_a_source_type_of_ai_declares_ai(code: str, prefix: str) -> None:
    photo = typed(prefix + code)
    assert [(one.state, one.detail) for one in found(photo, "iptc_digital_source_type")] == [("present", code)]
    assert said(photo, "declared_ai") is True


def test_a_source_type_as_attribute_or_resource_is_read() -> None:
    value = f"{TYPES}trainedAlgorithmicMedia"
    as_attribute = jpeg_with(jpeg_xmp(packet(f'{IPTC} e:DigitalSourceType="{value}"')))
    as_resource = jpeg_with(jpeg_xmp(packet(IPTC, f'<e:DigitalSourceType rdf:resource="{value}"/>')))
    assert [said(photo, "declared_ai") for photo in (as_attribute, as_resource)] == [True, True]


def test_a_camera_as_source_declares_no_ai() -> None:
    photo = typed(f"{TYPES}digitalCapture")
    assert [one.detail for one in found(photo, "iptc_digital_source_type")] == ["digitalCapture"]
    assert said(photo, "declared_ai") is False


def test_a_source_that_is_both_camera_and_ai_contradicts_itself() -> None:
    photo = typed("digitalCapture", "trainedAlgorithmicMedia")
    assert [one.state for one in found(photo, "iptc_digital_source_type")] == ["present", "invalid"]
    assert (said(photo, "declared_ai"), said(photo, "label_invalid")) == (True, True)


GENERATED = {
    "A1111": png_with(text_chunk("parameters", STEPS)),
    "A1111, packed": png_with(text_chunk("parameters", STEPS, packed=True)),
    "A1111, JPEG": jpeg_with(jpeg_exif(user_comment(STEPS, b"UNICODE\x00", "utf-16-be", order=">"))),
    "ComfyUI, prompt": png_with(text_chunk("prompt", '{"3": {"inputs": {}, "class_type": "KSampler"}}')),
    "ComfyUI, workflow": png_with(text_chunk("workflow", '{"last_node_id": 3, "nodes": []}')),
    "ComfyUI, WebP": saved(
        SMALL, "WEBP", exif=tiff_block({0x010F: b'workflow:{"nodes":[]}\x00', 0x0110: b'prompt:{"3":{}}\x00'})
    ),
    "NovelAI": png_with(text_chunk("Software", "NovelAI"), text_chunk("Comment", '{"uncond_scale": 1.0}')),
    "InvokeAI": png_with(itxt("invokeai_metadata", b'{"positive_prompt":"x"}')),
    "Midjourney": jpeg_with(
        jpeg_exif(tiff_block({0x010E: b"a cup --v 6 --ar 3:2 Job ID: 0f1e2d3c-1111-2222-3333-444455556666\x00"}))
    ),
    "Software": jpeg_with(jpeg_exif(tiff_block({0x0131: b"Adobe Firefly\x00"}))),
    "Software in Chinese": jpeg_with(jpeg_exif(tiff_block({0x0131: "即梦AI\x00".encode()}))),
    "CreatorTool": jpeg_with(jpeg_xmp(packet('xmlns:x="http://ns.adobe.com/xap/1.0/" x:CreatorTool="Midjourney 6"'))),
    "Credit": jpeg_with(
        jpeg_xmp(packet('xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Credit="Made with Google AI"'))
    ),
}


@pytest.mark.parametrize("photo", GENERATED.values(), ids=GENERATED.keys())
def test_a_generators_traces_declare_ai(photo: bytes) -> None:
    assert [one.state for one in found(photo, "generator")] == ["present"]
    assert said(photo, "declared_ai") is True
    assert said(photo, "camera_named") is False


@pytest.mark.parametrize(
    "photo",
    [
        png_with(text_chunk("parameters", "exposure 1/60")),
        png_with(text_chunk("prompt", "what is this?")),
        png_with(text_chunk("workflow", "scan, crop, send")),
        png_with(text_chunk("Comment", "Steps: 3 down to the cellar")),
        png_with(text_chunk("Software", "Adobe Photoshop 24.1")),
        jpeg_with(jpeg_exif(tiff_block({0x010E: b"Steps: 20 of them lead up\x00"}))),
        jpeg_with(jpeg_exif(tiff_block({0x0131: b"GIMP 2.10\x00"}))),
    ],
)
def test_other_uses_of_the_same_words_are_no_generators(photo: bytes) -> None:
    assert [one.state for one in found(photo, "generator")] == ["absent"]
    assert said(photo, "declared_ai") is False


def test_camera_and_software_are_named() -> None:
    block = tiff_block({0x010F: b"Canon\x00", 0x0110: b"Canon EOS 40D\x00", 0x0131: b"GIMP 2.4.5\x00"})
    photo = jpeg_with(jpeg_exif(block))
    assert [one.detail for one in found(photo, "camera")] == ["Canon EOS 40D"]
    assert [one.detail for one in found(photo, "software")] == ["GIMP 2.4.5"]
    assert said(photo, "camera_named") is True


def test_a_plain_photo_has_nothing_of_all_that_and_each_kind_says_so() -> None:
    report = examine(jpeg(SMALL))
    assert [(one.kind, one.state) for one in report.findings] == [
        ("gb45438", "absent"),
        ("c2pa", "absent"),
        ("iptc_digital_source_type", "absent"),
        ("generator", "absent"),
        ("camera", "absent"),
        ("software", "absent"),
    ]
    assert {one.name: one.value for one in report.readings} == {
        "declared_ai": False,
        "label_stripped": False,
        "label_invalid": False,
        "camera_named": False,
    }


def a_long_comment(said: str) -> bytes:
    """An EXIF block of 75 KB: a comment that begins with other words."""
    return user_comment("a cup on a table. " * 4_000 + said)


@pytest.mark.parametrize("size", [20_000, 65_000])
def test_exif_in_several_segments_is_read_as_one_block(size: int) -> None:
    for order in "<>":
        block = user_comment("a cup on a table. " * 4_000 + STEPS, order=order)
        photo = jpeg_with(jpeg_exif_parts(block, size))
        assert [one.state for one in found(photo, "generator")] == ["present"]
    labelled = jpeg_with(jpeg_exif_parts(user_comment(" " * 70_000 + f'{{"AIGC":{a_label()}}}'), size))
    assert [one.state for one in found(labelled, "gb45438")] == ["present"]
    wrapped = a_long_comment(STEPS)
    for picture_format in ("WEBP", "PNG", "AVIF"):
        assert said(saved(SMALL, picture_format, exif=wrapped), "declared_ai") is True
    assert said(heic_with(exif=b"Exif\x00\x00" + wrapped), "declared_ai") is True


def test_parts_of_exif_with_xmp_between_them_and_a_second_block_are_both_read() -> None:
    block = a_long_comment(STEPS)
    first, second = jpeg_exif(block[:60_000]), jpeg_exif(block[60_000:])
    camera = jpeg_exif(tiff_block({0x010F: b"Canon\x00"}))
    assert said(jpeg_with(first, jpeg_xmp(packet()), second), "declared_ai") is True
    photo = jpeg_with(first, second, camera)
    assert (said(photo, "declared_ai"), said(photo, "camera_named")) == (True, True)


CUT_OFF = {
    "EXIF whose second segment is gone": jpeg_with(jpeg_exif(a_long_comment(STEPS)[:60_000])),
    "EXIF whose directory is gone": jpeg_with(jpeg_exif(b"II*\x00\x00\xff\x00\x00")),
    "EXIF of nonsense": jpeg_with(jpeg_exif(b"nonsense")),
    "a WebP whose EXIF is cut": saved(SMALL, "WEBP", exif=a_long_comment(STEPS)[:60_000]),
    "XMP that breaks off": jpeg_with(jpeg_xmp(packet()[:-60])),
    "extended XMP without its second part": jpeg_with(extended_xmp(packet())[: -len(packet()) // 2 - 75]),
    "a packed text that cannot be unpacked": png_with(chunk(b"zTXt", b"Comment\x00\x00no deflate")),
}


@pytest.mark.parametrize("photo", CUT_OFF.values(), ids=CUT_OFF.keys())
def test_what_is_cut_off_is_unmeasured_and_nothing_is_said_to_be_absent(photo: bytes) -> None:
    report = examine(photo)
    assert [one.unmeasured for one in report.readings if one.name == "provenance"] == [
        "the file breaks off or is damaged where it says where it comes from"
    ]
    assert "absent" not in {one.state for one in report.findings}
    assert False not in {one.value for one in report.readings}


@pytest.mark.parametrize(
    "photo",
    [
        jpeg_with(jpeg_exif(b"")),
        jpeg_with(jpeg_exif(b"II*\x00\x08\x00\x00\x00\x00\x00\x00\xff\x00\x00")),  # no thumbnail, its place left over
        jpeg_with(jpeg_xmp(packet() + b"\x00 trailing")),
        jpeg_with(*(segment(0xE2, b"ICC_PROFILE\x00" + bytes([n, 3]) + bytes(60_000)) for n in (1, 2, 3))),
        jpeg_with(jpeg_exif(tiff_block({0x927C: bytes(9_000)})[:200])),  # a camera's own bytes are not read
    ],
)
def test_what_says_nothing_of_origin_may_be_odd_without_anything_being_unmeasured(photo: bytes) -> None:
    report = examine(photo)
    assert [one.name for one in report.readings if one.unmeasured] == []


TOO_MUCH = {
    "a text bomb under a keyword that counts": png_with(chunk(b"zTXt", b"AIGC\x00\x00" + packed_zeros(50))),
    "any text bomb": a_png_with_a_text_bomb(),
    "thousands of texts": png_with(*[text_chunk("a", "b")] * (blocks.MOST_BLOCKS + 1)),
    "endless chunks": png_with(chunk(b"noNe", b"") * (blocks.MOST_STEPS + 1)),
    "hundreds of directories": jpeg_with(
        jpeg_exif(b"II*\x00\x08\x00\x00\x00" + b"".join(b"\x00\x00" + struct.pack("<I", 14 + 6 * n) for n in range(99)))
    ),
    "pictures without end": jpeg(SMALL) * 20,
    "a container that nobody knows": b"P6 1 1 255 abc",
}


@pytest.mark.parametrize("photo", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_a_file_with_more_than_is_read_is_unmeasured_and_nothing_is_said_to_be_absent(photo: bytes) -> None:
    report = examine(photo)
    assert [one.unmeasured is not None for one in report.readings if one.name == "provenance"] == [True]
    assert "absent" not in {one.state for one in report.findings}
    assert False not in {one.value for one in report.readings}


def test_a_label_counts_even_in_a_file_with_more_than_is_read() -> None:
    photo = png_with(text_chunk("AIGC", a_label()), *[text_chunk("a", "b")] * blocks.MOST_BLOCKS)
    report = examine(photo)
    assert [(one.name, one.value) for one in report.readings if one.value] == [("declared_ai", True)]
    assert [one.name for one in report.readings if one.unmeasured] == ["provenance"]


def test_directories_that_point_at_themselves_and_overlapping_items_end() -> None:
    ring = b"II*\x00\x08\x00\x00\x00" + struct.pack("<HHHIII", 1, 0x8769, 4, 1, 8, 8)
    assert found(jpeg_with(jpeg_exif(ring)), "camera")[0].state == "absent"
    infe = box(b"infe", b"\x02\x00\x00\x00\x00\x01\x00\x00Exif\x00")
    iinf = box(b"iinf", b"\x00\x00\x00\x00\x00\x01" + infe)
    item = struct.pack(">HHH", 1, 0, 4_000) + struct.pack(">II", 0, 0x7FFF_FFFF) * 4_000
    iloc = box(b"iloc", b"\x00\x00\x00\x00\x44\x00" + struct.pack(">H", 1) + item)
    file = box(b"ftyp", b"heic\x00\x00\x00\x00") + box(b"meta", bytes(4) + iinf + iloc)
    assert found(file, "gb45438") in ([], [ProvenanceFinding(kind="gb45438", state="absent")])


def test_a_portrait_with_a_depth_map_of_megabytes_is_read_through() -> None:
    depth = packet('xmlns:g="http://ns.google.com/photos/1.0/depthmap/"', f"<g:Data>{'A' * 3_000_000}</g:Data>")
    photo = png_with(itxt("XML:com.adobe.xmp", depth))
    assert said(photo, "declared_ai") is False


def test_every_state_that_is_found_stands_in_the_table() -> None:
    for photo in (jpeg(SMALL), *GENERATED.values(), typed("digitalCapture", "trainedAlgorithmicMedia")):
        for finding in examine(photo).findings:
            assert finding.state in finding_kinds()[finding.kind].states


def test_a_long_json_text_is_no_label_and_no_burden() -> None:
    nested: object = "AIGC"
    for _ in range(500):
        nested = {"AIGC": nested}
    photo = png_with(text_chunk("prompt", json.dumps(nested)))
    assert [one.state for one in found(photo, "gb45438")] != ["present"]


def test_the_order_of_a_pngs_chunks_does_not_matter() -> None:
    early, late = (png_with(text_chunk("parameters", STEPS), late=late) for late in (False, True))
    assert examine(early) == examine(late)
    assert examine(png(SMALL)) != examine(early)
