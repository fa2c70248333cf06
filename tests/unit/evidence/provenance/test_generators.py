"""Traces of picture generators, wherever and however they are written; and what only looks like one."""

import json
import time
from collections.abc import Callable, Mapping

import pytest

from streams.evidence.provenance import generators
from streams.evidence.provenance.report import Report, examine
from tests.photos import saved
from tests.unit.evidence.provenance.files import (
    SMALL,
    gif_comment,
    gif_with,
    heic_with,
    itxt,
    jpeg_exif,
    jpeg_iptc,
    jpeg_with,
    jpeg_xmp,
    packet,
    png_with,
    segment,
    text_chunk,
    tiff_block,
    tiff_with,
    user_comment,
)

GRAPH = '{"3": {"class_type": "KSampler", "inputs": {"seed": 7}}}'
STEPS = "a broken cup\nNegative prompt: whole\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"

Place = Callable[[str], bytes]


def in_tag(tag: int, encoding: str = "utf-8") -> Place:
    return lambda said: jpeg_with(jpeg_exif(tiff_block({tag: said.encode(encoding) + b"\x00"})))


def in_exif_of(picture_format: str, tag: int = 0x010E) -> Place:
    return lambda said: saved(SMALL, picture_format, exif=tiff_block({tag: said.encode() + b"\x00"}))


def in_property(name: str, space: str = "http://anyone.example/ns/") -> Place:
    return lambda said: jpeg_with(jpeg_xmp(packet(f'xmlns:q="{space}"', f"<q:{name}><![CDATA[{said}]]></q:{name}>")))


PLACES: Mapping[str, Place] = {
    "Make": in_tag(0x010F),
    "Model": in_tag(0x0110),
    "Software": in_tag(0x0131),
    "ImageDescription": in_tag(0x010E),
    "ImageDescription in UTF-16": in_tag(0x010E, "utf-16"),
    "ImageDescription in UTF-16 without its mark": in_tag(0x010E, "utf-16-le"),
    "ImageDescription behind an EXIF comment's code": lambda said: in_tag(0x010E)("ASCII\0\0\0" + said),
    "Artist": in_tag(0x013B),
    "Copyright": in_tag(0x8298),
    "DocumentName": in_tag(0x010D),
    "HostComputer": in_tag(0x013C),
    "XPTitle": in_tag(0x9C9B, "utf-16-le"),
    "XPComment": in_tag(0x9C9C, "utf-16-le"),
    "XPComment in UTF-8": in_tag(0x9C9C),
    "XPKeywords": in_tag(0x9C9E, "utf-16-le"),
    "UserComment": lambda said: jpeg_with(jpeg_exif(user_comment(said))),
    "UserComment in UTF-16": lambda said: jpeg_with(jpeg_exif(user_comment(said, b"UNICODE\x00", "utf-16-le"))),
    "UserComment without a code": lambda said: jpeg_with(jpeg_exif(user_comment(said, b""))),
    "UserComment behind a mark of byte order": lambda said: jpeg_with(
        jpeg_exif(user_comment("\ufeff" + said, bytes(8)))
    ),
    "JPEG comment": lambda said: jpeg_with(segment(0xFE, said.encode())),
    "JPEG comment before the end": lambda said: jpeg_with(before_end=segment(0xFE, said.encode())),
    "any JPEG segment": lambda said: jpeg_with(segment(0xE8, b"Own\x00" + said.encode())),
    "IPTC caption": lambda said: jpeg_with(jpeg_iptc(120, said.encode())),
    "PNG text": lambda said: png_with(text_chunk("anything", said)),
    "PNG packed text": lambda said: png_with(text_chunk("anything", said, packed=True)),
    "PNG international text": lambda said: png_with(itxt("anything", said.encode())),
    "PNG text behind the picture": lambda said: png_with(itxt("Note", said.encode(), packed=True), late=True),
    "XMP description": in_property("description", "http://purl.org/dc/elements/1.1/"),
    "XMP, any property": in_property("whatever"),
    "XMP UserComment": in_property("UserComment", "http://ns.adobe.com/exif/1.0/"),
    "XMP Make": in_property("Make", "http://ns.adobe.com/tiff/1.0/"),
    "GIF comment": lambda said: gif_with(gif_comment(said.encode())),
    "WebP EXIF": in_exif_of("WEBP"),
    "WebP XMP": lambda said: saved(SMALL, "WEBP", xmp=packet('xmlns:q="urn:q"', f"<q:a><![CDATA[{said}]]></q:a>")),
    "PNG EXIF": in_exif_of("PNG"),
    "AVIF EXIF": in_exif_of("AVIF"),
    "HEIC EXIF": lambda said: heic_with(exif=b"Exif\x00\x00" + tiff_block({0x010F: said.encode() + b"\x00"})),
    "HEIC XMP": lambda said: heic_with(xmp=packet('xmlns:q="urn:q"', f"<q:a><![CDATA[{said}]]></q:a>")),
    "TIFF tag": lambda said: tiff_with({0x010E: said.encode()}),
}
SETTINGS = {
    "graph": f"Prompt:{GRAPH}",
    "graph, as it is": GRAPH,
    "graph, another spelling": f"PROMPT : {GRAPH}",
    "workflow": 'Workflow: {"last_node_id": 9, "nodes": []}',
    "workflow, escaped": json.dumps('workflow:{"last_node_id": 9, "nodes": []}').strip('"'),
    "settings": STEPS,
    "settings in small letters": "steps: 30, sampler: dpm++ 2m, cfg_scale: 5",
    "settings under their own word": f"parameters: {STEPS}",
    "settings in Chinese": "一只杯子\n反向提示词：完好\n迭代步数：20，采样方法：Euler a",
    "JSON": '{"prompt": "a cup", "negative_prompt": "", "num_inference_steps": 30}',
    "Midjourney": "a broken cup on a table --ar 3:2 --v 6.1 --stylize 250",
    "InvokeAI": '"a broken cup" -s 50 -S 1234 -W 512 -H 512 -C 7.5 -A k_lms',
    "statement": "Generated with Stable Diffusion XL",
    "statement in Chinese": "图片由豆包生成",
    "Dreamina": '{"aigc_info":{"aigc_label_type":0,"source_info":"dreamina"},"data":{"product":"dreamina"}}',
}


