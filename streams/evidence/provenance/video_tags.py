"""What the tags of a video's file mean: which camera, which program, and whether a generator wrote it.

Containers name one thing in many ways; names are in lower case here. FFmpeg writes the videos of cameras and of
generators alike, so its own name says nothing of where a video comes from.
"""

import re
from collections.abc import Iterator

from streams.evidence.provenance.generator_names import name_in

MAKE = frozenset({"com.apple.quicktime.make", "com.android.manufacturer", "\xa9mak", "manu", "make", "manufacturer"})
MODEL = frozenset({"com.apple.quicktime.model", "com.android.model", "\xa9mod", "modl", "model", "cncv"})
ANDROID = "com.android.version"
SOFTWARE = frozenset(
    {"com.apple.quicktime.software", ANDROID, "\xa9swr", "\xa9too", "\xa9enc", "encoder", "encoded_by", "encoding_tool"}
    | {"software", "tool", "writingapp", "muxingapp", "firm", "cnfv"}
)
_MAKERS = SOFTWARE | MAKE | MODEL | frozenset({"generator", "generated_by", "source", "producer", "\xa9prd"})
"""Tags that say what made the video. Only there a name counts that is also an ordinary word."""

_NAMES = re.compile(
    r"\b(?:openai sora|sora[ -]?2|sora\.(?:com|chatgpt)|kling ?ai|runway ?ml|runway ai|runway gen-?\d|pika ?labs|"
    r"pika\.art|pika ai|luma ai|lumalabs|luma dream machine|jimeng ?ai|dreamina|seedance|hailuo ?ai|hailuo video|"
    r"minimax video|pixverse|vidu ?ai|vidu q\d|veo[ -]?[23](?:\.\d)?|google veo|wan2[._]\d|wanx ?2|hunyuan ?video|"
    r"stable[ -]video[ -]diffusion|animatediff|cogvideox?|ltx-?(?:video|2(?:\.\d)?)|ltxv|luma ray ?\d|"
    r"mochi-1|open-?sora|skyreels|moonvalley|"
    r"haiper ai|genmo|kaiber|deforum|krea ai|higgsfield|heygen|synthesia|d-id\.com|akool|viggle|zeroscope|"
    r"framepack|nova reel|firefly video|grok imagine|midjourney)\b"
    r"|可灵ai|可灵大模型|快手可灵|即梦ai|海螺ai|海螺视频|拍我ai|通义万相|清影ai|智谱清影|混元视频|豆包ai",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:sora|kling|runway|pika|luma|jimeng|vidu|veo|hailuo|minimax|wan|hunyuan|krea|comfyui|可灵|即梦|海螺|清影)"
    r"(?:[ /v._-]*\d[\w.]*)?(?: ?(?:pro|turbo|master|standard|lite|fast|ai|video|model|视频))*",
    re.IGNORECASE,
)
_GRAPH = re.compile(r'\\?"(?:class_type|last_node_id|comfyui_version)\\?"')
_DECLARED = re.compile(
    r"\bai[ -]generated\b|\bgenerated (?:by|with|using) ai\b|(?:ai|人工智能)(?:生成|合成)", re.IGNORECASE
)
_LOOKED_AT = 65_536


def generators_in(name: str, text: str) -> Iterator[str]:
    """Yield the generators that a tag names, or that wrote it."""
    text = text[:_LOOKED_AT]
    if _GRAPH.search(text):
        yield f"ComfyUI ({name})"
    for pattern in (_NAMES, _DECLARED):
        if named := pattern.search(text):
            yield named.group()
    if name in _MAKERS:
        if _BARE.fullmatch(text.strip()):
            yield text.strip()
        elif named_tool := name_in(text):
            yield named_tool
