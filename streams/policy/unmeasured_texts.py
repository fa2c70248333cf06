"""Why something could not be looked at, in both languages: records carry English, ``whys.yaml`` has the Chinese."""

import re
from functools import cache
from importlib.resources import files

import msgspec
import yaml

from schemas.records import ReasonText
from streams.policy.reasons import PLACEHOLDER, Wording


def why(sentence: str) -> ReasonText:
    """Return the sentence in both languages; in Chinese, one that is not known stands in quotation marks as it is."""
    for pattern, zh in _whys():
        found = pattern.fullmatch(sentence)
        if found:
            return ReasonText(zh=PLACEHOLDER.sub(lambda name: found[name[1]], zh), en=sentence)  # noqa: B023 - used at once
    return ReasonText(zh=f"“{sentence}”", en=sentence)


@cache
def _whys() -> tuple[tuple[re.Pattern[str], str], ...]:
    text = files("streams.policy").joinpath("whys.yaml").read_text(encoding="utf-8")
    return tuple((_pattern(one.en), one.zh) for one in msgspec.convert(yaml.safe_load(text), list[Wording]))


def _pattern(sentence: str) -> re.Pattern[str]:
    """Return what a sentence looks like once its placeholders are filled in."""
    parts = PLACEHOLDER.split(sentence)  # text and names in turn
    return re.compile(
        "".join(f"(?P<{part}>.+)" if place % 2 else re.escape(part) for place, part in enumerate(parts)), re.DOTALL
    )