def state_of(photo: bytes, kind: str) -> str:
    return next(finding.state for finding in examine(photo).findings if finding.kind == kind)


def said(report: Report, name: str) -> object:
    return next((one.value for one in report.readings if one.name == name), None)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_settings_of_a_generator_are_found_wherever_they_are_written(place: Place) -> None:
    for name, settings in SETTINGS.items():
        report = examine(place(settings))
        found = {one.kind: one.state for one in report.findings}
        assert (name, found["generator"], said(report, "declared_ai")) == (name, "present", True)
        assert found["camera"] == "absent", name


NAMED = (
    "Adobe Firefly 3", "ComfyUI", "comfy-ui", "DALL·E 3", "DALL-E", "dalle3", "Doubao", "Fooocus v2.1.854",
    "InvokeAI", "Kling AI", "KLING", "Midjourney", "mid journey", "NovelAI", "Stable-Diffusion", "StableDiffusion",
    "SwarmUI", "gpt-image-1", "Draw Things", "可灵AI", "即梦AI", "通义万相", "文心一格", "豆包", "腾讯元宝",
)  # fmt: skip
FOR_PROGRAMS: Mapping[str, Place] = {
    name: PLACES[name] for name in ("Make", "Model", "Software", "Artist", "XMP Make")
} | {
    "Software in GBK": in_tag(0x0131, "gb18030"),
    "PNG software": lambda name: png_with(itxt("software", name.encode())),
    "PNG Source": lambda name: png_with(itxt("Source", name.encode())),
    "XMP CreatorTool": in_property("CreatorTool", "http://ns.adobe.com/xap/1.0/"),
    "XMP softwareAgent": in_property("softwareAgent", "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"),
    "XMP AI system": in_property("AISystemUsed", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"),
    "IPTC program": lambda name: jpeg_with(jpeg_iptc(65, name.encode())),
}


@pytest.mark.parametrize("place", FOR_PROGRAMS.values(), ids=FOR_PROGRAMS.keys())
def test_a_generators_name_in_a_field_for_programs_or_makers_is_a_trace_and_no_camera(place: Place) -> None:
    for name in NAMED:
        photo = place(name)
        assert (name, state_of(photo, "generator"), state_of(photo, "camera")) == (name, "present", "absent")


def test_settings_that_have_a_keyword_each_are_found() -> None:
    each = {"prompt": "a cup", "negative_prompt": "whole", "seed": "7", "use_stable_diffusion_model": "sd-v1-5"}
    assert state_of(png_with(*(text_chunk(key, value) for key, value in each.items())), "generator") == "present"


HONEST_TEXTS = (
    "Prompt", "Workflow", "our workflow: scan, crop, send", "Prompt: the parcel came on time", "OLYMPUS DIGITAL CAMERA",
    "A poster about Midjourney and Stable Diffusion", "Not made with Midjourney", "This image is not AI generated",
    "Caption generated by ChatGPT", "Steps: 20 of them lead up to the door", "Recipe: Steps: 4. Seed: sunflower",
    "用豆包制作的早餐", "豆包", "可灵活调节的支架", "没有使用AI生成",
    '{"steps": 4000, "calories": 300, "distance": 2.1}',
    '{"nodes": [{"id": 1}], "edges": []}',
    '{"data":{"pictureId":"1","os":"android","product":"retouch","exportType":""},"source_type":"hypic"}',
)  # fmt: skip


@pytest.mark.parametrize("text", HONEST_TEXTS)
def test_a_text_that_only_mentions_such_words_is_no_trace(text: str) -> None:
    for name in ("ImageDescription", "UserComment", "XPComment", "JPEG comment", "PNG text", "XMP description"):
        assert (name, state_of(PLACES[name](text), "generator")) == (name, "absent")


@pytest.mark.parametrize(
    ("make", "model"),
    [("Prompt", "Prompt One"), ("Workflow", "Workflow: X100"), ("Hawkeye", "Firefly 8SE"), ("Xiaomi", "23127PN0CC")],
)
def test_a_camera_stays_a_camera_whatever_it_is_called(make: str, model: str) -> None:
    photo = jpeg_with(jpeg_exif(tiff_block({0x010F: make.encode() + b"\x00", 0x0110: model.encode() + b"\x00"})))
    assert (state_of(photo, "generator"), state_of(photo, "camera")) == ("absent", "present")


@pytest.mark.parametrize(
    "program",
    [
        "Adobe Photoshop 25.3 (Windows)",
        "Adobe Photoshop Lightroom Classic 13.1",
        "HDR+ 1.0.604592391zd",
        "17.5.1",
        "MediaTek Camera Application",
        "Capture One 23",
        "f.lux 4.1",
        "美图秀秀",
    ],
)
def test_what_an_honest_program_writes_is_no_trace(program: str) -> None:
    block = tiff_block({0x0131: program.encode() + b"\x00", 0x013B: b"Anna Dalle Carbonare\x00"})
    history = packet(
        'xmlns:x="http://ns.adobe.com/xap/1.0/" xmlns:s="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" '
        f'x:CreatorTool="{program}" s:softwareAgent="{program}" s:parameters="converted from image/x-raw to image/jpeg"'
    )
    report = examine(jpeg_with(jpeg_exif(block), jpeg_xmp(history)))
    assert {one.kind: one.state for one in report.findings}["generator"] == "absent"
    assert {one.name: one.value for one in report.readings if one.value} == {}


@pytest.mark.parametrize(
    "text",
    ["Steps: 1 ", "class_type ", " --v", "-s 1 ", '"seed": ', '"source":"x', "\n", "made with ", "由", "\\u0041"],
)
def test_a_text_made_to_be_slow_ends(text: str) -> None:
    """The bound is far from what it takes: a search that went through a text for each of its words would take hours."""
    began = time.process_time()
    assert set(generators.traces("software", text * (generators.LONGEST // len(text)))) <= {"InvokeAI"}
    assert time.process_time() - began < 30
