"""What picture generators leave in the files that they write: settings, graphs and names, in whatever place of a file.

The same text counts under any keyword, tag or property, however it is spelled. What honest programs write stays honest:
a keyword alone, or a name that a caption mentions, is no trace.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from streams.evidence.provenance import generator_marks
from streams.evidence.provenance.escapes import unescaped
from streams.evidence.provenance.generator_names import credited, listed, name_in, person_in, program_in, tagged

LONGEST = 1024 * 1024
"""Characters of one text that are searched."""
PROGRAM_FIELDS = frozenset(
    listed(
        "software|source|author|creator|creatortool|softwareagent|credit|artist|make|model|generator|producer|program|"
        "tool|hostcomputer|aisystemused|metadata_scheme|fooocus_scheme|app|application|imageeditingsoftware|"
        "imageeditor|metadataeditingsoftware|makernote|copyright|xpauthor|processingsoftware"
    )
)
"""Fields (lower case) that name a program or a maker: a known name there is a trace."""
_PEOPLE = frozenset({"artist", "author", "creator", "copyright", "xpauthor"})
_MAKERS = frozenset({"make", "model", "makernote"})
LISTS = frozenset({"keywords", "subject", "xpkeywords", "xpsubject", "tags"})
_KEYED: dict[str, tuple[str, re.Pattern[str]]] = {
    "parameters": ("Stable Diffusion (parameters)", re.compile(r"\bSteps: \d|\"(?:steps|sampler|sui_image_params)\"")),
    "prompt": ("ComfyUI (prompt)", re.compile(r"\"class_type\"")),
    "workflow": ("ComfyUI (workflow)", re.compile(r"\"nodes\"|\"last_node_id\"")),
    "generation_data": (
        "Stable Diffusion (generation_data)",
        re.compile(r"\"(?:prompt|models?|basemodel)\"", re.IGNORECASE),
    ),
    "invokeai_metadata": ("InvokeAI", re.compile(r"\{")),
    "invokeai_graph": ("InvokeAI", re.compile(r"\{")),
    "invokeai_workflow": ("InvokeAI", re.compile(r"\{")),
    "sd-metadata": ("InvokeAI", re.compile(r"\{")),
    "dream": ("InvokeAI", re.compile(r" -s ?\d+")),
    "fooocus_scheme": ("Fooocus", re.compile(r"fooocus|a1111", re.IGNORECASE)),
    "sui_image_params": ("SwarmUI", re.compile(r"\{")),
    "comment": ("NovelAI (Comment)", re.compile(r"\"(?:uncond_scale|request_type|sampler|noise_schedule)\"")),
    "aisystemused": ("AI system", re.compile(r"\w")),
    "aisystemversionused": ("AI system", re.compile(r"\w")),
    "aipromptinformation": ("AI prompt", re.compile(r"\w")),
    "aipromptwritername": ("AI prompt", re.compile(r"\w")),
    "history": (
        "Photoshop (generative)",
        re.compile(
            r"\bGenerative (?:Fill|Expand|Remove)\b|(?:创成式|生成式|創成式|生成)(?:填充|填色|扩展|擴展|擴張|移除)"
        ),
    ),
    "hf-job-id": ("Hugging Face (job)", re.compile(r"[0-9a-f]{8}-")),
}
"""Keywords (lower case), the generator that uses each, and what its text must hold: others use the same keywords."""
_PREFIXED = re.compile(
    r"^\W{0,8}(prompt|workflow|parameters|generation_data|invokeai_metadata|invokeai_graph|sui_image_params)\b"
    r"[\"'\\]{0,2}\s*[:=：]\s*[\"'\\]{0,2}\{\s*[\"'\\}]",
    re.IGNORECASE | re.MULTILINE,
)
_OWNERS = {"prompt": "ComfyUI (prompt)", "workflow": "ComfyUI (workflow)", "sui_image_params": "SwarmUI"}
_PACKED = re.compile(r"(?:ey|ew|W3)[A-Za-z0-9+/\s]{24,}={0,2}")
_LAST_ID = re.compile(r"last_?(?:node|link)_?id")
_STEPS = re.compile(r"(?<![a-z])steps\s*[:=：]\s*\d|步数\s*[:=：]\s*\d", re.IGNORECASE)
_BESIDE_STEPS = re.compile(
    r"(?<![a-z])(sampler|cfg|guidance|denoising|clip skip|model hash)[\w ]{0,24}[:=：]\s*\S|"
    r"(?<![a-z])(seed|size|model)\s*[:=：]\s*(?=\w)|(采样|提示词|种子)\S{0,6}[:=：]",
    re.IGNORECASE,
)
_NEVER_ALONE = frozenset({"size", "model", "seed"})
_NEGATIVE = re.compile(
    r"(?<![a-z])negative[ _]?prompt[\"'\\]{0,2}\s*[:=：]\s*\S|(?:负面|反向|负向)提示词\s*[:=：]", re.IGNORECASE
)
_JOB = re.compile(r"(?:--|—)(?:v(?:ersion)?|niji|ar)\b", re.IGNORECASE)
_JOB_NUMBER = re.compile(r"job id: ?[0-9a-f]{8}-")
_FLAG = re.compile(
    r"(?:^|\s)(?:--|—)(v|version|ar|aspect|s|stylize|niji|chaos|weird|style|sref|cref|oref|iw)(?=\s|$)[ ]?[\w:./]*"
)
_SURE_FLAGS = frozenset({"v", "version", "niji", "sref", "cref", "oref", "stylize"})
_DREAM = re.compile(r"\s-s ?\d+\b.{0,120}\s-S ?\d+\b", re.DOTALL)
_KEY = re.compile(r"[\"']([A-Za-z][\w\- ]{1,28})\\?[\"']\s*:")
_SURE_KEYS = frozenset(
    listed(
        "negativeprompt|uncondscale|cfgscale|guidancescale|samplername|numinferencesteps|denoisingstrength|clipskip|"
        "modelhash|basemodel|basemodelhash|classtype|noiseschedule|positiveprompt|suiimageparams|fooocusscheme|"
        "usestablediffusionmodel"
    )
)
_KEYS = frozenset(["prompt", "seed", "steps", "sampler", "scheduler", "cfg"]) | _SURE_KEYS
_LEAST_KEYS = 3
_SAYS_WHO = re.compile(
    r"[\"'](?:source\w*|product\w*|software|generator|tool|model\w*|app\w*|engine|platform|service\w*|creator\w*|"
    r"provider|maker|from)\\?[\"']\s*:\s*\\?[\"']([^\"]{1,80})",
    re.IGNORECASE,
)
_LABEL_TYPE = re.compile(r"aigc_label_type\W{1,6}[1-9]")
_GALAXY = re.compile(r"genaitype\W{1,6}[1-9]")
"""Samsung's editor notes by number which of its tools that generate it used; 0 is none."""
_SOURCE_TYPE = re.compile(r"\b(?:compositewith)?trainedalgorithmic(?:media|data)\b")
_SIGNATURE = re.compile(r"Signature:\s*[A-Za-z0-9+/=_-]{64,}\s*")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_WORDS = listed(
    "steps|class_type|_node_id|negative prompt|negative_prompt|prompt|workflow|parameters|generation_data|invokeai|"
    "sui_image_params|sampler|job id| --|—| -s |aigc|提示词|步数|genaitype|algorithmic|{"
)
_WORDS_OR_MARKS = (*_WORDS, *generator_marks.WORDS)
"""All settings hold one of these: looking for them first is much faster."""
_MARKS = tuple(
    mark.encode()
    for mark in _WORDS[:-1]
    + listed(
        "c2pa|xmpmeta|signature:|novelai|midjourney|comfyui|fooocus|swarmui|dall|firefly|openai|dreamina|jimeng|doubao|"
        "diffusion|diffusers|.safetensors|<lora:|urn:air:|jimeng|widgets_values|"
        "generated|created with|made with|edited with|ai-|生成|豆包|即梦|可灵|通义|文心"
    )
)
_SHORTEST = 2
_MOST = 256
"""Most places of one text that are looked at closely."""
_AROUND = 400


