"""What picture generators leave in the files that they write."""

import re
from collections.abc import Iterable, Iterator

_SETTINGS = re.compile(r"\bSteps: \d+.{0,200}\b(?:Sampler|CFG scale|Seed): ", re.DOTALL)
_JOB = re.compile(r"(?:--v(?:ersion)? \d|--niji|--ar \d).{0,400}Job ID: [0-9a-f]{8}-", re.DOTALL)
_TEXTS: dict[str, tuple[str, re.Pattern[str]]] = {
    "parameters": ("Stable Diffusion (parameters)", re.compile(r"\bSteps: \d|\"(?:steps|sampler|sui_image_params)\"")),
    "prompt": ("ComfyUI (prompt)", re.compile(r"\"class_type\"")),
    "workflow": ("ComfyUI (workflow)", re.compile(r"\"nodes\"|\"last_node_id\"")),
    "generation_data": ("Stable Diffusion (generation_data)", re.compile(r"\"(?:prompt|models?|baseModel)\"")),
    "invokeai_metadata": ("InvokeAI", re.compile(r"\{")),
    "invokeai_graph": ("InvokeAI", re.compile(r"\{")),
    "sd-metadata": ("InvokeAI", re.compile(r"\{")),
    "Dream": ("InvokeAI", re.compile(r" -s ?\d+")),
    "fooocus_scheme": ("Fooocus", re.compile(r"fooocus|a1111")),
    "sui_image_params": ("SwarmUI", re.compile(r"\{")),
    "Comment": ("NovelAI (Comment)", re.compile(r"\"(?:uncond_scale|request_type|sampler|noise_schedule)\"")),
}
"""A PNG's keywords, whose they are, and what must stand in the text: others use the same words for their own."""
_NAMES = re.compile(
    r"\b(?:midjourney|dall[-·. ]?e\s?[23]?|stable diffusion|sdxl|novelai|comfyui|invokeai|fooocus|swarmui|"
    r"automatic1111|adobe firefly|leonardo\.ai|ideogram|imagen [234]|made with google ai|bing image creator|"
    r"microsoft designer|gpt-image-\d|gpt-4o|openai|flux\.1|recraft|dreamina|jimeng|doubao|seedream|kling ai|"
    r"tongyi wanxiang|qwen-image|hunyuan|ernie-vilg|grok imagine|nano banana|gemini [\d.]+ flash image)\b"
    r"|豆包|即梦|可灵|通义万相|文心一格|混元|秒画|腾讯元宝",
    re.IGNORECASE,
)
_LOOKED_AT = 65_536


def name_in(value: str) -> str:
    """Return the name of a known generator that a short text such as Software gives, "" where it gives none."""
    found = _NAMES.search(value[:1_024])
    return found.group() if found else ""


def of_text(keyword: str, text: str) -> str:
    """Return which generator wrote a text of a PNG under this keyword, "" where none did."""
    name, sign = _TEXTS.get(keyword, ("", None))
    text = text[:_LOOKED_AT]
    if sign is not None and sign.search(text):
        return name
    if keyword in {"Software", "Source", "Title", "Author", "Description"}:
        return "AI generated image" if text == "AI generated image" else name_in(text)
    return ""


def of_comment(text: str) -> str:
    """Return which generator wrote an EXIF comment or description, "" where none did."""
    text = text[:_LOOKED_AT]
    if _SETTINGS.search(text):
        return "Stable Diffusion (parameters)"
    return "Midjourney" if _JOB.search(text) else ""


def of_fields(fields: Iterable[str]) -> Iterator[str]:
    """Yield the generators of EXIF fields into which ComfyUI writes its graph."""
    for value in fields:
        kind, found, rest = value.partition(":")
        if found and kind in {"prompt", "workflow"} and rest.lstrip().startswith("{"):
            yield f"ComfyUI ({kind})"
