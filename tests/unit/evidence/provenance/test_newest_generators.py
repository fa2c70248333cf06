"""What generators of today write beside settings: names, addresses, names of files and models, sentences, escapes."""

import html
import json
import random
from collections.abc import Callable, Mapping
from urllib.parse import quote

import pytest

from streams.evidence.provenance.report import examine
from tests.unit.evidence.provenance.files import a_label, itxt, jpeg_exif, jpeg_with, png_with, segment, tiff_block
from tests.unit.evidence.provenance.test_generators import GRAPH, PLACES, STEPS, in_property, in_tag, state_of

Place = Callable[[str], bytes]

IN_PROGRAMS: Mapping[str, Place] = {
    "Software": in_tag(0x0131),
    "XMP CreatorTool": in_property("CreatorTool", "http://ns.adobe.com/xap/1.0/"),
    "PNG software": lambda name: png_with(itxt("software", name.encode())),
}
IN_TEXTS: Mapping[str, Place] = {name: PLACES[name] for name in ("ImageDescription", "XMP description", "PNG text")}
PROGRAMS = (
    "Firefly", "Firefly Boards", "Veo 3", "Vidu Q2", "MAI-Image-1", "Microsoft Copilot", "Qwen Chat", "Kling O1",
    "Hailuo 02", "ByteDance BAGEL", "Step1X-Edit", "Lumina-Image 2.0", "GLM-Image", "Emu3.5", "Canva Magic Edit",
    "Photoroom AI", "Clipdrop", "OpenArt", "Kimi", "ERNIE-Image", "SenseNova", "mflux", "ImageFX", "Generative Fill",
    "Magic Eraser", "AI Eraser", "txt2img", "Anyone's AI Image Generator", "inpainting", "阶跃AI", "日日新", "文小言",
    "蓝心大模型", "拍我AI", "星绘", "小布AI", "触手AI", "某某大模型", "魔搭", "阿里云百炼", "AI文生图", "AI改图",
)  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_generator_is_known_where_a_program_stands(program: str) -> None:
    for place in IN_PROGRAMS.values():
        assert state_of(place(program), "generator") == "present"


@pytest.mark.parametrize(
    "name",
    ["Sora 2", "Reve 1.0", "Krea 1", "Veo 3", "Kling O1", "Generative Fill", "百度文心", "Perchance AI", "触手AI"],
)
def test_a_caption_that_says_what_generated_the_picture_is_a_trace(name: str) -> None:
    for place in IN_TEXTS.values():
        assert state_of(place(f"Generated with {name}"), "generator") == "present"
        assert state_of(place(f"Not generated with {name}"), "generator") == "absent"


@pytest.mark.parametrize(
    "program",
    [
        "Adobe Photoshop 27.0",
        "相机AI",
        "智能降噪AI",
        "Topaz Photo AI 4",
        "Luminar AI",
        "Freepik",
        "HUAWEI Mate 80 Pro",
        "Image Viewer 2.1",
        "Magic Lantern 5D3",
        "Copilot's Camera",
        "Firefly 8SE V1.2",
        "微信 8.0.60",
    ],
)
def test_what_honest_programs_are_called_is_no_trace(program: str) -> None:
    for place in IN_PROGRAMS.values():
        assert state_of(place(program), "generator") == "absent"


@pytest.mark.parametrize("name", ["Kimi Räikkönen", "Veo Veo Studio", "Anna Copilot"])
def test_a_persons_name_is_no_trace(name: str) -> None:
    assert state_of(in_tag(0x013B)(name), "generator") == "absent"


MARKS = (
    "https://cdn.midjourney.com/3f2a/0_0.png", "https://oaidalleapiprodscus.blob.core.windows.net/private/x/img.png",
    "https://files.oaiusercontent.com/file-abc?se=2026", "https://p3-dreamina-sign.byteimg.com/tos-cn-i/x.png",
    "https://jimeng.jianying.com/ai-tool/image", "https://v3.fal.media/files/zebra/x.png",
    "https://ark-project.tos-cn-beijing.volces.com/doubao-seedream-4-5/x.jpeg",
    "https://replicate.delivery/xezq/abc/out.webp", "https://delivery-eu1.bfl.ai/results/x/sample.jpeg",
    "https://anyone-flux-1-kontext-dev.hf.space/gradio_api/file=/tmp/x/image.webp",
    "https://cdn.leonardo.ai/users/x/generations/z.jpg", "https://ideogram.ai/api/images/ephemeral/x.png",
    "https://imgen.x.ai/xai-imgen/x.jpeg", "https://dashscope-result-bj.oss-cn-beijing.aliyuncs.com/1d/x.png",
    "https://s21-kling.klingai.com/bs2/x.png", "https://cdn.hailuoai.com/prod/x.png",
    "DALL·E 2026-11-01 10.00.00 - A cracked cup.png", "Gemini_Generated_Image_abc123.png", "ComfyUI_00012_.png",
    "Generated Image September 10, 2026 - 1_45PM.png", "ChatGPT Image 2026年11月1日 10_00_00.png",
    "jimeng-2026-11-01-1234-裂开的杯子.png", "sora_20261101_cup.png", "model=sd_xl_base_1.0.safetensors",
    "flux1-dev-Q4_K_S.gguf", '{"_class_name":"X","_diffusers_version":"0.35"}', "FluxKontextPipeline",
    "a broken cup <lora:cracked_v2:0.8>", 'Civitai resources: [{"type":"checkpoint","modelVersionId":1}]',
    '{"extra":{"airs":["urn:air:flux1:checkpoint:civitai:618692@691639"]}}', '{"data":[{"revised_prompt":"a crack"}]}',
    '{"nodes":[{"id":1,"type":"KSampler","widgets_values":[1,20]}]}', "x --prompt 'a crack' --steps 20 --seed 4",
)  # fmt: skip


