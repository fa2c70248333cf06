"""What is wrong, in Chinese: found by the English sentence that the code says, as message catalogues are."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from streams.wording.tables import PLACEHOLDER, Wording, table, texts

DEEP = 4
"""How many sentences may stand in one another."""


class _Sentence(NamedTuple):
    english: re.Pattern[str]
    chinese: str


def in_chinese(english: str) -> str | None:
    """Return a sentence of ``problems.yaml`` or ``unmeasured.yaml`` in Chinese; None: it is not there."""
    return _said(english, DEEP)


def _said(english: str, deep: int) -> str | None:
    for sentence in _sentences() if deep else ():
        found = sentence.english.fullmatch(english)
        if found is not None:
            values = {name: _value(text, deep) for name, text in found.groupdict().items()}
            return _filled(sentence.chinese, values)
    return None


def _filled(chinese: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda place: values[_group(place[1])], chinese)


def _value(text: str, deep: int) -> str:
    words = _words().get(text)
    return words if words is not None else _said(text, deep - 1) or text


@cache
def _sentences() -> tuple[_Sentence, ...]:
    """Return all sentences, those with the most words of their own first: they say most."""
    known = [*table("problems", list[Wording]), *texts("unmeasured").values()]
    ordered = sorted(known, key=lambda one: -len(PLACEHOLDER.sub("", one.en)))
    return tuple(_Sentence(_pattern(one.en), one.zh) for one in ordered)


@cache
def _words() -> dict[str, str]:
    """Return what stands in sentences as a code or an English word."""
    parties = {name: words.zh for name, words in texts("pages/parties").items()}
    return {name: words.zh for name, words in texts("states").items()} | parties


def _group(name: str) -> str:
    return name.replace(".", "__")


def _pattern(english: str) -> re.Pattern[str]:
    """Return what matches the sentence with anything for its placeholders, the same for each that has one name."""
    seen: set[str] = set()
    parts = []
    for place, part in enumerate(PLACEHOLDER.split(english)):
        if place % 2 == 0:
            parts.append(re.escape(part))
        elif part in seen:
            parts.append(f"(?P={_group(part)})")
        else:
            seen.add(part)
            parts.append(f"(?P<{_group(part)}>.+?)")
    return re.compile("".join(parts), re.DOTALL)
