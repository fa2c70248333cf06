"""Names of picture generators: as the program that wrote a file, and in sentences that say what made a picture."""

import re
from functools import cache

from streams.evidence.provenance.ai_statements import LONGEST, says_ai


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
    "longcat image|firered image|freepik mystic|minimax hailuo|mai image|microsoft copilot|bing copilot|meta vibes|"
    "qwen chat|step1x edit|step fun|lumina image|lumina dimoo|ovis image|next step 1|glm image|ernie image|ernie irag|"
    "freepik pikaso|photoroom ai|pixlr ai|pixelcut ai|canva ai|canva magic|you cam ai|clip drop|leonardo phoenix|"
    "leonardo lucid|open art|kimi ai|sense nova|sense mirage|blue lm|muse dao|wps ai|cap cut ai|pix verse|mule run|"
    "image fx|google flow|google whisk|gpt 5 image|oppo ai|runware|segmind|perchance ai|dreamlike art|magnific ai|"
    "lensa ai|b612 ai|epik ai|fotor ai|be funky ai|facetune ai|vmake ai|krita ai diffusion|forge neo|mflux|"
    "ruined fooocus|together ai|dash scope|model scope|silicon flow|tripo ai|meshy ai|mistral le chat"
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
    r"kling[\s-]+(?:o\d|image|video)",
    r"vidu[\s-]?q\d",
    r"hailuo[\s-]?0\d",
    r"emu[\s-]?3(?:\.5)?",
    r"playground[\s-]v\d",
    r"chroma1-hd",
    r"bytedance[\s-]bagel",
)
_CHINESE = (
    r"豆包|即梦|可灵(?![活敏巧验])|通义|万相|文心(?:一格|一言|大模型)?|混元|秒画|腾讯元宝|智谱清言|讯飞星火|"
    r"海螺\s*AI|哩布|堆友|绘蛙|即创|无界\s*AI|造梦日记|盗梦师|奇域|美图\s*WHEE|"
    r"百度AI图片助手|夸克\s*(?:AI|造点)|星流\s*AI|妙鸭相机|剪映\s*AI|醒图\s*AI|天工\s*AI|美图\s*AI|稿定\s*AI|造点\s*AI|智谱清影|千问|360\s*智[绘图]|阶跃\s*(?:AI|星辰)|日日新|讯飞绘文|文小言|蓝心大模型|盘古大模型|腾讯\s*ima|拍我\s*AI|AI\s*(?:消除|扩图|重绘)|吐司\s*AI"
)
"""Words that mean other things too (Firefly is a camera, dalle an Italian word) stand here with what makes sure."""
_ALL = (
    r"(?<![a-z0-9])(?:"
    + "|".join([*(_BETWEEN.join(name.split()) for name in listed(_LATIN)), *_PATTERNS])
    + r")(?![a-z])|"
    + _CHINESE
)
_BEGINNINGS = tuple({name.split()[0] for name in listed(_LATIN)} - {"made", "edited", "created", "generated"})
_BEGINNINGS += ("google ai", "dall", "imagen", "flux", "gemini", "sd", "kling", "wan", "photos clean", "z-image")
_BEGINNINGS += (
    "fal ai",
    "fal.ai",
    "fal-ai",
    "xai",
    "reve",
    "vidu",
    "hailuo",
    "emu",
    "chroma1",
    *listed(
        "firefly|kimi|bagel|copilot|whisk|veo|photoleap|magnific|lensa|playground|sora|krea|generative|magic|"
        "pixel studio|sky reels|skyreels|meshy|bfl|reforge"
    ),
    "bytedance",
    "ai消除",
    "ai扩图",
    "ai重绘",
    "ai 消除",
    "ai 扩图",
    "ai 重绘",
)
_BEGINNINGS += listed(
    "豆包|即梦|可灵|通义|万相|文心|混元|秒画|元宝|智谱|讯飞|海螺|哩布|堆友|绘蛙|即创|无界|造梦|盗梦|奇域|美图|"
    "百度|夸克|星流|妙鸭|剪映|醒图|天工|千问|智绘|智图|吐司|稿定|昆仑|秘塔|小艺|小爱|小布|跃问|星绘|百炼|魔搭|硅基|火山|星火|阶跃|日日新|文小言|蓝心|盘古|腾讯|拍我"
)
"""Every text that gives a name holds one of these: looking for them first is much faster."""
_MADE = r"(?:made|created|generated|drawn|rendered|painted|produced|edited|designed|imagined)"
_BARE = re.compile(
    r"(?:sora|gemini|krea|reve|firefly|vidu|kimi|bagel|copilot|whisk|veo|photoleap|magnific|lensa|playground|"
    r"昆仑|秘塔|小艺|小爱|小布|跃问|星绘|百炼|魔搭|硅基流动|火山引擎|火山方舟|天工|元宝|星火|盘古|"
    r"阿里云百炼|昆仑万维|sky\s?reels|美图设计室|秘塔|meshy|bfl|reforge)"
    r"(?:[\s-]*(?:v?\d[\d.]*|[qo]\d|ai|app|pro|turbo|max|boards|image|model|大模型|助手)(?![a-z]))*(?![a-z])",
    re.IGNORECASE,
)
"""Words that name a generator only where a program stands, with nothing beside them, or behind "generated with"."""
_KINDS = re.compile(
    r"(?:text|txt|image|img)[\s_-]?(?:to|2)[\s_-]?(?:image|img)\b|\binpaint(?:ing|ed)?\b|"
    r"\bai[\s-](?:image|art|photo|picture)[\s-](?:generator|creator|maker)|"
    r"\bgenerative[\s-](?:fill|erase|expand|edit|remove)|\bmagic[\s-](?:eraser|editor?|media|expand|grab)\b|"
    r"\bpixel[\s-]studio\b|\bai[\s-](?:eraser?|remov(?:e|al|er)|outpainting|expand|replace)\b|"
    r"[\u4e00-\u9fff]{2,8}大模型|文生图|图生图|"
    r"AI\s*(?:绘画|作画|生图|扩图|消除|重绘|改图|换装|商拍|试衣|创作|作图|画图|生成)",
    re.IGNORECASE,
)
"""What programs that generate call what they do."""
_CREDITING = listed(
    "made|created|generated|drawn|rendered|painted|produced|edited|designed|imagined|generation|image|render|"
    "生成|创作|绘制|合成|出图|制作"
)
"""Every text that credits a generator holds one of these: thousands of letters of a packed text hold none."""
_COMMON = re.compile(
    r"\W*(?:豆包|可灵|混元|万相|通义|文心|奇域|堆友|造梦日记|grok|wombo|ideogram|dalle|kling)\W*", re.IGNORECASE
)
"""Words that mean other things too (豆包 is a steamed bun): alone, as a caption, they name no generator."""
_DENIED = re.compile(
    r"\b(?:not|never|without|no|nor)\b|n['’]t\b|\b(?:caption|alt|description|title|keywords?|tags?|text|story|words|"
    r"translat\w+|summary)\b|不是|并非|没有|未|非|标题|描述|文案|字幕",
    re.IGNORECASE,
)
_ANY_CHINESE = re.compile(
    r"[\u4e00-\u9fff]{2,8}(?<!相机)(?<!摄影)(?<!拍照)(?<!影像)(?<!美颜)(?<!增强)(?<!降噪)(?<!修复)\s*AI", re.IGNORECASE
)
_LISTED = re.compile(r"[;,\n，；、|]")
_BEFORE = 40
_LONGEST_NAME, _LONGEST_TEXT, _MOST_LINES = 1_024, 8_192, 64