def mentioned(data: bytes) -> bool:
    """Return whether bytes of any kind hold a generator's word, in ASCII or UTF-16, and so are worth a closer look."""
    plain = data.replace(b"\x00", b"").lower()
    return any(mark in plain for mark in _MARKS)


def traces(place: str, text: str) -> Iterator[str]:
    """Yield the generators that a text shows; ``place`` is the text's keyword, tag or property."""
    field = place.lower()
    text = unescaped(text[:LONGEST])
    if len(text) < _SHORTEST:
        return
    kind, sign = _KEYED.get(field, ("", None))
    if sign is not None and sign.search(text):
        yield kind
    yield from islice(_written(_unpacked(text)), _MOST)
    if name := _named(field, text):
        yield name


def settings(text: str) -> Iterator[str]:
    """Yield the generators whose settings stand in a text, wherever it is from."""
    yield from islice(_written(text[:LONGEST]), _MOST)


def _named(field: str, text: str) -> str:
    if field in PROGRAM_FIELDS:
        named = person_in if field in _PEOPLE else name_in if field in _MAKERS else program_in
        if name := named(text):
            return name
    if "{" in text and (
        name := next(filter(None, (name_in(one[1]) for one in islice(_SAYS_WHO.finditer(text), _MOST))), "")
    ):
        return name
    return tagged(text) if field in LISTS else credited(text)


