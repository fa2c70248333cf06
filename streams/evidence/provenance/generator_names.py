"""Names of picture generators: as the program that wrote a file, and in sentences that say what made a picture."""

import re


def listed(words: str) -> tuple[str, ...]:
    """Return the words of a text with bars between them: long lists are easier to read that way."""
    return tuple(words.split("|"))


_BETWEEN = r"[\s._·•-]*"
_LATIN = (
    "mid journey|niji journey|stable diffusion|stable cascade|stable image|stability ai|dream studio|sdxl|novel ai|"
    "nai diffusion|comfy ui|invoke ai|fooocus|swarm ui|stable swarm ui|automatic 1111|a1111|sd webui|sd next|"
    "easy diffusion|diffusion bee|draw things|mochi diffusion|adobe firefly|firefly image|leonardo ai|ideogram|"
    "bing image creator|image creator from designer|image creator from microsoft designer|microsoft designer|"
    "copilot designer|openai|chat gpt|gpt image|gpt 4o|recraft|dreamina|jimeng|seedream|doubao|kling ai|kolors|"
    "tongyi|wanxiang|wanx|qwen image|hunyuan|hunyuan image|hunyuan dit|seed edit|magic editor|wenxin|ernie vilg|"
    "ernie bot|cogview|cogvideox|grok|nano banana|meta ai|imagine with meta|google imagen|titan image|nova canvas|"
    "night cafe|craiyon|wombo|starry ai|pix ai|sea art|tensor art|liblib|liblib ai|civitai|playground ai|krea ai|"
    "getimg ai|deep ai|runway ml|hailuo ai|vidu ai|made with google ai|edited with google ai|created with google ai|"
    "generated with google ai|image playground|galaxy ai|canva magic media|black forest labs|bria ai|higgsfield|"
    "aphrodite ai|hotpot ai|dezgo|pollinations ai|mage space|freepik ai|picsart ai|imagine art|artbreeder|"
    "luma photon|luma ai|hidream|deepfloyd|pixart alpha|pixart sigma|stable horde|stability matrix|pony diffusion|"
    "illustrious xl|noobai xl|google gemini|gemini image|minimax image|seedance|lovart|omni gen|emu edit|"
    "longcat image|firered image|freepik mystic|minimax hailuo"
)
_PATTERNS = (
    r"dall[\s._·•-]e",
    r"dall" + _BETWEEN + r"e" + _BETWEEN + r"[23]",
    r"imagen[\s-]?[234]",
    r"flux" + _BETWEEN + r"(?:1|2|dev|schnell|pro|kontext)",
    r"gemini[\s-][\d.]+[\s-](?:flash|pro|ultra)(?:[\s-]\w+)?[\s-]image",
    r"xai[\s-]aurora",
    r"reve[\s-]image",
    r"sd" + _BETWEEN + r"(?:1\.[45]|2\.[01]|3(?:\.5)?)",
    r"kling" + _BETWEEN + r"\d",
    r"wan" + _BETWEEN + r"2\.\d",
    r"photos\s+clean\s?up",
    r"fal[\s.-]ai",
    r"z-image(?:-turbo)?",
    r"runway[\s-]+gen[\s-]?\d(?:\.\d)?",
)
_CHINESE = (
    r"豆包|即梦|可灵(?![活敏巧验])|通义|万相|文心(?:一格|一言|大模型)?|混元|秒画|腾讯元宝|智谱清言|讯飞星火|"
    r"海螺\s*AI|哩布|堆友|绘蛙|即创|无界\s*AI|造梦日记|盗梦师|奇域|美图\s*WHEE|"
    r"百度AI图片助手|夸克\s*(?:AI|造点)|星流\s*AI|妙鸭相机|剪映\s*AI|醒图\s*AI|天工\s*AI|美图\s*AI|稿定\s*AI|造点\s*AI|智谱清影|千问|360\s*智绘|AI\s*(?:消除|扩图|重绘)|吐司\s*AI"
)
"""Words that mean other things too (Firefly is a camera, dalle an Italian word) stand here with what makes sure."""
_ALL = (
    r"(?<![a-z0-9])(?:"
    + "|".join([*(_BETWEEN.join(name.split()) for name in listed(_LATIN)), *_PATTERNS])
    + r")(?![a-z])|"
    + _CHINESE
)
_NAME = re.compile(_ALL, re.IGNORECASE)
_BEGINNINGS = tuple({name.split()[0] for name in listed(_LATIN)} - {"made", "edited", "created", "generated"})
_BEGINNINGS += ("google ai", "dall", "imagen", "flux", "gemini", "sd", "kling", "wan", "photos clean", "z-image")
_BEGINNINGS += (
    "fal ai",
    "fal.ai",
    "fal-ai",
    "xai",
    "reve",
    "ai消除",
    "ai扩图",
    "ai重绘",
    "ai 消除",
    "ai 扩图",
    "ai 重绘",
)
_BEGINNINGS += listed(
    "豆包|即梦|可灵|通义|万相|文心|混元|秒画|元宝|智谱|讯飞|海螺|哩布|堆友|绘蛙|即创|无界|造梦|盗梦|奇域|美图|"
    "百度|夸克|星流|妙鸭|剪映|醒图|天工|千问|智绘|吐司|稿定"
)
"""Every text that gives a name holds one of these: looking for them first is much faster."""
_ALONE = re.compile(rf"\W*(?:dalle|kling|(?:{_ALL}))[\s\W]*(?:ai|v?\d[\d.]*)?\W*", re.IGNORECASE)
_MADE = r"(?:made|created|generated|drawn|rendered|painted|produced|edited|designed|imagined)"
_CREDIT = re.compile(
    rf"{_MADE}\s+(?:entirely\s+)?(?:with|by|using|in|via|through|on|from)\s+(?:\w+\s+){{0,2}}?(?:{_ALL})|"
    rf"(?:{_ALL})[\s\d.v-]*(?:generated|image\s+generation|ai\s+image|image\b|render)|"
    rf"(?:{_ALL})\s*(?:AI)?.{{0,6}}(?:生成|创作|绘制|合成|出图|AI\s*制作)",
    re.IGNORECASE,
)
_BY_AI = re.compile(
    r"\W*(?:(?:this|the)\s+)?(?:image|picture|photo|content|artwork|art|illustration)?\s*(?:is|was|has\s+been)?\s*"
    r"(?:(?:fully|partly|entirely)\s+)?"
    r"(?:(?:ai|artificial intelligence)[\s-]*(?:generated|created|made)|"
    rf"{_MADE}\s+(?:by|with|using|via)\s+(?:generative\s+)?(?:ai|artificial\s+intelligence))"
    r"(?:\s+(?:image|picture|photo|content|artwork|art|illustration))?\W*|"
    r"\W*(?:(?:本|该|此|这)?(?:图片|图像|图|内容|照片|作品|画面))?(?:是|为|系|疑似)?(?:由|用|使用|通过)?\s*"
    r"(?:AI|人工智能|AIGC)\s*(?:技术|工具|模型)?\s*(?:辅助)?\s*(?:生成|合成|创作|制作|绘制){1,2}(?:的?(?:图片|图像|内容|作品))?\W*",
    re.IGNORECASE,
)
_COMMON = re.compile(
    r"\W*(?:豆包|可灵|混元|万相|通义|文心|奇域|堆友|造梦日记|grok|wombo|ideogram|dalle|kling)\W*", re.IGNORECASE
)
"""Words that mean other things too (豆包 is a steamed bun): alone, as a caption, they name no generator."""
_DENIED = re.compile(
    r"\b(?:not|never|without|no|nor)\b|n['’]t\b|\b(?:caption|alt|description|title|keywords?|tags?|text|story|words|"
    r"translat\w+|summary)\b|不是|并非|没有|未|非|标题|描述|文案|字幕",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?:sora|gemini|krea|reve)(?:\s+v?\d[\d.]*)?(?:\s+(?:ai|app|pro))?", re.IGNORECASE)
