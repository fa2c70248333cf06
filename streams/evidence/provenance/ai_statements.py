"""Sentences that say that AI made a picture, in the languages and forms that programs and platforms write."""

import re

LONGEST = 80
"""Characters of a line that may be such a statement: longer ones tell of something else."""
_HINTS = ("ai", "人工智能", "人工智慧", "artificial", "ki", "ia", "ии", "нейро", "ذكاء")
"""Each statement holds one of these, in lower case."""
_PICTURE = "(?:image|picture|photo|content|artwork|art|illustration)"
_MADE = (
    "(?:made|created|generated|drawn|rendered|painted|produced|edited|designed|imagined|modified|altered|manipulated)"
)
_BILD = "(?:图片|圖片|图像|圖像|图|圖|内容|內容|照片|作品|画面|畫面|影像)"
_MACHINE = r"(?:AI|人工智能|人工智慧|AIGC)\s*(?:技术|技術|工具|模型|大模型)?\s*(?:辅助|輔助)?\s*"
_MADE_SO = "(?:生成|合成|创作|創作|制作|製作|绘制|繪製|绘画|繪畫|作画|作图|画图|改图|生图|产生|產生)"
_WARNING = (
    r"(?:[\s，,。;；、!！|]*(?:请|請|敬请|须|需)?(?:仔细|仔細|注意|谨慎|謹慎|自行)?"
    r"(?:甄别|甄別|辨别|辨別|鉴别|识别|分辨|参考|參考)|"
    r"[\s，,;；、|]*(?:内容|結果|结果)?(?:仅|僅)供(?:参考|參考|娱乐)|[\s，,;；、|]*非真实\S{0,8})"
)
_ENGLISH = (
    rf"\W*(?:(?:contains?|includes?|may contain|labell?ed as|disclaimer|note|warning)\W{{1,3}})?"
    rf"(?:(?:this|the|an?)\s+)?"
    rf"{_PICTURE}?\s*(?:is|was|has\s+been|contains?)?\s*(?:(?:fully|partly|partially|entirely)\s+)?"
    rf"(?:(?:ai|artificial intelligence)[\s-]*{_MADE}|ai info|"
    rf"{_MADE}\s+(?:by|with|using|via)\s+(?:an?\s+)?(?:generative\s+)?(?:ai|artificial\s+intelligence))"
    rf"(?:\s+(?:{_PICTURE}|elements))?\W*"
)
_CHINESE = (
    rf"\W*(?:(?:作者|平台|创作者)?(?:声明|聲明|提示|注意|标识|说明)\s*[:：]\s*)?(?:本|该|該|此|这|這|含|包含|部分)?(?:张|張|幅)?{_BILD}?"
    rf"(?:是|为|為|系|疑似|可能|含有?|包含)*(?:由|用|使用|通过|通過)?\s*{_MACHINE}{_MADE_SO}{{1,2}}"
    rf"(?:的?{_BILD})?{_WARNING}*\W*"
)
_OTHERS = (
    r"(?:mit|von|durch)\s+(?:einer\s+)?ki\s+(?:generiert|erstellt|erzeugt|bearbeitet)|ki[\s-]generiert|"
    r"(?:g[ée]n[ée]r|cr[ée]|modifi|retouch)[ée]e?s?\s+(?:par|avec|à l['’]aide de)\s+(?:l['’])?ia\b|"
    r"(?:generad|cread|editad)[oa]s?\s+(?:con|por|mediante)\s+(?:la\s+)?ia\b|"
    r"(?:gerad|criad|editad)[oa]s?\s+(?:com|por|pela)\s+ia\b|"
    r"(?:generat|creat|modificat)[oaie]\s+(?:con|da|dall['’]|tramite)\s*(?:l['’])?ia\b|"
    r"(?:создан|сгенерирован)\w*\s+(?:с помощью\s+)?(?:ии|нейросет|искусственн)|"
    r"ai\s*(?:で|により|によって|を使って)\s*(?:生成|作成|加工|制作)|ai\s*生成\s*(?:画像|イメージ|コンテンツ|写真)|"
    r"ai\s*(?:로|가|를 사용하여|를 이용해)?\s*(?:생성|제작|만든)|"
    r"(?:được\s+)?tạo\s+(?:bởi|bằng)\s+ai\b|dibuat\s+(?:dengan|oleh)\s+ai\b|dihasilkan\s+oleh\s+ai\b|"
    r"สร้าง(?:ด้วย|โดย)\s*ai\b|(?:بواسطة|باستخدام)\s+(?:ال)?ذكاء"
)
_WHOLE = re.compile(f"{_ENGLISH}|{_CHINESE}", re.IGNORECASE)
_WITHIN = re.compile(_OTHERS, re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:nicht|kein\w*|ohne|pas|sans|non|sin|não|sem|senza|не|без|không|tidak|bukan|tanpa|no|not)\b|"
    r"ない|ません|なし|않|아니|없|ไม่|غير|ليس|بدون",
    re.IGNORECASE,
)
_BY_ONE = re.compile(
    r"\W*(?:(?:this|the)\s+)?(?:image|picture|photo|artwork)?\s*(?:is|was)?\s*(?:generated|imagined)\s+(?:by|with|using)\s+"
    r"(?:(?:[\w.+-]+\s+){1,3}|[\u4e00-\u9fff]{2,8}\s*)ai(?:\s+(?:image|art|photo|picture)\s+(?:generator|maker|creator))?\W*|"
    r"\W*(?:本|该|此|这)?(?:张|幅)?(?:图片|图像|图|照片|作品)?(?:是|为)?由\s*[\w\s·.+-]{1,16}(?:AI|大模型)\s*(?:生成|合成|创作|绘制|制作)"
    r"(?:的?(?:图片|图像|图|作品))?\W*",
    re.IGNORECASE,
)
"""The same of one AI, whatever it is called: "Generated with Anyone AI"."""


def says_ai(text: str) -> bool:
    """Return whether a text is a statement that AI made the picture; a text that says that none did is not."""
    if len(text) > LONGEST:
        return False
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return False
    if _WHOLE.fullmatch(text) or _BY_ONE.fullmatch(text):
        return True
    return bool(_WITHIN.search(text)) and not _DENIED.search(text)
