"""What is wrong, in the words of whoever is told: found by the English sentence of the code, as catalogues do."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from streams.wording.tables import PLACEHOLDER, Language, Wording, fill, table, texts

DEEP = 4
"""How many sentences may stand in one another."""
HERE = ("case", "assignment", "state")
"""What a page says in its own way; how sentences say it, and how the page does, is in ``pages.yaml``."""


class Problem(Wording, frozen=True, forbid_unknown_fields=True):
    """A sentence of ``problems.yaml``; ``page`` is how a page says it, where nobody has a command line at hand."""

    page: Wording | None = None


class _Sentence(NamedTuple):
    english: re.Pattern[str]
    said: Wording
    on_a_page: Wording


def in_chinese(english: str) -> str | None:
    """Return a sentence of ``problems.yaml`` or ``unmeasured.yaml`` in Chinese; None: it is not there."""
    return _said(english, DEEP)


def on_a_page(english: str, language: Language, here: str) -> str | None:
    """Return the sentence as a page with the address ``here`` says it; None: the table does not have it.

    Codes are words there, and a case that the address names is "this case": people know cases by their requests.
    """
    for sentence in _sentences():
        found = sentence.english.fullmatch(english)
        if found is not None:
            given = {_name(name): text for name, text in found.groupdict().items()}
            shown = {name: _shown(name, text, language, here) for name, text in given.items()}
            return fill(_of_this_page(sentence.on_a_page.of(language), language, given, here), shown)
    return None


def _of_this_page(text: str, language: Language, given: Mapping[str, str], here: str) -> str:
    words = texts("pages/here")
    for name in HERE:
        if name == "state" or given.get(f"{name}_id") in here.split("/"):
            named, said = words[f"{name}_named"].of(language), words[name].of(language)
            text = (
                text.replace(f"{named} ", said).replace(named, said) if language == "zh" else text.replace(named, said)
            )
    return text


def _shown(name: str, text: str, language: Language, here: str) -> str:
    codes = _codes()
    if text in codes:
        return codes[text].of(language)
    if name == "roles":
        listed = [codes[one].of(language) if one in codes else one for one in text.split(", ")]
        return ("、" if language == "zh" else ", ").join(listed)
    return on_a_page(text, language, here) or text


def _said(english: str, deep: int) -> str | None:
    for sentence in _sentences() if deep else ():
        found = sentence.english.fullmatch(english)
        if found is not None:
            values = {_name(name): _value(text, deep) for name, text in found.groupdict().items()}
            return fill(sentence.said.zh, values)
    return None


def _value(text: str, deep: int) -> str:
    words = _words().get(text)
    return words if words is not None else _said(text, deep - 1) or text


@cache
def _sentences() -> tuple[_Sentence, ...]:
    """Return all sentences, those with the most words of their own first: they say most."""
    known = [*table("problems", list[Problem]), *texts("unmeasured").values()]
    ordered = sorted(known, key=lambda one: -len(PLACEHOLDER.sub("", one.en)))
    return tuple(_Sentence(_pattern(one.en), one, getattr(one, "page", None) or one) for one in ordered)


@cache
def _words() -> dict[str, str]:
    """Return what stands in sentences as a code or an English word, in Chinese."""
    return {name: words.zh for part in ("states", "pages/parties") for name, words in texts(part).items()}


@cache
def _codes() -> dict[str, Wording]:
    """Return what pages have words for where a sentence has a code."""
    parts = ("states", "pages/parties", "pages/verdicts", "pages/roles")
    return {name: words for part in parts for name, words in texts(part).items()}


def _group(name: str) -> str:
    return name.replace(".", "__")


def _name(group: str) -> str:
    return group.replace("__", ".")


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
