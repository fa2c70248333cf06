"""What generators leave in a text besides settings: addresses of their servers, their names of files, and of models.

Each is a name that nobody gives by chance: the address of a home page, or a word in a caption, is none.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

WORDS = (
    "://", ".safetensors", ".gguf", ".ckpt", "diffusers", "pipeline", "lora:", "urn:air:", "civitai", "revised_prompt",
    "widgets_values", "generated_image_", "generated image ", "comfyui_", "dall", "chatgpt image", "jimeng-", "doubao_",
    "sora_", "leonardo_", "grok_image", "grok-image", "--prompt",
)  # fmt: skip
"""Every such trace holds one of these, in lower case."""
_SERVERS: Mapping[str, str] = {
    "Midjourney": r"cdn\.midjourney\.com/",
    "OpenAI": r"oaidalleapi\w{1,40}\.|(?:files|sdmntpr\w{1,40})\.oaiusercontent\.com/|videos\.openai\.com/",
    "Dreamina": r"[\w.-]{0,60}dreamina[\w.-]{0,60}\.(?:byteimg|ibyteimg)\.com/|"
    r"(?:dreamina\.capcut|jimeng\.jianying)\.com/ai-tool",
    "Doubao": r"[^\s\"']{0,200}(?:/doubao-seed|seedream|seededit)",
    "fal.ai": r"(?:[\w-]{1,40}\.)?fal\.media/",
    "Replicate": r"(?:[\w-]{1,40}\.)?replicate\.delivery/",
    "Black Forest Labs": r"delivery[\w-]{0,40}\.bfl\.ai/",
    "Stable Diffusion (Hugging Face)": r"[\w-]{0,80}(?:flux|diffusion|sdxl|image-edit|z-image|inpaint)[\w-]{0,80}"
    r"\.hf\.space/",
    "Leonardo.Ai": r"cdn\.leonardo\.ai/",
    "Ideogram": r"ideogram\.ai/(?:api/images|assets)/",
    "Adobe Firefly": r"(?:clio-assets\.adobe\.com|firefly[\w-]{0,40}\.adobe\.(?:com|io))/",
    "Grok": r"imgen\.x\.ai/|assets\.grok\.com/[^\s\"']{0,200}generated",
    "Tongyi Wanxiang": r"wanx\.alicdn\.com/|dashscope-result",
    "Kling": r"[\w.-]{0,60}kling(?:ai)?\.com/[^\s\"']{0,200}\.(?:png|jpe?g|webp)",
    "Hailuo": r"cdn\.hailuoai\.\w",
    "Civitai": r"(?:image|orchestration)\.civitai\.com/",
}
_FILES: Mapping[str, str] = {
    "DALL·E": r"DALL\W{1,3}E \d{4}-\d\d-\d\d",
    "Google Gemini": r"Gemini_Generated_Image_\w|(?<![A-Za-z])Generated Image [A-Z][a-z]{2,8} \d{1,2}, \d{4}",
    "ChatGPT": r"ChatGPT Image (?:[A-Z]\w{2,8} \d|\d{4}年)",
    "ComfyUI": r"ComfyUI_(?:temp_\w{1,20}_)?\d{5}_",
    "Dreamina": r"(?<![a-z])jimeng-\d{4}-",
    "Doubao": r"(?<![a-z])doubao_(?:image_)?\d{6}",
    "Sora": r"(?<![a-z])sora_\d{8}_",
    "Leonardo.Ai": r"Leonardo_(?:Phoenix|Kino|Lucid|Lightning|Diffusion|Anime|Vision|Creative)_",
    "Grok": r"grok[_-]image[_-][0-9a-f]",
}
_MODELS: Mapping[str, str] = {
    "Stable Diffusion (model)": r"[\w+-]\.(?:safetensors|gguf|ckpt)(?![a-z])|<lora:[^<>\n]{1,80}:-?\d",
    "Diffusers": r"\"_diffusers_version\\?\"|"
    r"(?:diffusion|flux|qwenimage|kandinsky|pixart|hidream|lumina|zimage|kolors|cogview)\w{0,30}pipeline(?![a-z])",
    "Civitai": r"civitai (?:resources|metadata)\W{0,4}[\[{]|urn:air:\w{1,40}:",
    "OpenAI": r"revised_prompt\W{1,6}\w",
    "ComfyUI (workflow)": r"widgets_values\W{1,6}\[",
}


def _any_of(kinds: Mapping[str, str]) -> str:
    return "|".join(f"({pattern})" for pattern in kinds.values())


def _name(kinds: Mapping[str, str], found: re.Match[str]) -> str:
    return list(kinds)[(found.lastindex or 1) - 1]


_ADDRESS = re.compile(r"https?://([^\s\"'<>]{4,300})", re.IGNORECASE)
_MOST_ADDRESSES = 256
_SERVER = re.compile(_any_of(_SERVERS), re.IGNORECASE)
_LOOKED_FOR = (
    (_FILES, re.compile(_any_of(_FILES))),
    (_MODELS, re.compile(_any_of(_MODELS), re.IGNORECASE)),
)
_COMMAND, _AROUND = "--prompt", 1_000
_BESIDE = re.compile(r"--(?:steps|seed|guidance|cfg|num[_-]inference[_-]steps)\b")


def marks(text: str, lower: str) -> Iterator[str]:
    """Yield the generators whose marks stand in a text; ``lower`` is the same text in lower case."""
    if "://" in lower:
        for address in islice(_ADDRESS.finditer(text), _MOST_ADDRESSES):
            if found := _SERVER.match(address[1]):
                yield _name(_SERVERS, found)
    for kinds, pattern in _LOOKED_FOR:
        if found := pattern.search(text):
            yield _name(kinds, found)
    at = lower.find(_COMMAND)
    if at >= 0 and _BESIDE.search(lower, max(0, at - _AROUND), at + _AROUND):
        yield "Stable Diffusion (command)"