# Compiling these three takes an eighth of a second, and most photos name no generator: so not as each process starts.
@cache
def _name() -> re.Pattern[str]:
    return re.compile(_ALL, re.IGNORECASE)


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(rf"\W*(?:dalle|kling|(?:{_ALL}))[\s\W]*(?:ai|v?\d[\d.]*)?\W*", re.IGNORECASE)


@cache
def _credit() -> re.Pattern[str]:
    return re.compile(
        rf"{_MADE}\s+(?:entirely\s+)?(?:with|by|using|in|via|through|on|from)\s+(?:\w+\s+){{0,2}}?"
        rf"[\u4e00-\u9fff]{{0,6}}?(?:{_ALL}|{_KINDS.pattern})|"
        rf"(?:{_ALL})[\s\d.v-]*(?:generated|image\s+generation|ai\s+image|image\b|render)|"
        rf"(?:{_ALL})\s*(?:AI)?(?:.{{0,6}}|[\sA-Za-z0-9.\[\]()+_-]{{0,32}})(?:生成|创作|绘制|合成|出图|AI\s*制作)|"
        rf"(?:generated|imagined)\s+(?:with|by|using|in|via)\s+(?:\w+\s+)?{_BARE.pattern}"
        r"(?=\s*(?:$|[.,;:!)，。；\n]))|"
        rf"由\s*{_BARE.pattern}\s*(?:生成|创作|绘制|合成)",
        re.IGNORECASE,
    )