"""Words that name a generator only where a program stands, with nothing beside them."""
_LISTED = re.compile(r"[;,\n，；、|]")
_BEFORE = 40
_LONGEST_NAME, _LONGEST_STATEMENT, _LONGEST_TEXT, _MOST_LINES = 1_024, 80, 8_192, 64


def name_in(value: str) -> str:
    """Return the known generator that a field for programs or makers names, "" where it names none."""
    value = value[:_LONGEST_NAME].strip()
    if not _may_name(value):
        return ""
    found = _NAME.search(value)
    if found:
        return found.group()
    return value if len(value) <= _LONGEST_STATEMENT and _ALONE.fullmatch(value) else ""


def program_in(value: str) -> str:
    """Return the generator that a field for programs names: :func:`name_in`, or a common word that stands alone.

    Some write a list there that says how the picture was made ("AI generated;txt2img;…").
    """
    if name := name_in(value) or (value.strip() if _BARE.fullmatch(value.strip()) else ""):
        return name
    return "AI generated image" if any(map(_says_ai, _LISTED.split(value[:_LONGEST_NAME]))) else ""


def person_in(value: str) -> str:
    """Return the generator that a field for a person names; people may bear a word's name, with more of it beside."""
    name = name_in(value)
    return name if not (name.isascii() and _COMMON.fullmatch(name)) or _ALONE.fullmatch(value.strip()) else ""


def credited(text: str) -> str:
    """Return the generator that, by a free text, made the picture; "" where the text does not say so.

    A name is not enough: a caption may be about a generator, or say that none was used.
    """
    text = text[:_LONGEST_TEXT].strip()
    if not _may_name(text):
        return "AI generated image" if any(map(_says_ai, text.splitlines()[:_MOST_LINES])) else ""
    if len(text) <= _LONGEST_STATEMENT and (_says_ai(text) or _ALONE.fullmatch(text)):
        return "" if _COMMON.fullmatch(text) else name_in(text) or "AI generated image"
    for found in _CREDIT.finditer(text):
        if not _DENIED.search(text[max(0, found.start() - _BEFORE) : found.start()]):
            return name_in(found.group())
    return ""


def _may_name(text: str) -> bool:
    lower = text.lower()
    return any(beginning in lower for beginning in _BEGINNINGS)


def _says_ai(text: str) -> bool:
    return (
        len(text) <= _LONGEST_STATEMENT
        and ("ai" in text.lower() or "人工智能" in text or "artificial" in text.lower())
        and bool(_BY_AI.fullmatch(text))
    )


def tagged(keywords: str) -> str:
    """Return the generator that one of a list of keywords names, "" where none does."""
    words = _LISTED.split(keywords[:_LONGEST_TEXT])
    return next((name for word in words if (name := credited(word))), "")