def signed(description: str, artist: str) -> bool:
    """Return whether a description is a signature and the artist a number, as Grok writes both and nobody else."""
    return bool(_SIGNATURE.fullmatch(description) and _UUID.fullmatch(artist))


def of_keywords(keywords: Iterable[str]) -> str:
    """Return the generator that wrote its settings under one keyword each, "" where these are no such keywords."""
    known = {_key(keyword) for keyword in keywords} & _KEYS
    return "Stable Diffusion (settings)" if len(known) >= _LEAST_KEYS and known & _SURE_KEYS else ""


def _unpacked(text: str) -> str:
    """Return the JSON that a text holds in base64, as some programs write it; any other text as it is."""
    packed = _PACKED.match(text)
    if packed is None:
        return text
    try:
        return base64.b64decode(packed[0]).decode()
    except ValueError:
        return text


def _written(text: str) -> Iterator[str]:
    """Yield the generators whose settings or graphs stand in a text, whatever its place."""
    lower = text.lower()
    if not any(word in lower for word in _WORDS_OR_MARKS):
        return
    yield from generator_marks.marks(text, lower)
    for found in islice(_PREFIXED.finditer(text), 2):
        yield _OWNERS.get(found[1].lower(), "Stable Diffusion (parameters)")
    if "class_type" in lower and "inputs" in lower:
        yield "ComfyUI (prompt)"
    if "nodes" in lower and _LAST_ID.search(lower):
        yield "ComfyUI (workflow)"
    if _has_settings(text) or _NEGATIVE.search(text):
        yield "Stable Diffusion (parameters)"
    if _has_job(lower) or _flagged(text):
        yield "Midjourney"
    if " -s" in lower and _DREAM.search(text):
        yield "InvokeAI"
    keys = {_key(found[1]) for found in _KEY.finditer(text)} & _KEYS if "{" in text else set()
    if len(keys) >= _LEAST_KEYS or (len(keys) == _LEAST_KEYS - 1 and keys <= _SURE_KEYS):
        yield "Stable Diffusion (settings)"
    yield from _declared(lower)


def _declared(lower: str) -> Iterator[str]:
    """Yield what programs note of having used a model, each under a word of its own."""
    if "aigc_label_type" in lower and _LABEL_TYPE.search(lower):
        yield "AI generated image"
    if "genaitype" in lower and _GALAXY.search(lower):
        yield "Galaxy AI"
    if "algorithmic" in lower and (found := _SOURCE_TYPE.search(lower)):
        yield found.group()


def _has_settings(text: str) -> bool:
    """Return whether a number of steps stands beside other settings of a generator."""
    for found in islice(_STEPS.finditer(text), _MOST):
        around = text[max(0, found.start() - _AROUND) : found.end() + _AROUND]
        beside = {(one[1] or one[2] or one[3]).lower() for one in _BESIDE_STEPS.finditer(around)}
        if beside - _NEVER_ALONE or len(beside) > 1:
            return True
    return False


def _has_job(lower: str) -> bool:
    found = _JOB_NUMBER.search(lower)
    return found is not None and bool(_JOB.search(lower, max(0, found.start() - _AROUND), found.start()))


def _flagged(text: str) -> bool:
    flags = {found[1].lower() for found in islice(_FLAG.finditer(text), _MOST)}
    return len(flags) > 1 and bool(flags & _SURE_FLAGS)


def _key(name: str) -> str:
    return re.sub(r"[_\-\s]", "", name).lower()