def name_in(value: str) -> str:
    """Return the known generator that a field for programs or makers names, "" where it names none."""
    value = value[:_LONGEST_NAME].strip()
    if not _may_name(value):
        return ""
    found = _name().search(value)
    if found:
        return found.group()
    return value if len(value) <= LONGEST and _alone().fullmatch(value) else ""


def program_in(value: str) -> str:
    """Return the generator that a field for programs names: :func:`name_in`, or a common word that stands alone.

    Some write a list there that says how the picture was made ("AI generated;txt2img;…").
    """
    said = value[:_LONGEST_NAME].strip()
    if name := name_in(value) or (said if _BARE.fullmatch(said) or _ANY_CHINESE.fullmatch(said) else ""):
        return name
    if kind := _KINDS.search(said):
        return kind.group()
    return "AI generated image" if any(map(says_ai, _LISTED.split(said))) else ""


def person_in(value: str) -> str:
    """Return the generator that a field for a person names; people may bear a word's name, with more of it beside."""
    name = name_in(value)
    return name if not (name.isascii() and _COMMON.fullmatch(name)) or _alone().fullmatch(value.strip()) else ""


def credited(text: str) -> str:
    """Return the generator that, by a free text, made the picture; "" where the text does not say so.

    A name is not enough: a caption may be about a generator, or say that none was used.
    """
    text = text[:_LONGEST_TEXT].strip()
    if not _may_name(text):
        return "AI generated image" if any(map(says_ai, text.splitlines()[:_MOST_LINES])) else ""
    if len(text) <= LONGEST and (says_ai(text) or _alone().fullmatch(text)):
        return "" if _COMMON.fullmatch(text) else name_in(text) or "AI generated image"
    for found in _credit().finditer(text) if _may_credit(text) else ():
        if not _DENIED.search(text[max(0, found.start() - _BEFORE) : found.start()]):
            return name_in(found.group()) or found.group()[:_BEFORE]
    return "AI generated image" if any(map(says_ai, text.splitlines()[:_MOST_LINES])) else ""


def _may_name(text: str) -> bool:
    lower = text.lower()
    return any(beginning in lower for beginning in _BEGINNINGS)


def _may_credit(text: str) -> bool:
    folded = text.casefold()  # as the pattern, which takes the long s for an s
    return any(word in folded for word in _CREDITING)


def tagged(keywords: str) -> str:
    """Return the generator that one of a list of keywords names, "" where none does."""
    words = _LISTED.split(keywords[:_LONGEST_TEXT])
    return next((name for word in words if (name := credited(word))), "")