@pytest.mark.parametrize("said", MARKS)
def test_an_address_or_a_name_that_only_a_generator_gives_is_a_trace(said: str) -> None:
    for place in IN_TEXTS.values():
        assert state_of(place(said), "generator") == "present"


@pytest.mark.parametrize(
    "said",
    [
        "https://www.midjourney.com",
        "see https://openai.com/blog",
        "https://img.alicdn.com/imgextra/i4/cup.jpg",
        "https://tos-cn-beijing.volces.com/shop/cup.jpg",
        "https://anna.hf.space/gallery/cup.png",
        "ComfyUI is a program",
        "DALL·E is a painter",
        "our image pipeline: scan, crop, send",
        "Sora_and_me.jpg",
        "the generated image was nice",
        "kernel.ckptx",
        "run it --prompt-free",
    ],
)
def test_an_address_or_a_name_that_anyone_may_give_is_no_trace(said: str) -> None:
    for place in IN_TEXTS.values():
        assert state_of(place(said), "generator") == "absent"


STATEMENTS = (
    "Contains AI-generated content", "AI info", "This image was modified with AI", "内容由AI生成，请仔细甄别", "AI画图",
    "本图由AI合成，仅供参考", "该图片由人工智能生成，请注意甄别", "作者声明：内容由AI生成", "作品含AI生成内容",
    "本圖由AI生成", "由小布AI生成", "AI生成画像", "この画像はAIで生成されました", "AI로 생성된 이미지",
    "Mit KI generiert",
    "KI-generiertes Bild", "Image générée par IA", "Imagen generada con IA", "Gerado por IA", "Generato con IA",
    "Создано нейросетью", "Được tạo bởi AI", "Dibuat dengan AI", "สร้างด้วย AI", "تم إنشاؤها بواسطة الذكاء الاصطناعي",
)  # fmt: skip
DENIALS = (
    "This image is not AI generated", "没有使用AI生成", "并非由AI生成", "图片非AI生成", "Nicht mit KI generiert",
    "Image non générée par IA", "no generada con IA", "AIで生成していません", "AI로 생성되지 않은 이미지", "Ai Weiwei",
    "Caption generated by Perchance AI", "Denoised with Topaz Photo AI", "AI camera", "Made in Kiev",
)  # fmt: skip


@pytest.mark.parametrize("said", STATEMENTS)
def test_a_sentence_that_says_that_ai_made_it_is_a_trace_in_any_language(said: str) -> None:
    for place in IN_TEXTS.values():
        assert state_of(place(said), "generator") == "present"


@pytest.mark.parametrize("said", DENIALS)
def test_a_sentence_that_says_otherwise_is_no_trace(said: str) -> None:
    for place in IN_TEXTS.values():
        assert state_of(place(said), "generator") == "absent"


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def with_unseen(text: str) -> str:
    """A sign that nobody sees within every word, each time another one."""
    draw = random.Random(len(text))  # noqa: S311 - no secret
    return "".join(
        sign + (draw.choice("\u200b\u200c\u2060\u00ad") if sign.isalpha() and draw.random() < 0.3 else "")
        for sign in text
    )


ESCAPED: Mapping[str, Callable[[str], str]] = {
    "for HTML, twice": lambda text: html.escape(html.escape(text)),
    "for an address, three times": lambda text: quote(quote(quote(text))),
    "every letter, for JSON": lambda text: "".join(
        f"\\u{ord(sign):04x}" if sign.isalpha() and ord(sign) < 0x10000 else sign for sign in text
    ),
    "in wide letters": wide,
    "with signs that nobody sees": with_unseen,
}


@pytest.mark.parametrize("way", ESCAPED)
@pytest.mark.parametrize("text", [GRAPH, STEPS, json.dumps({"AIGC": json.loads(a_label())}, ensure_ascii=False)])
def test_what_was_escaped_on_its_way_over_and_over_is_read(way: str, text: str) -> None:
    said = ESCAPED[way](text)
    kind = "gb45438" if "AIGC" in text else "generator"
    for photo in (
        jpeg_with(segment(0xFE, said.encode())),
        png_with(itxt("Comment", said.encode())),
        jpeg_with(jpeg_exif(tiff_block({0x010E: said.encode()}))),
    ):
        assert state_of(photo, kind) == "present"


@pytest.mark.parametrize(
    "text", ["AIGC:\n  Label: 1\n  ContentProducer: x", "AIGC?Label=2&ContentProducer=x", "AIGC；Label＝１"]
)
def test_a_label_that_is_no_json_is_read(text: str) -> None:
    assert state_of(jpeg_with(segment(0xFE, text.encode())), "gb45438") == "present"


@pytest.mark.parametrize(
    "text", ["AIGC tools were shown; see label 3 of the box", "AIGC: Label 2026", "AIGC labels: 12"]
)
def test_words_about_labels_are_no_label(text: str) -> None:
    assert state_of(jpeg_with(segment(0xFE, text.encode())), "gb45438") == "absent"


def test_nothing_else_is_found_beside_what_was_written() -> None:
    report = examine(jpeg_with(segment(0xFE, b"a cup")))
    assert {one.state for one in report.findings} == {"absent"}
